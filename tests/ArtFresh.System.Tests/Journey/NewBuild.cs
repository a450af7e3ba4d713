using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Journey;

/// <summary>The player as a later build would leave it, under another bundle's name; as it was again when disposed. Pages of other tests find either build whole.</summary>
internal sealed class NewBuild : IDisposable
{
    public const string Bundle = "index-NEWBUILD.js";

    private readonly string _page;
    private readonly string _html;

    private NewBuild(string page, string html) => (_page, _html) = (page, html);

    public static NewBuild Make()
    {
        var root = ServerProcess.PlayerDirectory;
        var page = Path.Combine(root, "index.html");
        var html = File.ReadAllText(page);
        var old = Directory.GetFiles(Path.Combine(root, "assets"), "index-*.js").Single(file => Path.GetFileName(file) != Bundle);
        var bundle = Path.Combine(root, "assets", Bundle);
        File.Copy(old, bundle, overwrite: true);
        EndedWithProgram.Add(() => File.Delete(bundle));
        Replace(page, html.Replace(Path.GetFileName(old), Bundle, StringComparison.Ordinal));
        return new NewBuild(page, html);
    }

    public void Dispose() => Replace(_page, _html);

    /// <summary>At once: no reader sees half of it.</summary>
    private static void Replace(string page, string html)
    {
        File.WriteAllText(page + ".new", html);
        File.Move(page + ".new", page, overwrite: true);
    }
}

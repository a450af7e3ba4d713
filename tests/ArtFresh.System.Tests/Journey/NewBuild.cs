using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Journey;

/// <summary>The player as a later build would leave it, under another bundle's name; as it was again when disposed.</summary>
internal sealed class NewBuild : IDisposable
{
    private readonly string _page;
    private readonly string _html;
    private readonly string _bundlePath;

    private NewBuild(string page, string html, string bundlePath) => (_page, _html, _bundlePath) = (page, html, bundlePath);

    public string Bundle => Path.GetFileName(_bundlePath);

    public static NewBuild Make()
    {
        var root = ServerProcess.PlayerDirectory;
        var page = Path.Combine(root, "index.html");
        var html = File.ReadAllText(page);
        var old = Directory.GetFiles(Path.Combine(root, "assets"), "index-*.js").Single();
        var bundle = Path.Combine(root, "assets", "index-NEWBUILD.js");
        File.Copy(old, bundle, overwrite: true);
        File.WriteAllText(page, html.Replace(Path.GetFileName(old), Path.GetFileName(bundle), StringComparison.Ordinal));
        return new NewBuild(page, html, bundle);
    }

    public void Dispose()
    {
        File.WriteAllText(_page, _html);
        File.Delete(_bundlePath);
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The browser library, compiled from its sources, and the page that uses it.</summary>
public sealed class ClientLibrary : IDisposable
{
    private const string Root = "/delivery-test/";

    private readonly string _library = Directory.CreateTempSubdirectory("artfresh-js-").FullName;

    public ClientLibrary()
    {
        var sources = Path.Combine(ServerProcess.Repository, "src");
        using var compiler = Process.Start(Path.Combine(sources, "node_modules", ".bin", "tsc"), ["-p", Path.Combine(sources, "artfresh-js"), "--outDir", _library]);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
        {
            throw new InvalidOperationException("The browser library does not compile.");
        }
    }

    /// <summary>The file for a path; null where it is the server's.</summary>
    public byte[]? Find(string path) => path switch
    {
        Root + "page" => File.ReadAllBytes(Path.Combine(Pages(), "index.html")),
        Root + "show.js" => File.ReadAllBytes(Path.Combine(Pages(), "show.js")),
        _ when path.StartsWith(Root + "lib/", StringComparison.Ordinal) => File.ReadAllBytes(Path.Combine(_library, path[(Root + "lib/").Length..])),
        _ => null,
    };

    public void Dispose() => Directory.Delete(_library, recursive: true);

    private static string Pages([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "page");
}

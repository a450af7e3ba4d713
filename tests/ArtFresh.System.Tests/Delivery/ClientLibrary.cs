using System.Diagnostics;
using System.Runtime.CompilerServices;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The browser library and the player's genomes, compiled from their sources, and the page that uses them.</summary>
public sealed class ClientLibrary : IDisposable
{
    private const string Root = "/delivery-test/";

    private readonly string _library = Directory.CreateTempSubdirectory("artfresh-js-").FullName;

    public ClientLibrary()
    {
        var sources = Path.Combine(ServerProcess.Repository, "src");
        Run(sources, "tsc", "-p", Path.Combine(sources, "artfresh-js"), "--outDir", _library);
        // What a page makes itself is the genome that the server derives from the seed: only the player knows how.
        Run(sources, "esbuild", Path.Combine(sources, "player", "src", "art", "draw.ts"), "--bundle", "--format=esm", "--log-level=error", $"--outfile={Path.Combine(_library, "draw.js")}");
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

    private static void Run(string sources, string tool, params string[] arguments)
    {
        using var process = Process.Start(Path.Combine(sources, "node_modules", ".bin", tool), arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool} cannot compile the browser library or the player's art.");
        }
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The browser library and the player's genomes, compiled from their sources, and the pages that use them.</summary>
public sealed class ClientLibrary : IDisposable
{
    private const string Root = "/delivery-test/";

    /// <summary>Built when it is first asked for.</summary>
    private readonly Lazy<NextApp> _next = new(() => new NextApp("delivery-test/next", Path.Combine(Pages(), "gallery.jsx")));
    private readonly string _library = Directory.CreateTempSubdirectory("artfresh-js-").FullName;

    public ClientLibrary()
    {
        Run("tsc", "-p", Path.Combine(Sources, "artfresh-js"), "--outDir", _library);
        // What a page makes itself is the genome that the server derives from the seed: only the player knows how.
        Bundle("draw", Path.Combine(Sources, "player", "src", "art", "draw.ts"));
        Bundle("strict-18", Path.Combine(Pages(), "strict.jsx"), "--alias:react=react-18", "--alias:react-dom=react-dom-18");
        Bundle("strict-19", Path.Combine(Pages(), "strict.jsx"));
    }

    private static string Sources => Path.Combine(ServerProcess.Repository, "src");

    /// <summary>The file for a path; null where it is the server's.</summary>
    public byte[]? Find(string path)
    {
        if (path == Root + "next" || path.StartsWith("/_next/", StringComparison.Ordinal))
        {
            return _next.Value.Get(path);
        }

        if (!path.StartsWith(Root, StringComparison.Ordinal))
        {
            return null;
        }

        var name = path[Root.Length..];
        var isLibrary = name.StartsWith("lib/", StringComparison.Ordinal);
        var file = isLibrary ? Path.Combine(_library, name[4..]) : Path.Combine(Pages(), Path.HasExtension(name) ? name : name + ".html");
        return File.ReadAllBytes(file);
    }

    /// <summary>The content type of a path.</summary>
    public static string TypeOf(string path) => path.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript" : "text/html";

    public void Dispose()
    {
        Directory.Delete(_library, recursive: true);
        if (_next.IsValueCreated)
        {
            _next.Value.Dispose();
        }
    }

    private static string Pages([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "page");

    private void Bundle(string name, string entry, params string[] more) => Run(
        "esbuild",
        [
            entry, "--bundle", "--format=esm", "--loader:.glsl=text", "--log-level=error", "--jsx=automatic", "--define:process.env.NODE_ENV=\"development\"", "--external:/delivery-test/*",
            $"--alias:artfresh={Source("index.ts")}", $"--alias:artfresh/react={Source("page", "react.ts")}", $"--alias:artfresh/stock={Source("stock.ts")}",
            $"--outfile={Path.Combine(_library, name + ".js")}", .. more,
        ]);

    private static string Source(params string[] path) => Path.Combine([Sources, "artfresh-js", "src", .. path]);

    private static void Run(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Sources, "node_modules", ".bin", tool), arguments) { WorkingDirectory = Sources };
        start.Environment["NODE_PATH"] = Path.Combine(Sources, "node_modules");
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool} cannot compile the browser library or the pages of its tests.");
        }
    }
}

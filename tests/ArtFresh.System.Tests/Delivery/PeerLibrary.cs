using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The SDKs of others, installed and bundled, and the page that uses them.</summary>
internal sealed class PeerLibrary : IDisposable
{
    private const string Root = "/delivery-test/";

    private readonly string _bundles = Directory.CreateTempSubdirectory("artfresh-peers-").FullName;

    public PeerLibrary()
    {
        var peers = Path.Combine(Here(), "peers");
        if (!Directory.Exists(Path.Combine(peers, "node_modules")))
        {
            Run(peers, "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent");
        }

        Run(peers, "node", "bundle.mjs", _bundles);
        Names = [.. Directory.GetFiles(_bundles, "*.js").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];
    }

    /// <summary>What <c>?sdk=</c> names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The file for a path; null where it is the collector's.</summary>
    public byte[]? Find(string path) => path switch
    {
        Root + "show" => File.ReadAllBytes(Path.Combine(Here(), "page", "peer.html")),
        Root + "peer.js" => File.ReadAllBytes(Path.Combine(Here(), "page", "peer.js")),
        _ when path.StartsWith(Root + "sdk/", StringComparison.Ordinal) => File.ReadAllBytes(Path.Combine(_bundles, Path.GetFileName(path))),
        _ => null,
    };

    public void Dispose() => Directory.Delete(_bundles, recursive: true);

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private static void Run(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: the SDKs cannot be had.");
        }
    }
}

using NetVips;

namespace ArtFresh.Art;

/// <summary>libvips, restricted to the four formats that this project reads, and only from memory.</summary>
internal static class VipsSandbox
{
    private static readonly string[] AllowedLoaders =
    [
        "VipsForeignLoadSvgBuffer",
        "VipsForeignLoadPngBuffer",
        "VipsForeignLoadJpegBuffer",
        "VipsForeignLoadWebpBuffer",
    ];

    private static readonly Lazy<bool> Closed = new(Close);

    /// <summary>Restricts libvips once per process. Call it before decoding anything untrusted.</summary>
    /// <exception cref="InvalidOperationException">libvips does not load.</exception>
    public static void Enter() => _ = Closed.Value;

    private static bool Close()
    {
        if (!ModuleInitializer.VipsInitialized)
        {
            throw new InvalidOperationException("libvips does not load on this machine: the package NetVips.Native has no build for it.", ModuleInitializer.Exception);
        }

        // Block everything first, so that a loader added by a later libvips stays blocked until it is listed here.
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in AllowedLoaders)
        {
            Operation.Block(loader, false);
        }

        // Exceptions carry the message already; on standard error it would bury the operator's messages.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, static (_, _, _) => { });

        // No cache and one thread: no result is used twice, and callers process pictures in parallel.
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = 1;
        return true;
    }
}

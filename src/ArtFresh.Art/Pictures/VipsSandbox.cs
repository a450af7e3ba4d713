using NetVips;

namespace ArtFresh.Art;

/// <summary>libvips, closed but for the four formats that this room reads, and only from memory.</summary>
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

    /// <summary>Closes libvips once per process. Call it before anything of a stranger's is decoded.</summary>
    /// <exception cref="InvalidOperationException">libvips does not load here.</exception>
    public static void Enter() => _ = Closed.Value;

    private static bool Close()
    {
        if (!ModuleInitializer.VipsInitialized)
        {
            throw new InvalidOperationException("libvips does not load on this machine: the package NetVips.Native has no build for it.", ModuleInitializer.Exception);
        }

        // Everything is refused first, so that a loader that a later libvips adds stays shut until it is named here.
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in AllowedLoaders)
        {
            Operation.Block(loader, false);
        }

        // What is wrong with a picture is told by the exception; on standard error it would only bury the operator's own messages.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, static (_, _, _) => { });

        // Results are never asked for twice, and the callers run pictures side by side themselves.
        Cache.Max = 0;
        NetVips.NetVips.Concurrency = 1;
        return true;
    }
}

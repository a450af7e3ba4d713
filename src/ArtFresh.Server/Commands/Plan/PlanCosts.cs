namespace ArtFresh.Server;

/// <summary>A figure that the bench has measured.</summary>
/// <param name="Command">The command of <c>tests/bench/run.sh</c> that measures it.</param>
internal sealed record PlanCost(string Name, double Value, string Unit, string Command);

/// <summary>What each thing costs, measured on two cores that also ran the load: <c>tests/bench/README.md</c> has the tables.</summary>
internal static class PlanCosts
{
    /// <summary>Artworks of one request for fresh art.</summary>
    public const double ArtworksARequest = 6;

    /// <summary>Artworks of a block of a session that goes on.</summary>
    public const double ArtworksABlock = 128;

    /// <summary>How long an artwork is looked at.</summary>
    public const double SecondsAnArtwork = 15;

    /// <summary>Writes that a disk with a cache of its own forces out a second.</summary>
    public const double ForcedWritesMax = 10_000;

    /// <summary>Bytes of log a second that a disk and a replica follow.</summary>
    public const double LogBytesMax = 200e6;

    public static readonly PlanCost BatchCost = new("a batch, silo and front end", 163, "us", "--works w");
    public static readonly PlanCost DatabaseCost = new("a batch, database", 75, "us", "--works w");
    public static readonly PlanCost FreshCost = new("a request for art, silo and front end", 120, "us", "--works r");
    public static readonly PlanCost SessionMemory = new("a session that serves, and its listener", 10_698, "bytes", "memory --only 100");
    public static readonly PlanCost SiloMemory = new("a silo without sessions", 159, "MiB", "start");
    public static readonly PlanCost SetBytes = new("an artwork that a listener has had", 0.75, "bytes", "fold");
    public static readonly PlanCost BatchRow = new("a batch's row with its report and indexes", 353, "bytes", "wal 100000 2000 20 and 50");
    public static readonly PlanCost ImpressionBytes = new("an impression in it", 5.6, "bytes", "wal 100000 2000 20 and 50");
    public static readonly PlanCost BlockBytes = new("an artwork in a listener's log", 13.4, "bytes", "fold");
    public static readonly PlanCost LogFactor = new("write-ahead log of a byte of batches and blocks", 1.9, "bytes", "wal 100000 2000 20 and 50");
    public static readonly PlanCost RequestBytes = new("an artwork's requests and answers", 489, "bytes", "life");
    public static readonly PlanCost PictureBytes = new("a picture of 512 pixels", 198_000, "bytes", "life");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PlanCost> All { get; } =
    [
        BatchCost, DatabaseCost, FreshCost, SessionMemory, SiloMemory, SetBytes, BatchRow, ImpressionBytes, BlockBytes, LogFactor, RequestBytes, PictureBytes,
    ];
}

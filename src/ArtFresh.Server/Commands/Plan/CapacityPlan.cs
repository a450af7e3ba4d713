using System.Collections.Immutable;

namespace ArtFresh.Server;

/// <summary>What is to be served, and on what.</summary>
/// <param name="Listeners">Listeners a day.</param>
/// <param name="ArtworksADay">Artworks that each is shown a day.</param>
/// <param name="Batch">Impressions a batch.</param>
/// <param name="Peak">Load of the busiest second beside the day's mean.</param>
/// <param name="Months">Months for which batches are kept.</param>
/// <param name="Pictures">Share of artworks that clients download as pictures and do not draw from the genome.</param>
/// <param name="Cores">Processors of a machine: of each silo's, and of the database's.</param>
/// <param name="MemoryGiB">Memory of a machine.</param>
/// <param name="DiskGiB">Disk of the database's machine.</param>
internal sealed record CapacityAsked(long Listeners, int ArtworksADay, int Batch, double Peak, int Months, double Pictures, int Cores, int MemoryGiB, int DiskGiB);

/// <summary>A part of the database's machine that can be full.</summary>
/// <param name="Share">Of what it has; above 1 it is too small.</param>
/// <param name="FullAt">Listeners a day at which it is full.</param>
internal sealed record CapacityPart(string Name, double Share, long FullAt);

/// <summary>What a load takes, by the figures that the bench has measured: a calculation, not a measurement.</summary>
/// <param name="Silos">Machines for silos, and as many for front ends: half busy at the peak, so that one may fail.</param>
/// <param name="SiloMemoryGiB">Memory in use of each.</param>
/// <param name="SessionsAtPeak">Sessions in memory at the peak.</param>
/// <param name="RowsADay">Rows of batches and blocks that are written a day.</param>
/// <param name="DatabaseGiB">The database after a year, with batches of the months that are kept and logs folded.</param>
/// <param name="LogGiBADay">Write-ahead log a day: what an archive or a replica takes.</param>
/// <param name="LogMiBASecond">Write-ahead log a second at the peak.</param>
/// <param name="WritesASecond">Commits that are forced to disk a second at the peak, at most: under load several share one.</param>
/// <param name="BackupGiB">A full backup after a year.</param>
/// <param name="RequestsMbit">Traffic of requests at the peak, in megabits a second.</param>
/// <param name="PicturesMbit">Traffic of pictures at the peak, in megabits a second.</param>
/// <param name="Parts">The database's parts, the fullest first.</param>
internal sealed record CapacityPlan(
    CapacityAsked Asked,
    double ImpressionsASecond,
    double ImpressionsAtPeak,
    int Silos,
    double SiloMemoryGiB,
    long SessionsAtPeak,
    long RowsADay,
    double DatabaseGiB,
    double LogGiBADay,
    double LogMiBASecond,
    long WritesASecond,
    double BackupGiB,
    double RequestsMbit,
    double PicturesMbit,
    ImmutableArray<CapacityPart> Parts)
{
    private const double SecondsADay = 86_400, GiB = 1L << 30, MiB = 1 << 20, Mbit = 1_000_000 / 8.0;
    private const int DaysAYear = 365, DaysAMonth = 31;

    /// <summary>Blocks of these months are kept, whatever the snapshots cover.</summary>
    private const int BlockMonths = 2;

    /// <summary>How much of a machine a plan uses, so that another's share fits in beside.</summary>
    private const double Busy = 0.5, MemoryUsed = 0.7;

    public static CapacityPlan Of(CapacityAsked asked)
    {
        var aDay = (double)asked.Listeners * asked.ArtworksADay;
        var mean = aDay / SecondsADay;
        var peak = mean * asked.Peak;
        var (batches, requests) = (peak / asked.Batch, peak / PlanCosts.ArtworksARequest);
        var siloSeconds = (batches * PlanCosts.BatchCost.Value + requests * PlanCosts.FreshCost.Value) / 1e6;
        var sessions = peak * PlanCosts.SecondsAnArtwork;
        var had = (double)asked.ArtworksADay * DaysAYear;
        var sessionsGiB = sessions * (PlanCosts.SessionMemory.Value + had * PlanCosts.SetBytes.Value) / GiB;
        var silos = (int)Math.Max(2, Math.Max(Math.Ceiling(siloSeconds / (asked.Cores * Busy)), Math.Ceiling(sessionsGiB / (asked.MemoryGiB * MemoryUsed))));
        var batchBytes = PlanCosts.BatchRow.Value + asked.Batch * PlanCosts.ImpressionBytes.Value;
        var database = (aDay / asked.Batch * batchBytes * DaysAMonth * asked.Months
            + aDay * PlanCosts.BlockBytes.Value * DaysAMonth * BlockMonths
            + asked.Listeners * had * PlanCosts.SetBytes.Value * 2) / GiB;
        var log = (batchBytes / asked.Batch + PlanCosts.BlockBytes.Value) * PlanCosts.LogFactor.Value;
        var writes = batches + peak / PlanCosts.ArtworksABlock;
        var parts = new[]
        {
            Part("processor", batches * PlanCosts.DatabaseCost.Value / 1e6 / asked.Cores),
            Part("disk", database / asked.DiskGiB),
            Part("forced writes", writes / PlanCosts.ForcedWritesMax),
            Part("bytes of log", peak * log / PlanCosts.LogBytesMax),
        };
        return new CapacityPlan(
            asked, mean, peak, silos, PlanCosts.SiloMemory.Value / 1024 + sessionsGiB / silos, (long)sessions, (long)(aDay / asked.Batch + aDay / PlanCosts.ArtworksABlock), database,
            aDay * log / GiB, peak * log / MiB, (long)writes, database, peak * PlanCosts.RequestBytes.Value / Mbit, peak * asked.Pictures * PlanCosts.PictureBytes.Value / Mbit,
            [.. parts.OrderByDescending(part => part.Share)]);

        CapacityPart Part(string name, double share) => new(name, share, share > 0 ? (long)(asked.Listeners / share) : long.MaxValue);
    }
}

using System.Runtime.InteropServices;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// Adds up one writer's committed batches exactly: a writer commits serially, so its positions have no gaps, and the checkpoint moves in the transaction that writes the
/// sums. If two tallies of one writer run anywhere, the ledger accepts one; the other reloads the checkpoint.
/// </summary>
/// <param name="position">The last known checkpoint.</param>
/// <param name="recent">The batches of this silo's own writer; null reads all from the ledger.</param>
/// <param name="epoch">The epoch of the batches. When it is over, the ledger may have lost some: the sweep adds up what is left.</param>
internal sealed partial class WriterTally(
    long writerNumber, long position, RecentBatches? recent, long epoch, ILedgerEpochs epochs, IImpressionLog log, ILedger ledger, KnownReleases known, ReleaseMetrics metrics, TimeProvider clock,
    ILogger logger)
{
    /// <summary>The most batches in one transaction. Each transaction rewrites the counters of all releases that its batches are of.</summary>
    private const int BatchesMax = RecentBatches.BatchesMax;

    /// <summary>The most batches added up before the thread yields: a few milliseconds.</summary>
    private const int PortionMax = 2_000;

    private readonly ArtworkSet _knownViewed = new();

    // Reused: a new one in each call takes 10% of the process's allocations under load.
    private readonly ViewSums _views = [];

    /// <summary>The writer of the batches.</summary>
    public long WriterNumber => writerNumber;

    /// <summary>Adds up what the writer has committed since the checkpoint.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger failed; the next call continues from the checkpoint.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        while (epoch == epochs.Known.Current)
        {
            var batches = await ReadBatchesAsync(cancellationToken).ConfigureAwait(false);
            if (batches.Count == 0)
            {
                return;
            }

            var advanced = await AddUpAsync(batches, cancellationToken).ConfigureAwait(false);
            if (!await ledger.AdvanceAsync(advanced, cancellationToken).ConfigureAwait(false))
            {
                LogFenced(logger, writerNumber, position);
                position = await log.ReadCheckpointAsync(writerNumber, cancellationToken).ConfigureAwait(false);
                continue;
            }

            position = advanced.ToPosition;
            Announce(batches, advanced);
            if (batches.Count < BatchesMax)
            {
                // Batches that arrive during a call wait for the next one: each transaction rewrites the same counters, however few its rows.
                return;
            }
        }
    }

    /// <summary>The batches to add up, with their views in <see cref="_views"/>.</summary>
    private async Task<List<TalliedBatch>> ReadBatchesAsync(CancellationToken cancellationToken)
    {
        _views.Clear();
        var batches = new List<TalliedBatch>();
        IReadOnlyList<LoggedBatch> portion;
        do
        {
            var after = batches.Count == 0 ? position : batches[^1].Batch.Position;
            portion = recent?.Take(writerNumber, after, PortionMax)
                ?? await log.ReadBatchesAsync(writerNumber, after, PortionMax, cancellationToken).ConfigureAwait(false);
            foreach (var batch in portion)
            {
                var tallied = new TalliedBatch(batch);
                batches.Add(tallied);
                _views.Add(tallied.Recorded.Span, batch.ReceivedAt);
            }

            await Task.Yield();
        }
        while (portion.Count == PortionMax && batches.Count < BatchesMax);
        return batches;
    }

    private async Task<TallyAdvanced> AddUpAsync(List<TalliedBatch> batches, CancellationToken cancellationToken)
    {
        var unviewed = await FindUnviewedAsync(_views.Select(view => view.ArtworkId), cancellationToken).ConfigureAwait(false);
        var hours = new CounterSums(TimeSpan.FromHours(1));
        var minutes = new CounterSums(TimeSpan.FromMinutes(1));
        var networks = new Dictionary<(string Release, DateTimeOffset Minute), NetworkCounts>();
        var minutesFrom = clock.GetUtcNow() - CounterAdded.MinutesKept;
        foreach (var (i, tallied) in batches.Index())
        {
            if (i % PortionMax == 0)
            {
                await Task.Yield();
            }

            ref readonly var batch = ref tallied.Batch;
            var release = known.Count(batch.Release, batch.Network);
            tallied.AddArrival(hours.Of(release, batch.ReceivedAt), unviewed);
            tallied.AddSession(hours.Of(release, batch.OpenedAt));
            if (batch.ReceivedAt >= minutesFrom)
            {
                var minute = minutes.Of(release, batch.ReceivedAt);
                tallied.AddArrival(minute, unviewed);
                tallied.AddSession(minute);
                if (batch.Network > 0)
                {
                    ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(networks, (release, CounterAdded.StartOf(batch.ReceivedAt, TimeSpan.FromMinutes(1))), out _);
                    (counts ??= new NetworkCounts()).Add(batch.Network, tallied.Claims());
                }
            }
        }

        if (unviewed.Count > 0)
        {
            LogUnviewed(logger, unviewed.Count, unviewed.Min(), writerNumber);
        }

        return new TallyAdvanced(writerNumber, position, batches[^1].Batch.Position, _views, hours.All, minutes.All, [.. networks.Select(pair => new NetworksAdded(pair.Key.Release, pair.Key.Minute, pair.Value))], epoch);
    }

    /// <summary>Reads each artwork until it has a viewed_at, which is never cleared.</summary>
    private async Task<HashSet<long>> FindUnviewedAsync(IEnumerable<long> artworkIds, CancellationToken cancellationToken)
    {
        long[] unsure = [.. artworkIds.Where(id => !_knownViewed.Contains(id))];
        HashSet<long> unviewed = unsure.Length == 0 ? [] : [.. await log.FindUnviewedAsync(unsure, cancellationToken).ConfigureAwait(false)];
        _knownViewed.UnionWith([.. unsure.Where(id => !unviewed.Contains(id))]);
        return unviewed;
    }

    /// <summary>Updates metrics and log after the commit.</summary>
    private void Announce(List<TalliedBatch> batches, TallyAdvanced advanced)
    {
        metrics.Add(advanced.Counters);
        foreach (var counter in advanced.Counters)
        {
            switch (counter.Counter)
            {
                case nameof(KpiCounts.FlickerSkips):
                    LogFlickers(logger, counter.Release, counter.Amount);
                    break;
                case nameof(KpiCounts.Duplicates):
                    LogDuplicates(logger, counter.Release, counter.Amount);
                    break;
                default:
                    break;
            }
        }

        foreach (var batch in batches)
        {
            metrics.AddDisplays(known.LabelOf(batch.Batch.Release), batch.NewDisplays);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "[FlickerFix] clients of release {Release} skipped {Count} displays of art that was already on screen")]
    private static partial void LogFlickers(ILogger logger, string release, long count);

    [LoggerMessage(Level = LogLevel.Information, Message = "[Impressions] {Count} impressions of release {Release} arrived again and were not recorded again")]
    private static partial void LogDuplicates(ILogger logger, string release, long count);

    [LoggerMessage(Level = LogLevel.Error, Message = "[Violation] {Count} artworks have impressions of writer {WriterNumber} and no viewed_at; the first is {ArtworkId}. Run verify")]
    private static partial void LogUnviewed(ILogger logger, int count, long artworkId, long writerNumber);

    [LoggerMessage(Level = LogLevel.Information, Message = "Another tally has moved the checkpoint of writer {WriterNumber} from position {Position}; reloading it")]
    private static partial void LogFenced(ILogger logger, long writerNumber, long position);
}

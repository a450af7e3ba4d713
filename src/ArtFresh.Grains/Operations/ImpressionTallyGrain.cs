using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.Releases;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ArtFresh.Grains.Operations;

/// <inheritdoc cref="IImpressionTallyGrain"/>
/// <remarks>
/// Exact: a writer commits serially, so its positions have no gaps, and the checkpoint moves in the same transaction as what was added up. What the stream says is
/// a nudge: the rows come from the ledger, or from its writer where that is in this process, so that a lost or repeated message changes nothing.
/// </remarks>
[GrainType("impression-tally"), PreferLocalPlacement, ImplicitStreamSubscription(LedgerStreams.Impressions)]
public sealed partial class ImpressionTallyGrain(
    IImpressionLog log, RecentBatches recent, LedgerWriter ledger, ReleaseMetrics metrics, TimeProvider clock, ILogger<ImpressionTallyGrain> logger)
    : Grain, IImpressionTallyGrain, IStreamSubscriptionObserver, IAsyncObserver<BatchesCommitted>
{
    /// <summary>Batches added up in one transaction: each rewrites the pages of all that was viewed.</summary>
    private const int BatchesMax = RecentBatches.BatchesMax;

    /// <summary>Batches read and added up in one turn, a few milliseconds: what listeners wait for goes between.</summary>
    private const int PortionMax = 2_000;

    /// <summary>So many times as long as it took a tally rests: it rewrites the same pages for a second's batches as for three seconds'.</summary>
    private const int RestsTimes = 10;

    /// <summary>The longest rest: figures are to be fresh.</summary>
    private static readonly TimeSpan s_restMax = TimeSpan.FromSeconds(2);

    private readonly ArtworkSet _knownViewed = new();
    // Kept from tick to tick: to grow it anew was a tenth of what the process allocated under load.
    private readonly ViewSums _views = [];
    private long _writerNumber;
    private long _position;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _writerNumber = this.GetPrimaryKeyLong();
        _position = await log.ReadCheckpointAsync(_writerNumber, cancellationToken);
    }

    /// <inheritdoc/>
    public Task Begin() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<BatchesCommitted>().ResumeAsync(this);

    /// <inheritdoc/>
    public async Task OnNextAsync(BatchesCommitted item, StreamSequenceToken? token = null)
    {
        if (item.Position <= _position)
        {
            return;
        }

        try
        {
            var started = clock.GetTimestamp();
            await CatchUp();
            // What it is told meanwhile waits, and is mostly done by the time that it is heard.
            var rest = clock.GetElapsedTime(started) * RestsTimes;
            await Task.Delay(rest < s_restMax ? rest : s_restMax, clock);
        }
#pragma warning disable CA1031 // The message is done with: the publisher's next look at the ledger nudges again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotAddedUp(logger, _writerNumber, _position, failure);
        }
    }

    /// <inheritdoc/>
    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task CatchUp()
    {
        while (true)
        {
            var batches = await ReadBatches();
            if (batches.Count == 0)
            {
                return;
            }

            var advanced = await AddUp(batches);
            var verdict = await ledger.AppendAsync(advanced);
            if (verdict == LedgerVerdict.Unavailable)
            {
                throw new LedgerUnavailableException($"The tally of writer {_writerNumber} was not written.");
            }

            if (verdict == LedgerVerdict.Fenced)
            {
                LogFenced(logger, _writerNumber, _position);
            }

            if (verdict == LedgerVerdict.Committed)
            {
                Tell(batches, advanced);
            }

            _position = verdict == LedgerVerdict.Committed
                ? advanced.ToPosition
                : await log.ReadCheckpointAsync(_writerNumber, CancellationToken.None);
            if (verdict == LedgerVerdict.Committed && batches.Count < BatchesMax)
            {
                // What has come in meanwhile is for the next tick: each transaction rewrites the same pages, however few its rows.
                return;
            }
        }
    }

    /// <summary>The batches that are to be added up, with their views in <see cref="_views"/>.</summary>
    private async Task<List<TalliedBatch>> ReadBatches()
    {
        _views.Clear();
        var batches = new List<TalliedBatch>();
        IReadOnlyList<LoggedBatch> portion;
        do
        {
            portion = await ReadPortion(batches.Count == 0 ? _position : batches[^1].Batch.Position);
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

    private async Task<IReadOnlyList<LoggedBatch>> ReadPortion(long afterPosition)
    {
        if (recent.Take(_writerNumber, afterPosition, PortionMax) is { } taken)
        {
            return taken;
        }

        var read = await log.ReadBatchesAsync(_writerNumber, afterPosition, PortionMax, CancellationToken.None);
        if (read.Count > 0)
        {
            recent.Follow(_writerNumber);
        }

        return read;
    }

    private void Tell(List<TalliedBatch> batches, TallyAdvanced advanced)
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
            metrics.AddDisplays(batch.Batch.Release, batch.DisplaysTold);
        }
    }

    private async Task<TallyAdvanced> AddUp(List<TalliedBatch> batches)
    {
        var unviewed = await FindUnviewed(_views.Select(view => view.ArtworkId));
        var hours = new CounterSums(TimeSpan.FromHours(1));
        var minutes = new CounterSums(TimeSpan.FromMinutes(1));
        var minutesFrom = clock.GetUtcNow() - ReleaseWatchGrain.MinutesKept;
        foreach (var (i, tallied) in batches.Index())
        {
            if (i % PortionMax == 0)
            {
                await Task.Yield();
            }

            ref readonly var batch = ref tallied.Batch;
            tallied.AddArrival(hours.Of(batch.Release, batch.ReceivedAt), unviewed);
            tallied.AddSession(hours.Of(batch.Release, batch.OpenedAt));
            if (batch.ReceivedAt >= minutesFrom)
            {
                var minute = minutes.Of(batch.Release, batch.ReceivedAt);
                tallied.AddArrival(minute, unviewed);
                tallied.AddSession(minute);
            }
        }

        if (unviewed.Count > 0)
        {
            LogUnviewed(logger, unviewed.Count, unviewed.Min(), _writerNumber);
        }

        return new TallyAdvanced(_writerNumber, _position, batches[^1].Batch.Position, _views, hours.All, minutes.All);
    }

    /// <summary>Looks at each artwork once: what has been viewed stays so.</summary>
    private async Task<HashSet<long>> FindUnviewed(IEnumerable<long> artworkIds)
    {
        long[] unsure = [.. artworkIds.Where(id => !_knownViewed.Contains(id))];
        HashSet<long> unviewed = unsure.Length == 0 ? [] : [.. await log.FindUnviewedAsync(unsure, CancellationToken.None)];
        _knownViewed.UnionWith([.. unsure.Where(id => !unviewed.Contains(id))]);
        return unviewed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "[FlickerFix] clients of release {Release} skipped {Count} displays of art that was on screen already")]
    private static partial void LogFlickers(ILogger logger, string release, long count);

    [LoggerMessage(Level = LogLevel.Information, Message = "[Impressions] {Count} of release {Release} arrived again, and were not recorded again")]
    private static partial void LogDuplicates(ILogger logger, string release, long count);

    [LoggerMessage(Level = LogLevel.Error, Message = "[Legacy] {Count} artworks, {ArtworkId} the first, have impressions of writer {WriterNumber} and no viewed_at")]
    private static partial void LogUnviewed(ILogger logger, int count, long artworkId, long writerNumber);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tally of writer {WriterNumber} did not get on from position {Position}; it will be told again")]
    private static partial void LogNotAddedUp(ILogger logger, long writerNumber, long position, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tally of writer {WriterNumber} was fenced off at position {Position} and reloads")]
    private static partial void LogFenced(ILogger logger, long writerNumber, long position);
}

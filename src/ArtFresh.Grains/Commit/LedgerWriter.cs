using System.Diagnostics.Metrics;
using System.Threading.Channels;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// Group commit: writes the pending entries of all grains of this silo in one transaction. Entries that arrive during a commit form the next group. There is no timer: an
/// entry waits for the running commit, if there is one, and its own. When the queue is full, an append returns <see cref="LedgerVerdict.Unavailable"/> at once.
/// </summary>
public sealed partial class LedgerWriter(ILedger ledger, ILedgerEpochs epochs, LedgerNews news, RecentBatches recent, UncheckedBlocks uncheckedBlocks, ILogger<LedgerWriter> logger, IMeterFactory meters) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>The most entries that wait, and so the most in one transaction.</summary>
    public const int QueuedEntriesMax = 20_000;

    private const int GatheringTurnsMax = 8;

    private static readonly TimeSpan FailureLogPause = TimeSpan.FromSeconds(30);

    private readonly Channel<PendingEntry> _queue =
        Channel.CreateBounded<PendingEntry>(new BoundedChannelOptions(QueuedEntriesMax) { SingleReader = true });

    private ArtworkSet _knownViewed = new();
    private readonly LedgerMetrics _metrics = new(meters);
    private Task _running = Task.CompletedTask;
    private long _writerNumber;
    private long _epoch;
    private long _position;
    private (long Commits, long Entries) _failed;
    private long _failureLoggedAt;

    /// <summary>Makes an entry durable that follows from no state.</summary>
    /// <returns>After the commit: whether it is on disk.</returns>
    public Task<LedgerVerdict> AppendAsync(LedgerEntry entry) => AppendAsync(entry, 0);

    /// <summary>Makes an entry durable.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="epoch">The epoch of the state that the entry follows from; 0 for none. An entry of an epoch that is over is not written.</param>
    /// <returns>After the commit: whether it is on disk.</returns>
    public Task<LedgerVerdict> AppendAsync(LedgerEntry entry, long epoch)
    {
        var pending = new PendingEntry(entry, epoch);
        if (_queue.Writer.TryWrite(pending))
        {
            return pending.Task;
        }

        _metrics.Refused.Add(1);
        return Task.FromResult(LedgerVerdict.Unavailable);
    }

    /// <summary>Starts before any grain activates and stops after the last has deactivated.</summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LedgerWriter), ServiceLifecycleStage.RuntimeStorageServices, StartAsync, StopAsync);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartWriterAsync(cancellationToken).ConfigureAwait(false);
        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>With nothing known as viewed: what the writer before knew, the database may have lost.</summary>
    private async Task StartWriterAsync(CancellationToken cancellationToken)
    {
        _writerNumber = await ledger.StartWriterAsync(cancellationToken).ConfigureAwait(false);
        (_epoch, _position, _knownViewed) = (epochs.Known.Current, 0, new ArtworkSet());
    }

    private Task StopAsync(CancellationToken cancellationToken)
    {
        // Queued entries are committed before the silo stops; later ones are refused.
        _queue.Writer.TryComplete();
        return _running.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        var group = new List<PendingEntry>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            Gather(group);
            // Yields to work that is ready to run and may append more: 20% fewer commits under load, no cost when idle.
            for (var (turns, before) = (0, 0); turns < GatheringTurnsMax && before < group.Count; turns++)
            {
                before = group.Count;
                await Task.Yield();
                Gather(group);
            }

            await CommitGroupAsync(group).ConfigureAwait(false);
        }
    }

    private void Gather(List<PendingEntry> group)
    {
        while (group.Count < QueuedEntriesMax && _queue.Reader.TryRead(out var pending))
        {
            group.Add(pending);
        }
    }

    private async Task CommitGroupAsync(List<PendingEntry> group)
    {
        var started = TimeProvider.System.GetTimestamp();
        LedgerVerdict[] verdicts;
        try
        {
            if (_writerNumber == 0 || _epoch != epochs.Known.Current)
            {
                await StartWriterAsync(CancellationToken.None).ConfigureAwait(false);
            }

            RefuseOlder(group);
            if (group.Count == 0)
            {
                return;
            }

            var entries = group.ConvertAll(pending => pending.Entry);
            verdicts = await ledger.CommitAsync(
                new CommitGroup(_writerNumber, _position + 1, entries, _knownViewed), CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever failed, the callers must get an answer and the writer must continue.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            // The group may be committed or not, so the position of this writer's last row is unknown: the next group starts a new writer.
            _writerNumber = 0;
            NoteFailure(group.Count, failure);
            _metrics.Failed.Add(1);
            foreach (var pending in group)
            {
                pending.TrySetResult(LedgerVerdict.Unavailable);
            }

            return;
        }

        NoteSuccess();
        _metrics.Commits.Record(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        _metrics.GroupSize.Record(group.Count);
        Remember(group, verdicts);
        news.Add(_writerNumber, _position, group.Where((_, i) => verdicts[i] == LedgerVerdict.Committed).Select(pending => pending.Entry));
        for (var i = 0; i < group.Count; i++)
        {
            group[i].TrySetResult(verdicts[i]);
        }
    }

    /// <summary>Logs the first failure, and then one at most in a while: clients try again, and each try would be a line.</summary>
    private void NoteFailure(int entries, Exception failure)
    {
        var isFirst = _failed.Commits == 0;
        _failed = (_failed.Commits + 1, _failed.Entries + entries);
        if (isFirst || TimeProvider.System.GetElapsedTime(_failureLoggedAt) >= FailureLogPause)
        {
            _failureLoggedAt = TimeProvider.System.GetTimestamp();
            LogCommitFailed(logger, entries, _failed.Commits, failure);
        }
    }

    private void NoteSuccess()
    {
        if (_failed.Commits > 0)
        {
            LogCommitsAgain(logger, _failed.Commits, _failed.Entries);
            _failed = default;
        }
    }

    /// <summary>Refuses what follows from state of an epoch that is over.</summary>
    private void RefuseOlder(List<PendingEntry> group) => group.RemoveAll(pending =>
    {
        var isOlder = pending.Epoch != 0 && pending.Epoch != _epoch;
        return isOlder && pending.TrySetResult(LedgerVerdict.Unavailable);
    });

    /// <summary>Updates memory and metrics after a commit.</summary>
    private void Remember(List<PendingEntry> group, LedgerVerdict[] verdicts)
    {
        var (batches, impressions) = (0, 0);
        for (var i = 0; i < group.Count; i++)
        {
            // Marked as viewed only after the commit: marked earlier, a failed commit would leave an impression without viewed_at.
            if (group[i].Entry is BatchRecorded batch && verdicts[i] == LedgerVerdict.Committed)
            {
                _position++;
                recent.Add(_writerNumber, _position, batch, _epoch);
                if (!_knownViewed.ContainsAll(batch.ArtworkIds.AsSpan()))
                {
                    _knownViewed.UnionWith(batch.ArtworkIds.AsSpan());
                }

                batches++;
                impressions += batch.ArtworkIds.Length;
            }
            else if (group[i].Entry is BlockLogged block && verdicts[i] == LedgerVerdict.Committed)
            {
                uncheckedBlocks.Add(block);
                _metrics.ServedTwice.Add(block.ServedTwice);
            }
            else if (group[i].Entry is ServedTwiceFound found && verdicts[i] == LedgerVerdict.Committed)
            {
                _metrics.ServedTwice.Add(found.Artworks);
            }
        }

        _metrics.Batches.Add(batches);
        _metrics.Impressions.Add(impressions);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Committing {Entries} entries failed; their callers get Unavailable and may retry, and the next commit starts a new writer. Commits that failed so far: {Commits}")]
    private static partial void LogCommitFailed(ILogger logger, int entries, long commits, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The ledger takes commits again. {Commits} commits of {Entries} entries had failed")]
    private static partial void LogCommitsAgain(ILogger logger, long commits, long entries);

    private sealed class PendingEntry(LedgerEntry entry, long epoch)
        : TaskCompletionSource<LedgerVerdict>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LedgerEntry Entry { get; } = entry;

        public long Epoch { get; } = epoch;
    }
}

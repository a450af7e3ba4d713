using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace ArtFresh.Grains.ListenerSession;

/// <inheritdoc cref="IListenerSessionGrain"/>
/// <remarks>
/// Reentrant, so that a fresh-art request never waits behind a commit. Impressions are recorded one batch after the other, under <see cref="_recording"/>.
/// Nothing here is marked before the ledger has committed it: a failed commit leaves the grain as it was.
/// </remarks>
[GrainType("listener-session"), Reentrant]
public sealed partial class ListenerSessionGrain(SessionServices services) : Grain, IListenerSessionGrain
{
    private const long NoGrant = 0;

    private Turnstile _recording;
    private Guid _sessionId;
    private string _release = "";
    private SessionImpressions? _impressions;
    private FreshStock? _stock;
    private long _genomeGrant;
    private int _waitingBatches;
    private bool _ended;

    // Idle sessions are many, and it is asked for seldom: the grain's key holds it.
    private string ListenerId => SessionKey.Parse(this.GetPrimaryKeyString()).ListenerId;

    private IListenerGrain Listener => GrainFactory.GetGrain<IListenerGrain>(ListenerId);

    private GenomeSeeds? GenomeSeeds => _genomeGrant == NoGrant ? null : GenomeSeeds.Of(_genomeGrant);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        CallLimits.CheckListenerId(ListenerId);
        _sessionId = SessionKey.Parse(this.GetPrimaryKeyString()).SessionId;
        await LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<OpenSessionResult> Open(string release)
    {
        CallLimits.CheckRelease(release);
        if (_impressions is null)
        {
            var verdict = await services.Ledger.AppendAsync(new SessionOpened(ListenerId, _sessionId, release, services.Clock.GetUtcNow()));
            if (verdict == LedgerVerdict.Unavailable)
            {
                return new OpenSessionResult(SessionOutcome.Unavailable);
            }

            await LoadAsync(CancellationToken.None);
        }

        return _impressions is null
            ? new OpenSessionResult(SessionOutcome.SessionNotFound)
            : new OpenSessionResult(SessionOutcome.Done, services.Policies.Of(_release), GenomeSeeds);
    }

    /// <inheritdoc/>
    public Task<TakeFreshResult> TakeFresh(FreshRequest request)
    {
        CallLimits.Check(request);
        if (_impressions is null || _ended)
        {
            return Task.FromResult(new TakeFreshResult(_ended ? SessionOutcome.SessionEnded : NotFound()));
        }

        // No sooner: sessions that are read back to record what was on its way need none.
        _stock ??= new FreshStock(_sessionId, Listener, services.Artworks, () => _impressions!);
        return _stock.TakeAsync(request);
    }

    /// <inheritdoc/>
    public async Task<RecordBatchResult> RecordBatch(ImpressionBatch batch)
    {
        CallLimits.Check(batch);
        if (_impressions is null)
        {
            return new RecordBatchResult(NotFound());
        }

        if (!batch.IsSingle && services.Policies.Of(_release) == Delivery.Single)
        {
            return new RecordBatchResult(SessionOutcome.SingleOnly);
        }

        if (_waitingBatches >= SessionLimits.WaitingBatchesMax)
        {
            return new RecordBatchResult(SessionOutcome.Unavailable);
        }

        _waitingBatches++;
        try
        {
            if (!batch.Genomes.IsDefaultOrEmpty)
            {
                var (outcome, entered) = await new SessionGenomes(ListenerId, GenomeSeeds, services).EnterAsync(batch);
                if (entered is null)
                {
                    return new RecordBatchResult(outcome);
                }

                batch = entered;
            }

            for (var tries = 0; tries < SessionLimits.FencedTriesMax; tries++)
            {
                if (await TryRecordAsync(batch) is { } result)
                {
                    return result;
                }

                // Two sessions that report each other's artworks at once would else keep taking them from one another.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10 << tries)), services.Clock);
            }

            return new RecordBatchResult(SessionOutcome.Unavailable);
        }
        finally
        {
            _waitingBatches--;
        }
    }

    /// <inheritdoc/>
    public Task<long?> HighWater()
    {
        if (_impressions is null)
        {
            NotFound();
        }

        return Task.FromResult(_impressions?.Numbers.HighWater);
    }

    /// <inheritdoc/>
    public async Task<SessionOutcome> Finish(ImmutableArray<long> unshown)
    {
        CallLimits.CheckUnshown(unshown);
        if (_impressions is null)
        {
            return NotFound();
        }

        if (_ended)
        {
            return SessionOutcome.Done;
        }

        var verdict = await services.Ledger.AppendAsync(new SessionEnded(_sessionId, services.Clock.GetUtcNow()));
        if (verdict == LedgerVerdict.Unavailable)
        {
            return SessionOutcome.Unavailable;
        }

        if (_ended)
        {
            return SessionOutcome.Done;
        }

        _ended = true;
        ImmutableArray<long> returned;
        await _recording.WaitAsync();
        try
        {
            returned = _impressions.GiveBack(_stock?.TakeUnserved() ?? [], unshown);
        }
        finally
        {
            _recording.Release();
        }

        if (returned.Length > 0)
        {
            // Without the lock: the listener may be waiting for this session's word about another. Should it fail, they are given up.
            await Listener.TakeBack(_sessionId, returned);
        }

        return SessionOutcome.Done;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<long>> Disown(ImmutableArray<long> artworkIds, long blockNumber)
    {
        CallLimits.CheckReported(artworkIds);
        if (_impressions is null)
        {
            return [];
        }

        await _recording.WaitAsync();
        try
        {
            return _impressions.Disown(artworkIds, blockNumber);
        }
        finally
        {
            _recording.Release();
        }
    }

    /// <summary>A session that does not exist costs no memory past the answer.</summary>
    private SessionOutcome NotFound()
    {
        DeactivateOnIdle();
        return SessionOutcome.SessionNotFound;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var found = await services.History.ReadSessionAsync(ListenerId, _sessionId, cancellationToken);
        _ended = found?.Ended ?? false;
        _release = found is null ? "" : services.ReleaseNames.Shared(found.Release);
        _genomeGrant = found?.GenomeGrant ?? NoGrant;
        _impressions = found is null ? null : new SessionImpressions(found, _impressions);
    }

    /// <summary>Records the batch, or answers null when it must be judged anew.</summary>
    private Task<RecordBatchResult?> TryRecordAsync(ImpressionBatch batch)
    {
        var foreign = _impressions!.Foreign(batch.ArtworkIds);
        if (foreign.Length > 0)
        {
            return ClaimAndRecordAsync(batch, foreign);
        }

        // Most go this way, and are spared a level of awaiting.
        var turn = _recording.WaitAsync();
        return turn.IsCompleted ? CommitAsync(batch, [], isOutdated: false) : WaitAndCommitAsync(turn, batch, []);
    }

    private async Task<RecordBatchResult?> ClaimAndRecordAsync(ImpressionBatch batch, ImmutableArray<long> foreign)
    {
        // Before the lock: the listener may ask another session, which may be asking about this one.
        var claim = await Listener.Claim(_sessionId, foreign);
        if (claim.Outcome != SessionOutcome.Done)
        {
            return new RecordBatchResult(SessionOutcome.Unavailable);
        }

        _impressions!.Own(claim.Granted.AsSpan(), claim.BlockNumber);
        _impressions.NoteShownElsewhere(claim.Shown.AsSpan());
        return await WaitAndCommitAsync(_recording.WaitAsync(), batch, claim.Unknown);
    }

    private async Task<RecordBatchResult?> WaitAndCommitAsync(Task turn, ImpressionBatch batch, ImmutableArray<long> unknown)
    {
        await turn;
        return await CommitAsync(batch, unknown, isOutdated: true);
    }

    /// <summary>In the caller's turn of <see cref="_recording"/>, which it ends.</summary>
    /// <param name="isOutdated">Whether what the session owns may have changed since it was looked up.</param>
    private async Task<RecordBatchResult?> CommitAsync(ImpressionBatch batch, ImmutableArray<long> unknown, bool isOutdated)
    {
        try
        {
            var impressions = _impressions!;
            if (isOutdated && impressions.Foreign(batch.ArtworkIds).Any(id => !unknown.Contains(id)))
            {
                return null;
            }

            using var judged = impressions.Judge(batch, unknown);
            if (judged is null)
            {
                return new RecordBatchResult(SessionOutcome.NumbersScattered);
            }

            // What brings nothing new is written too: the figures tell how often clients had to send.
            if (judged.Entries.Length + judged.Duplicates > 0)
            {
                var entry = judged.ToEntry(_sessionId, _release, impressions, services.Clock.GetUtcNow());
                var verdict = await services.Ledger.AppendAsync(entry);
                if (verdict == LedgerVerdict.Fenced)
                {
                    // Another activation of this session has written: what it wrote is the truth.
                    LogFenced(services.Logger, _sessionId, impressions.LastBatchNumber + 1);
                    await LoadAsync(CancellationToken.None);
                    return null;
                }

                if (verdict == LedgerVerdict.Unavailable)
                {
                    return new RecordBatchResult(SessionOutcome.Unavailable);
                }

                impressions.Fold(judged, entry);
                if (judged.NumbersReused > 0)
                {
                    LogNumbersReused(services.Logger, _sessionId, judged.NumbersReused);
                }

                if (judged.Repeats > 0)
                {
                    LogRepeats(services.Logger, judged.Repeats, ListenerId, _sessionId);
                }
            }

            return new RecordBatchResult(
                SessionOutcome.Done, judged.Recorded, judged.Duplicates, judged.Repeats, judged.UnknownIds, impressions.Numbers.HighWater);
        }
        finally
        {
            _recording.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} was fenced off at batch {BatchNumber} and reloads")]
    private static partial void LogFenced(ILogger logger, Guid sessionId, long batchNumber);

    [LoggerMessage(Level = LogLevel.Error, Message = "[Legacy] {Repeats} repeats shown to listener {ListenerId} in session {SessionId}")]
    private static partial void LogRepeats(ILogger logger, int repeats, string listenerId, Guid sessionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "[Impressions] session {SessionId} used {Count} numbers for a second artwork")]
    private static partial void LogNumbersReused(ILogger logger, Guid sessionId, int count);
}

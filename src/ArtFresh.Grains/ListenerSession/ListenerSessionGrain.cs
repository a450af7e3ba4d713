using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Orleans.Concurrency;

namespace ArtFresh.Grains.ListenerSession;

/// <inheritdoc cref="IListenerSessionGrain"/>
/// <remarks>
/// Reentrant, so that a fresh-art request never waits behind a commit. Records one batch after the other, under <see cref="_recording"/>. State changes only after the
/// ledger's commit, so that a failed commit leaves it unchanged.
/// </remarks>
[GrainType("listener-session"), Reentrant]
public sealed partial class ListenerSessionGrain(SessionServices services) : Grain, IListenerSessionGrain
{
    private const long NoGrant = 0;

    private static readonly RecordBatchResult Busy = new(SessionOutcome.Unavailable, IsBusy: true);

    private Turnstile _recording;
    private Guid _sessionId;
    private string _release = "";
    private SessionImpressions? _impressions;
    private FreshStock? _stock;
    private long _genomeGrant;
    private int _waitingBatches;
    private OtherSession? _other;
    private bool _ended;
    /// <summary>The last withdrawal that the client knows of. An activation begins anew: the client may hear of one again.</summary>
    private long _knownWithdrawal;
    /// <summary>The last end of a collection that the stock knows of.</summary>
    private int _knownClosings;

    // Parsed from the key on each use: it is rarely used, and a field would cost memory in each of many idle sessions.
    private string ListenerId => SessionKey.Parse(this.GetPrimaryKeyString()).ListenerId;

    private IListenerGrain Listener => GrainFactory.GetGrain<IListenerGrain>(ListenerId);

    private GenomeSeeds? GenomeSeeds => _genomeGrant == NoGrant ? null : GenomeSeeds.Of(_genomeGrant);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        CallLimits.CheckListenerId(ListenerId);
        _sessionId = SessionKey.Parse(this.GetPrimaryKeyString()).SessionId;
        _epoch = services.Epochs.Known.Current;
        await LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<OpenSessionResult> Open(string release)
    {
        CallLimits.CheckRelease(release);
        if (IsOutdated())
        {
            return new OpenSessionResult(SessionOutcome.Unavailable);
        }

        if (_impressions is null)
        {
            if (await services.Erasures.IsErasedAsync(ListenerId, CancellationToken.None))
            {
                DeactivateOnIdle();
                return new OpenSessionResult(SessionOutcome.ListenerErased);
            }

            var verdict = await services.Ledger.AppendAsync(new SessionOpened(ListenerId, _sessionId, release, services.Clock.GetUtcNow()), _epoch);
            if (verdict == LedgerVerdict.Unavailable)
            {
                return new OpenSessionResult(SessionOutcome.Unavailable);
            }

            await LoadAsync(CancellationToken.None);
            if (_impressions is null && await OtherSession.OpenAsync(ListenerId, _sessionId, release, services, GrainFactory) is { } opened)
            {
                DeactivateOnIdle();
                return opened;
            }
        }

        return _impressions is null
            ? await ElseAsync(other => other.Open(release), outcome => new OpenSessionResult(outcome == SessionOutcome.ListenerErased ? outcome : SessionOutcome.Unavailable))
            : new OpenSessionResult(SessionOutcome.Done, services.Policies.Of(_release), GenomeSeeds, _epoch, services.Withdrawn.Change);
    }

    /// <inheritdoc/>
    public Task<TakeFreshResult> TakeFresh(FreshRequest request)
    {
        CallLimits.Check(request);
        if (IsOutdated())
        {
            return Task.FromResult(new TakeFreshResult(SessionOutcome.Unavailable));
        }

        if (_impressions is null || _ended)
        {
            return _ended
                ? Task.FromResult(new TakeFreshResult(SessionOutcome.SessionEnded))
                : ElseAsync(other => other.TakeFresh(request), outcome => new TakeFreshResult(outcome));
        }

        // Created on first use: a session that only records late impressions needs none.
        _stock ??= new FreshStock(_sessionId, Listener, services, () => _impressions!);
        DropClosed(_stock);
        return services.Withdrawn.Change == _knownWithdrawal ? _stock.TakeAsync(request) : TakeAndTellAsync(_stock, request);
    }

    /// <inheritdoc/>
    public async Task<RecordBatchResult> RecordBatch(ImpressionBatch batch)
    {
        CallLimits.Check(batch);
        if (IsOutdated() || _impressions is null)
        {
            return IsOutdated()
                ? new RecordBatchResult(SessionOutcome.Unavailable)
                : await ElseAsync(other => other.RecordBatch(batch), outcome => new RecordBatchResult(outcome));
        }

        if (RefusalOf(batch, _impressions) is { } refusal)
        {
            return refusal;
        }

        _waitingBatches++;
        try
        {
            ImmutableArray<long> made = [];
            if (!batch.Genomes.IsDefaultOrEmpty)
            {
                (var outcome, var entered, made) = await new SessionGenomes(ListenerId, GenomeSeeds, services).EnterAsync(batch);
                if (entered is null)
                {
                    return new RecordBatchResult(outcome);
                }

                batch = entered;
            }

            for (var tries = 0; tries < SessionLimits.FencedTriesMax; tries++)
            {
                if (await TryRecordAsync(batch, made) is { } result)
                {
                    return result.Outcome == SessionOutcome.Done && services.Withdrawn.Change != _knownWithdrawal ? result with { Withdrawn = NoteWithdrawn() } : result;
                }

                // A random pause, because two sessions that report each other's artworks could take them from each other forever.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10 << tries)), services.Clock);
            }

            return Busy;
        }
        finally
        {
            _waitingBatches--;
        }
    }

    /// <inheritdoc/>
    public Task<long?> HighWater() => IsOutdated()
        ? Task.FromResult<long?>(0)
        : _impressions is null
        ? ElseAsync(other => other.HighWater(), _ => (long?)null)
        : Task.FromResult<long?>(_impressions.Numbers.HighWater);

    /// <inheritdoc/>
    public async Task<ImmutableArray<long>> EndBlock(long blockNumber)
    {
        if (_impressions is null || _stock is null)
        {
            // Nothing is served from here: an activation begins without a block.
            DeactivateOnIdle();
            return [];
        }

        await _recording.WaitAsync();
        try
        {
            return _impressions.GiveBackRest(_stock.EndBlock(blockNumber));
        }
        finally
        {
            _recording.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<long>> Disown(ImmutableArray<long> artworkIds, long blockNumber) => (await GiveUp(artworkIds, blockNumber)).Shown;

    /// <inheritdoc/>
    public async Task<GivenUp> GiveUp(ImmutableArray<long> artworkIds, long blockNumber)
    {
        CallLimits.CheckReported(artworkIds);
        if (_impressions is null)
        {
            // A guest's session has claimed the artworks since the guest joined, and so in this listener's log.
            // One that is gone was dropped with its month: nobody knows what it has shown, so all that it was served counts as shown.
            return await ElseAsync(other => OtherSession.GiveUpAsync(other, artworkIds, Blocks.Place(_other!.Steps, blockNumber)), _ => new GivenUp(Shown: artworkIds));
        }

        await _recording.WaitAsync();
        try
        {
            _impressions.Withhold((_stock?.Remove(artworkIds) ?? []).AsSpan());
            if (_stock?.Refilling is not null && !_ended)
            {
                // No answer can have had what has not arrived here.
                _impressions.Withhold([.. artworkIds.Where(_impressions.MayBeOnItsWay)]);
            }

            await CorrectEndAsync(artworkIds);
            return new GivenUp(_impressions.Disown(artworkIds, blockNumber, _stock?.UnservedCount ?? 0), _impressions.Withheld(artworkIds));
        }
        finally
        {
            _recording.Release();
        }
    }

    /// <inheritdoc/>
    public Task Forget()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <summary>Asks the session of that id where it is of the same person by another name; otherwise there is none.</summary>
    private async Task<T> ElseAsync<T>(Func<IListenerSessionGrain, Task<T>> ask, Func<SessionOutcome, T> none)
    {
        _other ??= await OtherSession.FindAsync(ListenerId, _sessionId, services, GrainFactory);
        if (_other is not null)
        {
            return await ask(_other.Grain);
        }

        // A session that does not exist must cost no memory.
        DeactivateOnIdle();
        return none(await services.Erasures.IsErasedAsync(ListenerId, CancellationToken.None) ? SessionOutcome.ListenerErased : SessionOutcome.SessionNotFound);
    }

    /// <returns>False where the ledger has no such session. What is in memory stays: calls that wait may still use it.</returns>
    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (await services.History.ReadSessionAsync(ListenerId, _sessionId, cancellationToken) is not { } found)
        {
            return false;
        }

        _ended = found.Ended;
        _release = services.ReleaseNames.Shared(found.Release);
        _genomeGrant = found.GenomeGrant ?? NoGrant;
        _impressions = new SessionImpressions(found, _impressions);
        _lostSince = services.Epochs.Known.LostSince(found.OpenedAt);
        return true;
    }

    /// <summary>The refusal of a batch before any work for it; null if it is taken. Checks the numbers only if artworks would be made for it; a later check serves the others.</summary>
    private RecordBatchResult? RefusalOf(ImpressionBatch batch, SessionImpressions impressions) =>
        !batch.IsSingle && services.Policies.Of(_release) == Delivery.Single ? new RecordBatchResult(SessionOutcome.SingleOnly)
        : _waitingBatches >= SessionLimits.WaitingBatchesMax ? Busy
        : batch.Genomes.IsDefaultOrEmpty || impressions.MayTakeNumbers(batch, services.Clock.GetUtcNow()) ? null
        : new RecordBatchResult(SessionOutcome.NumbersScattered);

    /// <summary>Records the batch; null if it must be judged again.</summary>
    private Task<RecordBatchResult?> TryRecordAsync(ImpressionBatch batch, ImmutableArray<long> made)
    {
        // No answer held these, so a client can only have guessed them: they leave the session before anything waits.
        _impressions!.Withhold((_stock?.Remove(batch.ArtworkIds) ?? []).AsSpan());
        var foreign = _impressions.Foreign(batch.ArtworkIds);
        if (foreign.Length > 0)
        {
            // Before the listener's grain spends them.
            if (!_impressions.MayTakeNumbers(batch, services.Clock.GetUtcNow()))
            {
                return Task.FromResult<RecordBatchResult?>(new RecordBatchResult(SessionOutcome.NumbersScattered));
            }

            return ClaimAndRecordAsync(batch, new ForeignArtworks(_sessionId, foreign, made, _impressions.Withheld(foreign)));
        }

        // The common path, without an async state machine.
        var turn = _recording.WaitAsync();
        return turn.IsCompleted ? CommitAsync(batch, default, isOutdated: false) : WaitAndCommitAsync(turn, batch, default);
    }

    private async Task<RecordBatchResult?> ClaimAndRecordAsync(ImpressionBatch batch, ForeignArtworks foreign)
    {
        if (_stock?.Refilling is { } refilling)
        {
            // The block on its way may hold them, in no answer yet. Costs no time: the listener's grain answers that call first.
            await refilling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            _impressions!.Withhold(_stock.Remove(batch.ArtworkIds).AsSpan());
            var artworkIds = _impressions.Foreign(batch.ArtworkIds);
            foreign = foreign with { ArtworkIds = artworkIds, Guessed = _impressions.Withheld(artworkIds) };
        }

        // Before taking the lock: the listener's grain may call another session, which may be calling this one.
        var (claim, steps) = await ForeignJudgement.AskAsync(ListenerId, foreign, GrainFactory);
        if (claim.Outcome != SessionOutcome.Done)
        {
            return new RecordBatchResult(claim.Outcome == SessionOutcome.ListenerErased ? claim.Outcome : SessionOutcome.Unavailable);
        }

        _impressions!.Own(claim.Granted.AsSpan(), Blocks.Place(steps, claim.BlockNumber));
        _impressions.NoteShownElsewhere(claim.Shown.AsSpan());
        return await WaitAndCommitAsync(_recording.WaitAsync(), batch, new ForeignVerdict(claim.Unknown, claim.Unserved, claim.Granted.Length));
    }

    private async Task<RecordBatchResult?> WaitAndCommitAsync(Task turn, ImpressionBatch batch, ForeignVerdict foreign)
    {
        await turn;
        return await CommitAsync(batch, foreign, isOutdated: true);
    }

    /// <summary>Follows what has fenced a batch off: another activation, an erasure, or a dropped month.</summary>
    /// <returns>Null if the batch must be judged again.</returns>
    private async Task<RecordBatchResult?> FollowFenceAsync(long batchNumber, int spent)
    {
        if (await services.Erasures.IsErasedAsync(ListenerId, CancellationToken.None))
        {
            DeactivateOnIdle();
            return new RecordBatchResult(SessionOutcome.ListenerErased, Unserved: spent);
        }

        // Another activation of this session has written: read its rows.
        LogFenced(services.Logger, _sessionId, batchNumber);
        if (!await LoadAsync(CancellationToken.None))
        {
            // Its month was dropped: the client opens another session.
            DeactivateOnIdle();
            return new RecordBatchResult(SessionOutcome.SessionNotFound);
        }

        _stock?.KeepOwned();
        return null;
    }

    /// <summary>Judges and commits a batch. The caller holds <see cref="_recording"/>; this method releases it.</summary>
    /// <param name="isOutdated">Whether the session's artworks may have changed since <paramref name="foreign"/> was asked for.</param>
    private async Task<RecordBatchResult?> CommitAsync(ImpressionBatch batch, ForeignVerdict foreign, bool isOutdated)
    {
        try
        {
            var impressions = _impressions!;
            if (isOutdated && (_stock?.HoldsAny(batch.ArtworkIds.AsSpan()) == true || impressions.Foreign(batch.ArtworkIds).Any(id => foreign.OutcomeOf(id) is null)))
            {
                return null;
            }

            var (now, unserved) = (services.Clock.GetUtcNow(), _stock?.UnservedCount ?? 0);
            using var judged = impressions.Judge(batch, foreign, impressions.EvidenceAt(now, unserved, recorded: 0));
            if (judged is null)
            {
                return new RecordBatchResult(SessionOutcome.NumbersScattered, Unserved: foreign.Spent);
            }

            // A batch of only duplicates is written too, because the figures count duplicates.
            if (judged.Entries.Length + judged.Duplicates > 0)
            {
                var entry = judged.ToEntry(ListenerId, _sessionId, _release, impressions, now, impressions.EvidenceAt(now, unserved, judged.Recorded), foreign.Granted);
                var verdict = await services.Ledger.AppendAsync(entry, _epoch);
                if (verdict == LedgerVerdict.Fenced)
                {
                    return await FollowFenceAsync(impressions.LastBatchNumber + 1, foreign.Spent);
                }

                if (verdict == LedgerVerdict.Unavailable)
                {
                    return new RecordBatchResult(SessionOutcome.Unavailable, Unserved: foreign.Spent);
                }

                impressions.Fold(judged, entry);
                // A block that came during the commit may hold them, if it was set aside before they were claimed.
                _stock?.Remove(entry.ArtworkIds);
            }

            LogOddities(judged);
            return new RecordBatchResult(
                SessionOutcome.Done, judged.Recorded, judged.Duplicates, judged.Repeats, judged.UnknownIds, impressions.Numbers.HighWater, judged.Unserved, judged.Revisits, Epoch: _lostSince);
        }
        finally
        {
            _recording.Release();
        }
    }
}

using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>The end of a session.</summary>
public sealed partial class ListenerSessionGrain
{
    private bool _isEndInDoubt;

    /// <inheritdoc/>
    /// <remarks>
    /// A client that falls silent never says what it has not shown. What is in no answer goes back all the same. What is in an answer stays served, because it may have been on
    /// screen, and a late batch may say so.
    /// </remarks>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (reason.ReasonCode == DeactivationReasonCode.ActivationIdle && !IsOutdated() && _impressions is not null && _stock is not null)
        {
            // If the call fails, the artworks stay served.
            await FreshStock.ReturnRestAsync(Listener, _sessionId, _impressions.GiveBackRest(_stock.TakeUnserved()))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <inheritdoc/>
    public async Task<SessionOutcome> Finish(ImmutableArray<long> unshown)
    {
        CallLimits.CheckUnshown(unshown);
        var lastNumber = ReadLastNumber();
        if (IsOutdated())
        {
            return SessionOutcome.Unavailable;
        }

        if (_impressions is null)
        {
            return await ElseAsync(other => other.Finish(unshown), outcome => outcome);
        }

        if (_ended)
        {
            return await RaiseEndAsync(lastNumber) ? SessionOutcome.Done : SessionOutcome.Unavailable;
        }

        if (await EndAsync(lastNumber, unshown) is not var (rest, returned))
        {
            return SessionOutcome.Unavailable;
        }

        // Outside the lock: the listener's grain may be waiting for this session to give up artworks. If a call fails, its artworks stay served.
        await FreshStock.ReturnRestAsync(Listener, _sessionId, rest);
        if (returned.Length > 0)
        {
            await Listener.TakeBack(_sessionId, returned);
        }

        return SessionOutcome.Done;
    }

    /// <summary>What the client says at the end of the session; null if it does not say.</summary>
    private static long? ReadLastNumber()
    {
        var lastNumber = RequestContext.Get(SessionLastNumber.Key) as long?;
        CallLimits.CheckLastNumber(lastNumber ?? 0);
        return lastNumber;
    }

    /// <summary>Commits the end.</summary>
    /// <returns>What goes back: the rest of the block, and what the client never showed. Null where the ledger is not available.</returns>
    private async Task<(ImmutableArray<long> OfBlock, ImmutableArray<long> Unshown)?> EndAsync(long? lastNumber, ImmutableArray<long> unshown)
    {
        // Batches wait, so that none is recorded between the count of what is missing and its commit.
        await _recording.WaitAsync();
        try
        {
            if (_ended)
            {
                return ([], []);
            }

            var ended = _impressions!.End(_sessionId, services.Clock.GetUtcNow(), lastNumber, _stock?.UnservedCount ?? 0, unshown);
            if (await services.Ledger.AppendAsync(ended, _epoch) == LedgerVerdict.Unavailable)
            {
                _isEndInDoubt = true;
                return null;
            }

            await FoldAsync(ended);
            var rest = _impressions.GiveBackRest(_stock?.TakeUnserved() ?? []);
            return (rest, _impressions.GiveBackUnshown(unshown));
        }
        finally
        {
            _recording.Release();
        }
    }

    /// <summary>Takes the larger of two last numbers: an end that a page sent when it was hidden may come after the next one, or before what the page has shown since.</summary>
    /// <returns>False where the ledger is not available.</returns>
    private async Task<bool> RaiseEndAsync(long? lastNumber)
    {
        if (lastNumber is null)
        {
            return true;
        }

        await _recording.WaitAsync();
        try
        {
            if (_impressions!.RaiseEnd(services.Clock.GetUtcNow(), lastNumber) is not { } raised)
            {
                return true;
            }

            var verdict = await services.Ledger.AppendAsync(raised, _epoch);
            if (verdict == LedgerVerdict.Committed)
            {
                _impressions.Fold(raised);
            }

            return verdict != LedgerVerdict.Unavailable;
        }
        finally
        {
            _recording.Release();
        }
    }

    private async Task FoldAsync(SessionEnded ended)
    {
        _ended = true;
        if (_isEndInDoubt)
        {
            // An earlier try may have written other counts.
            await LoadAsync(CancellationToken.None);
        }
        else
        {
            _impressions!.Fold(ended);
        }
    }

    /// <summary>Before another session takes over artworks that the end of this one counts as never shown. The caller holds <see cref="_recording"/>.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be written.</exception>
    private async Task CorrectEndAsync(ImmutableArray<long> artworkIds)
    {
        var corrected = new EndCorrected(_sessionId, _impressions!.UnshownChangeWithout(artworkIds, services.Clock.GetUtcNow()));
        if (corrected.UnshownChange == 0)
        {
            return;
        }

        if (await services.Ledger.AppendAsync(corrected, _epoch) != LedgerVerdict.Committed)
        {
            throw new LedgerUnavailableException($"The end of session {_sessionId} cannot be corrected in the ledger.");
        }

        _impressions.Fold(corrected);
    }
}

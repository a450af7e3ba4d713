using System.Collections.Immutable;
using ArtFresh.Contracts;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>What a session does when artworks are withdrawn.</summary>
public sealed partial class ListenerSessionGrain
{
    /// <summary>Takes art after a withdrawal, and tells the client what it is to take down. If there is no art, the next answer tells it.</summary>
    private async Task<TakeFreshResult> TakeAndTellAsync(FreshStock stock, FreshRequest request)
    {
        stock.RemoveWithdrawn();
        var result = await stock.TakeAsync(request);
        return result.Outcome == SessionOutcome.Done ? result with { Withdrawn = NoteWithdrawn() } : result;
    }

    /// <summary>Drops what the stock holds of collections whose time has ended since the last request.</summary>
    private void DropClosed(FreshStock stock)
    {
        if (services.Shelves.Closings is var closings && closings != _knownClosings)
        {
            _knownClosings = closings;
            stock.RemoveClosed();
        }
    }

    /// <summary>What was withdrawn since the session's last answer, of the artworks that the client may have.</summary>
    private ImmutableArray<long> NoteWithdrawn()
    {
        var change = services.Withdrawn.Change;
        _stock?.RemoveWithdrawn();
        var gone = _impressions!.WithdrawnSince(_knownWithdrawal, services.Withdrawn);
        _knownWithdrawal = change;
        return gone;
    }
}

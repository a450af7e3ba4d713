using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Records;

/// <summary>Reads a page of what a person was shown from the rows of their sessions. The rows that it reads are bounded, however long the history.</summary>
/// <param name="listenerIds">The person's ids: an account, and the guests who have joined it.</param>
internal sealed class ShownPage(IListenerRecords records, IReadOnlyList<string> listenerIds, int count)
{
    /// <summary>Sessions read for a page: many show nothing.</summary>
    private const int SessionsMax = 32;

    /// <summary>Batches read for a page: many record nothing new.</summary>
    private const int BatchesMax = 512;

    private readonly List<(long ArtworkId, DateTimeOffset ShownAt)> _shown = new(count);
    private int _batches;

    public IReadOnlyList<(long ArtworkId, DateTimeOffset ShownAt)> Shown => _shown;

    /// <summary>Where the next page begins; null after the last.</summary>
    public ShownPlace? Next { get; private set; }

    public async Task ReadAsync(ShownPlace? from, CancellationToken cancellationToken)
    {
        var sessions = new List<Guid>();
        foreach (var listenerId in listenerIds)
        {
            var own = await records.ReadSessionsBackAsync(listenerId, from?.SessionId, SessionsMax + 1, cancellationToken);
            sessions.AddRange(own.Select(session => session.SessionId));
        }

        // As the databases order ids: by their bytes, and so by the time of opening.
        sessions.Sort((one, other) => string.CompareOrdinal(other.ToString("N"), one.ToString("N")));
        foreach (var sessionId in sessions.Take(SessionsMax))
        {
            Next = from is { } place && place.SessionId == sessionId ? place : ShownPlace.NewestOf(sessionId);
            if (!await ReadSessionAsync(sessionId, cancellationToken))
            {
                return;
            }
        }

        Next = sessions.Count > SessionsMax ? ShownPlace.NewestOf(sessions[SessionsMax]) : null;
    }

    /// <summary>Reads a session from <see cref="Next"/> back.</summary>
    /// <returns>False if the page is full, or has cost enough.</returns>
    private async Task<bool> ReadSessionAsync(Guid sessionId, CancellationToken cancellationToken)
    {
        while (Next is { } from)
        {
            if (_batches >= BatchesMax)
            {
                return false;
            }

            var wanted = count - _shown.Count + 1;
            var batches = await records.ReadBatchesBackAsync(sessionId, from.BatchNumber, wanted, cancellationToken);
            _batches += batches.Count + 1;
            foreach (var batch in batches)
            {
                if (!Read(sessionId, batch, batch.Number == from.BatchNumber ? from.Impressions : int.MaxValue))
                {
                    return false;
                }
            }

            Next = batches.Count < wanted || batches[^1].Number <= 1 ? null : new ShownPlace(sessionId, batches[^1].Number - 1, int.MaxValue);
        }

        return true;
    }

    private bool Read(Guid sessionId, RecordedBatch batch, int impressions)
    {
        var entries = PackedImpressions.Unpack(batch.Impressions);
        var times = batch.DisplayedAt is { } packed ? PackedIds.Unpack(packed) : null;
        for (var i = Math.Min(impressions, entries.Length) - 1; i >= 0; i--)
        {
            if (entries[i].Outcome != ImpressionOutcome.Recorded)
            {
                continue;
            }

            if (_shown.Count == count)
            {
                Next = new ShownPlace(sessionId, batch.Number, i + 1);
                return false;
            }

            _shown.Add((entries[i].ArtworkId, times is null ? batch.ReceivedAt : TimeOf(times[i], batch.ReceivedAt)));
        }

        return true;
    }

    /// <summary>A display's time is the client's word: nothing is shown after its batch has arrived.</summary>
    private static DateTimeOffset TimeOf(long displayedAtMs, DateTimeOffset receivedAt) =>
        displayedAtMs < receivedAt.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(displayedAtMs) : receivedAt;
}

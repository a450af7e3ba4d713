using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Impressions of artworks that clients made from granted seeds: they are recorded, and were in no answer.</summary>
public static class MadeImpressions
{
    /// <summary>Counts those that were received from a time on.</summary>
    /// <exception cref="InvalidDataException">A row is damaged.</exception>
    public static async Task<long> CountAsync(ILedgerMoment moment, DateTimeOffset from, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(moment);
        var (made, count) = (new ArtworkSet(), 0L);
        await moment.ReadMadeAsync(artworkId => made.Add(artworkId), cancellationToken);
        if (made.Count > 0)
        {
            await moment.ReadBatchesAsync(
                batch =>
                {
                    if (batch.ReceivedAt < from)
                    {
                        return;
                    }

                    foreach (var impression in PackedImpressions.Read(batch.Impressions))
                    {
                        count += impression.Outcome == ImpressionOutcome.Recorded && made.Contains(impression.ArtworkId) ? 1 : 0;
                    }
                },
                cancellationToken);
        }

        return count;
    }
}

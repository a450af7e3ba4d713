using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Checks one session's batches, in order.</summary>
internal sealed class SessionCheck(Guid id, string? listener, VerificationResult result)
{
    private readonly ArtworkSet _recorded = new();
    // Without a limit: a batch is committed as a whole, and on the way through it there may be one interval more than at its end.
    private readonly NumberIntervals _numbers = new(int.MaxValue);
    private long _batchNumber;
    private long _counted;

    public Guid Id { get; } = id;

    /// <summary>False after a batch that cannot be read: its numbers are unknown, so gaps cannot be counted.</summary>
    public bool IsDamaged { get; set; }

    /// <returns>False if the session has recorded the artwork before.</returns>
    public bool Record(long artworkId) => _recorded.Add(artworkId);

    /// <returns>The batch's impressions.</returns>
    /// <exception cref="InvalidDataException">A packed value is damaged.</exception>
    public PackedImpression[] Take(BatchRow batch)
    {
        if (batch.Number != _batchNumber + 1)
        {
            result.Batches.Add(new Broken($"batch {batch.Number} of session {Id} follows batch {_batchNumber}", listener, Id));
            IsDamaged = true;
        }

        _batchNumber = batch.Number;
        var impressions = PackedImpressions.Unpack(batch.Impressions);
        if (batch.DisplayedAt is { } displayedAt && PackedIds.Unpack(displayedAt).Length != impressions.Length)
        {
            throw new InvalidDataException($"{PackedIds.Unpack(displayedAt).Length} display times for {impressions.Length} impressions");
        }

        if (!IsDamaged)
        {
            Count(batch, impressions);
        }

        return impressions;
    }

    private void Count(BatchRow batch, PackedImpression[] impressions)
    {
        var missingBefore = _numbers.Missing;
        foreach (var impression in impressions)
        {
            if (impression.Number < 1)
            {
                throw new InvalidDataException($"number {impression.Number} is not valid in a session");
            }

            _numbers.Add(impression.Number);
        }

        // Fewer than the gaps are valid: an artwork that was never served cannot be lost.
        _counted += batch.MissingChange;
        if (_counted < 0 || _counted > _numbers.Missing)
        {
            result.Missing.Add(new Broken($"up to batch {batch.Number} session {Id} counts {_counted} numbers as missing; the gaps show {_numbers.Missing}", listener, Id));
        }

        // What a new gap adds and the count leaves out was refused as a claim, and the row says so.
        var opened = _numbers.Missing - missingBefore;
        if (opened > 0 && batch.MissingChange < opened && BatchAccount.Unpack(batch.Account ?? 0).Refused == 0)
        {
            result.Missing.Add(new Broken($"batch {batch.Number} of session {Id} leaves {opened} numbers out, counts {batch.MissingChange} as missing and refuses no claim", listener, Id));
        }
    }
}

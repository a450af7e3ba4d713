using System.Text.Json;
using ArtFresh.Contracts;
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
    private long _lastNumber;

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
        var before = (WithoutEnd: Known(0), WithEnd: Known(batch.EndNumber ?? 0));
        foreach (var impression in impressions)
        {
            if (impression.Number < 1)
            {
                throw new InvalidDataException($"number {impression.Number} is not valid in a session");
            }

            _numbers.Add(impression.Number);
        }

        _lastNumber = Math.Max(_lastNumber, LastNumberIn(batch.Report));
        _counted += batch.MissingChange;
        // Whether the end came before or after the batch is not in the rows: it is right if it is right for one of the two.
        var without = FaultOf(batch, _counted, before.WithoutEnd, Known(0));
        if (without is not null && (batch.EndNumber is not { } last || FaultOf(batch, _counted + batch.EndMissing, before.WithEnd, Known(last)) is not null))
        {
            result.Missing.Add(new Broken(without, listener, Id));
        }
    }

    /// <summary>How many of the session's numbers are known to be missing.</summary>
    /// <param name="last">The largest number that its end tells of.</param>
    private long Known(long last) => Math.Max(Math.Max(_lastNumber, last), _numbers.Highest) - _numbers.Count;

    private string? FaultOf(BatchRow batch, long counted, long before, long known)
    {
        // Fewer than are missing are valid: an artwork that was never served cannot be lost.
        if (counted < 0 || counted > known)
        {
            return $"up to batch {batch.Number} session {Id} counts {counted} numbers as missing; {known} are";
        }

        // What the count leaves out was refused as a claim, and the row says so.
        var opened = known - before;
        return opened > 0 && batch.MissingChange < opened && BatchAccount.Unpack(batch.Account ?? 0).Refused == 0
            ? $"batch {batch.Number} of session {Id} leaves {opened} numbers out, counts {batch.MissingChange} as missing and refuses no claim"
            : null;
    }

    /// <summary>A report that is no JSON is found where all reports are read.</summary>
    private static long LastNumberIn(string? report)
    {
        try
        {
            return report is null || !report.Contains(nameof(DeliveryReport.LastNumber), StringComparison.Ordinal) ? 0 : StoredReport.Read(report)?.LastNumber ?? 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }
}

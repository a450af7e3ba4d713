using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Where erased batches were: between the rows that are left before and after them. It bounds what tallies count beyond the rows.</summary>
internal sealed class ErasedRows
{
    private readonly List<(DateTimeOffset From, DateTimeOffset To, long Rows)> _runs = [];
    private DateTimeOffset _before = DateTimeOffset.MinValue;
    private long _open;

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>Begins with another writer's rows.</summary>
    public void BeginWriter()
    {
        Close(DateTimeOffset.MaxValue);
        _before = DateTimeOffset.MinValue;
    }

    /// <summary>The next row of a writer.</summary>
    public void Take(WriterRow row)
    {
        if (row.IsErased)
        {
            _open += row.Position - row.FirstPosition + 1;
            return;
        }

        Close(row.ReceivedAt);
        _before = row.ReceivedAt;
    }

    /// <summary>The most that a counter can have counted of erased rows.</summary>
    /// <param name="at">The start of its hour or minute.</param>
    /// <param name="clockStep">How far a clock was set back.</param>
    public long MostCounted(string counter, DateTimeOffset at, TimeSpan span, TimeSpan clockStep)
    {
        Close(DateTimeOffset.MaxValue);
        // Those by the session's opening: a batch comes later than that.
        var isOfOpening = counter is nameof(KpiCounts.SessionRecorded) or nameof(KpiCounts.Dropped);
        var rows = _runs.Where(run => run.To >= Shift(at, -clockStep) && (isOfOpening || run.From < Shift(at + span, clockStep))).Sum(run => run.Rows);
        return rows == 0 ? 0 : counter switch
        {
            nameof(KpiCounts.Batches) or nameof(KpiCounts.BatchesAnswered) or nameof(KpiCounts.HookFlushes) or nameof(KpiCounts.HookMisses) or nameof(KpiCounts.BeaconsArrived)
                or nameof(KpiCounts.SinglePosts) or nameof(KpiCounts.IndexedDbBatches) or nameof(KpiCounts.LocalStorageBatches) or nameof(KpiCounts.MemoryBatches) => rows,
            nameof(KpiCounts.ImpressionsRecorded) or nameof(KpiCounts.SessionRecorded) or nameof(KpiCounts.Repeats) or nameof(KpiCounts.Unknown) or nameof(KpiCounts.Duplicates) =>
                rows * Limits.BatchArtworksMax,
            _ when counter.StartsWith(ReleaseCounters.DisplayPrefix, StringComparison.Ordinal) => rows * Limits.BatchArtworksMax,
            _ => long.MaxValue,
        };
    }

    private void Close(DateTimeOffset after)
    {
        if (_open > 0)
        {
            _runs.Add((_before, after, _open));
            (Count, _open) = (Count + _open, 0);
        }
    }

    private static DateTimeOffset Shift(DateTimeOffset at, TimeSpan by) =>
        by < TimeSpan.Zero ? (at - DateTimeOffset.MinValue < -by ? DateTimeOffset.MinValue : at + by) : DateTimeOffset.MaxValue - at < by ? DateTimeOffset.MaxValue : at + by;
}

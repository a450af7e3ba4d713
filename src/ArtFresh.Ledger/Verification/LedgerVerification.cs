using ArtFresh.Contracts;

namespace ArtFresh.Ledger;

/// <summary>
/// Reads a consistent snapshot of a whole ledger and checks each promise against it. Keeps about 30 bytes an artwork of the catalogue in memory, and one
/// listener at a time.
/// </summary>
public static class LedgerVerification
{
    private const string Dropped = "months of batches were dropped, so their rows cannot be compared";
    private const string Damaged = "rows that cannot be read were skipped";

    /// <summary>Runs all checks.</summary>
    /// <param name="result">Collects the violations and the progress.</param>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read.</exception>
    public static async Task RunAsync(ILedgerMoment moment, VerificationResult result, CancellationToken cancellationToken)
    {
        var rows = await moment.CountRowsAsync(cancellationToken);
        result.RowsToRead = rows.Artworks + rows.Blocks + (2 * rows.Batches) + rows.ViewPages + rows.Counters;
        var isWhole = !await moment.HasDroppedMonthsAsync(cancellationToken);
        var hasErasures = await moment.HasErasuresAsync(cancellationToken);
        var views = new FirstViews(result);
        await moment.ReadArtworksAsync(
            (artworkId, viewedAt) =>
            {
                result.RowsRead++;
                views.AddArtwork(artworkId, viewedAt?.ToUnixTimeMilliseconds());
            },
            cancellationToken);
        await CheckListenersAsync(moment, result, views, cancellationToken);
        if (!isWhole)
        {
            (result.ViewedAt.NotJudged, result.Positions.NotJudged, result.Views.NotJudged, result.Counters.NotJudged) = (Dropped, Dropped, Dropped, Dropped);
        }

        if (result.Readable.Faults > 0)
        {
            (result.Views.NotJudged, result.Counters.NotJudged) = (Damaged, Damaged);
        }

        var clockStep = await CheckTalliesAsync(moment, result, isWhole, hasErasures, cancellationToken);
        views.Judge(isWhole && !hasErasures, clockStep);
    }

    private static async Task CheckListenersAsync(ILedgerMoment moment, VerificationResult result, FirstViews views, CancellationToken cancellationToken)
    {
        ListenerCheck? listener = null;
        var joins = new JoinCheck(result);
        await moment.ReadAliasesAsync(joins.Add, cancellationToken);
        await moment.ReadLateBlocksAsync(joins.AddLate, cancellationToken);
        await moment.ReadListenersAsync(
            block => CheckOf(block.Listener).Take(block),
            batch => CheckOf(batch.Listener).Take(batch),
            cancellationToken);
        joins.Judge();

        ListenerCheck CheckOf(string? name)
        {
            result.RowsRead++;
            if (listener is null || listener.Listener != name)
            {
                listener = new ListenerCheck(name, result, views, joins);
            }

            return listener;
        }
    }

    /// <returns>How far a writer's clock was set back.</returns>
    private static async Task<TimeSpan> CheckTalliesAsync(ILedgerMoment moment, VerificationResult result, bool isWhole, bool hasErasures, CancellationToken cancellationToken)
    {
        var checkpoints = new Dictionary<long, long>();
        var last = new Dictionary<long, long>();
        await moment.ReadCheckpointsAsync(checkpoints.Add, cancellationToken);
        var tally = new TallyCheck(result, checkpoints, hasErasures);
        await moment.ReadBatchesByWriterAsync(
            row =>
            {
                result.RowsRead++;
                last[row.Writer] = row.Position;
                tally.Take(row, isWhole);
            },
            cancellationToken);
        if (isWhole)
        {
            tally.JudgeCheckpoints(last);
        }

        if (result.Views.NotJudged is null)
        {
            await moment.ReadViewsAsync(
                (page, views) =>
                {
                    result.RowsRead++;
                    tally.TakePage(page, views);
                },
                cancellationToken);
            tally.JudgeViewsWithoutPage();
            await moment.ReadCountersAsync(
                counter =>
                {
                    result.RowsRead++;
                    tally.TakeCounter(counter);
                },
                cancellationToken);
            tally.JudgeCounters();
        }

        return tally.ClockStep;
    }
}

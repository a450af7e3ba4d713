using System.Data.Common;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Storage.Audit;

/// <summary>
/// Reads a whole ledger, as it was at one moment, and checks every promise that it can show. Of the catalogue it holds about 30 bytes an artwork, of listeners
/// one at a time.
/// </summary>
public static class LedgerVerification
{
    private const string Dropped = "months of batches were dropped: what they held can no longer be compared";
    private const string Damaged = "rows that cannot be read were left out";

    /// <summary>Checks all.</summary>
    /// <param name="report">Gets what is found, and says how far it has come.</param>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read.</exception>
    public static async Task RunAsync(LedgerMoment moment, VerifyReport report, CancellationToken cancellationToken)
    {
        report.RowsToRead = await moment.CountAsync(
            """
            select (select count(*) from artwork) + (select count(*) from listener_block) + 2 * (select count(*) from impression_batch)
                 + (select count(*) from artwork_views) + (select count(*) from release_counter)
            """,
            cancellationToken);
        var isWhole = !await moment.HasDroppedMonthsAsync(cancellationToken);
        var views = new FirstViews(report);
        await EachAsync(moment, report, "select artwork_id, viewed_at from artwork", row => views.AddArtwork(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1)), cancellationToken);
        await CheckListenersAsync(moment, report, views, cancellationToken);
        views.Judge(isWhole);
        if (!isWhole)
        {
            (report.ViewedAt.NotJudged, report.Positions.NotJudged, report.Views.NotJudged, report.Counters.NotJudged) = (Dropped, Dropped, Dropped, Dropped);
        }

        if (report.Readable.Faults > 0)
        {
            (report.Views.NotJudged, report.Counters.NotJudged) = (Damaged, Damaged);
        }

        await CheckTalliesAsync(moment, report, isWhole, cancellationToken);
    }

    private static async Task CheckListenersAsync(LedgerMoment moment, VerifyReport report, FirstViews views, CancellationToken cancellationToken)
    {
        ListenerCheck? listener = null;
        await EachAsync(
            moment,
            report,
            $"""
            select * from (
              select listener_id, 0 as what, null as series, block_number as number, session_id, kind, artwork_ids, returned_ids, logged_at as at, 0 as missing_change
              from listener_block
              union all
              select s.listener_id, 1, b.session_id, b.batch_number, b.session_id, 0, b.impressions, b.displayed_at, b.received_at, b.missing_change
              from impression_batch b left join session s on s.session_id = b.session_id) as r
            order by listener_id{moment.Bytewise}, what, series, number
            """,
            row =>
            {
                var name = row.IsDBNull(0) ? null : row.GetString(0);
                if (listener is null || listener.Listener != name)
                {
                    listener = new ListenerCheck(name, report, views);
                }

                Take(moment, listener, row);
            },
            cancellationToken);
    }

    private static void Take(LedgerMoment moment, ListenerCheck listener, DbDataReader row)
    {
        var (session, number, at) = (moment.ReadId(row, 4), row.GetInt64(3), StoredRows.Time(row.GetInt64(8)));
        var (first, second) = (row.GetFieldValue<byte[]>(6), row.IsDBNull(7) ? null : row.GetFieldValue<byte[]>(7));
        if (row.GetInt32(1) == 0)
        {
            listener.Take(new BlockRow(listener.Listener!, session, number, at, (BlockKind)row.GetInt32(5), first, second));
        }
        else
        {
            listener.Take(new BatchRow(session, number, at, first, second, row.GetInt64(9)));
        }
    }

    private static async Task CheckTalliesAsync(LedgerMoment moment, VerifyReport report, bool isWhole, CancellationToken cancellationToken)
    {
        var checkpoints = new Dictionary<long, long>();
        var last = new Dictionary<long, long>();
        await moment.EachAsync("select writer_number, position from tally_checkpoint", row => checkpoints.Add(row.GetInt64(0), row.GetInt64(1)), cancellationToken);
        var tally = new TallyCheck(report, checkpoints);
        await EachAsync(
            moment,
            report,
            """
            select b.writer_number, b.position, s.release, b.received_at, b.impressions, b.duplicates, b.report
            from impression_batch b left join session s on s.session_id = b.session_id order by b.writer_number, b.position
            """,
            row =>
            {
                last[row.GetInt64(0)] = row.GetInt64(1);
                tally.Take(
                    row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetString(2), StoredRows.Time(row.GetInt64(3)), row.GetFieldValue<byte[]>(4), row.GetInt64(5),
                    row.IsDBNull(6) ? null : row.GetString(6), isWhole);
            },
            cancellationToken);
        if (isWhole)
        {
            tally.JudgeCheckpoints(last);
        }

        if (report.Views.NotJudged is null)
        {
            await EachAsync(moment, report, "select page, views from artwork_views order by page", row => tally.TakePage(row.GetInt64(0), row.GetFieldValue<byte[]>(1)), cancellationToken);
            tally.JudgeViewsWithoutPage();
            await EachAsync(
                moment, report, "select release, hour, counter, amount from release_counter",
                row => tally.TakeCounter(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3)), cancellationToken);
            tally.JudgeCounters();
        }
    }

    private static Task EachAsync(LedgerMoment moment, VerifyReport report, string sql, Action<DbDataReader> read, CancellationToken cancellationToken) => moment.EachAsync(
        sql,
        row =>
        {
            report.RowsRead++;
            read(row);
        },
        cancellationToken);
}

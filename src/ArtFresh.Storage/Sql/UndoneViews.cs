using System.Data.Common;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>The artworks whose <c>viewed_at</c> is of a run of backfill, and what it is without the run.</summary>
internal sealed class UndoneViews
{
    /// <summary>By how much the clocks of a command and of silos may differ, with room.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    private readonly Dictionary<long, View> _views = [];
    private readonly Dictionary<long, long> _first = [];
    private readonly Dictionary<long, long> _read = [];

    private UndoneViews()
    {
    }

    /// <param name="Of">The run's time, which stands.</param>
    /// <param name="Without">The earliest time of other runs and of before all runs; null for none.</param>
    /// <param name="IsOfBefore">Whether impressions since the run began cannot be earlier.</param>
    /// <param name="LastSeen">The last view that was counted, for an artwork whose impressions are dropped or erased; null for none.</param>
    private readonly record struct View(long Of, long? Without, bool IsOfBefore, long? LastSeen);

    /// <summary>A run's time of an artwork.</summary>
    private readonly record struct RunView(long Run, long ViewedAt, long? ReplacedAt, bool IsUndone);

    /// <summary>The artworks, by ascending id.</summary>
    public IReadOnlyCollection<long> Artworks => [.. _views.Keys.Order()];

    public static async Task<UndoneViews> ReadAsync(LedgerMoment moment, BackfillRun run, CancellationToken cancellationToken)
    {
        var undone = new UndoneViews();
        var (artworkId, rows) = (0L, new List<RunView>());
        await moment.EachAsync(
            """
            select v.artwork_id, v.run_number, v.viewed_at, v.replaced_at, case when r.undo_at is null then 0 else 1 end
            from backfill_view o join artwork a on a.artwork_id = o.artwork_id and a.viewed_at = o.viewed_at
            join backfill_view v on v.artwork_id = o.artwork_id join backfill_run r on r.run_number = v.run_number
            where o.run_number = $1 order by v.artwork_id, v.run_number
            """,
            row =>
            {
                if (row.GetInt64(0) != artworkId)
                {
                    undone.Add(artworkId, run.Number, rows);
                    (artworkId, rows) = (row.GetInt64(0), []);
                }

                rows.Add(new RunView(row.GetInt64(1), row.GetInt64(2), StoredRows.NumberOrNull(row, 3), row.GetInt64(4) == 1));
            },
            cancellationToken, run.Number).ConfigureAwait(false);
        undone.Add(artworkId, run.Number, rows);
        if (undone._views.Count == 0)
        {
            return undone;
        }

        await moment.EachAsync(
            "select writer_number, position, impressions, received_at from impression_batch where received_at >= $1", undone.Take, cancellationToken,
            (run.StartedAt - ClockSkew).ToUnixTimeMilliseconds()).ConfigureAwait(false);
        await moment.EachAsync("select writer_number, coalesce(max(position), 0) from impression_batch group by writer_number", undone.NoteRead, cancellationToken).ConfigureAwait(false);
        await moment.ReadViewsAsync(undone.TakePage, cancellationToken).ConfigureAwait(false);
        await moment.ReadNotedViewsAsync((_, noted) => Array.ForEach(PackedViews.Unpack(noted.Views), undone.Take), cancellationToken).ConfigureAwait(false);
        return undone;
    }

    /// <summary>Reads the batches that were committed since, in a transaction in which no other is.</summary>
    public async Task CatchUpAsync(SqlDatabase database, DbConnection connection, CancellationToken cancellationToken)
    {
        var writers = new List<(long Writer, long? Position)>();
        await EachAsync("select writer_number, position from ledger_writer", row => writers.Add((row.GetInt64(0), StoredRows.NumberOrNull(row, 1)))).ConfigureAwait(false);
        foreach (var (writer, position) in writers)
        {
            if (position is null || position > _read.GetValueOrDefault(writer))
            {
                await EachAsync(
                    "select writer_number, position, impressions, received_at from impression_batch where writer_number = $1 and position > $2 order by position",
                    row =>
                    {
                        Take(row);
                        NoteRead(row);
                    },
                    writer, _read.GetValueOrDefault(writer)).ConfigureAwait(false);
            }
        }

        async Task EachAsync(string sql, Action<DbDataReader> read, params object?[] values)
        {
            await using var command = database.Dialect.CommandOf(connection, sql, values);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                read(reader);
            }
        }
    }

    /// <summary>What an artwork's <c>viewed_at</c> is, and what it becomes.</summary>
    public (long Of, long? Becomes) ChangeOf(long artworkId)
    {
        var view = _views[artworkId];
        if (view.IsOfBefore)
        {
            return (view.Of, view.Without);
        }

        var first = _first.TryGetValue(artworkId, out var received) ? received : view.LastSeen;
        return (view.Of, view.Without is { } other && first is { } here ? Math.Min(other, here) : view.Without ?? first);
    }

    private void Add(long artworkId, long run, List<RunView> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        // What the run has replaced may be of a run that is undone, which has replaced something itself.
        var own = rows.Find(row => row.Run == run);
        var (before, isKnown) = (own.ReplacedAt, new HashSet<long>());
        while (before is { } at && rows.FindIndex(row => row.IsUndone && row.ViewedAt == at) is >= 0 and var found && isKnown.Add(rows[found].Run))
        {
            before = rows[found].ReplacedAt;
        }

        long?[] others = [before, .. rows.Where(row => !row.IsUndone && row.Run != run).Select(row => (long?)row.ViewedAt)];
        var isOfBefore = before is { } kept && !rows.Exists(row => row.Run != run && row.ViewedAt == kept);
        _views[artworkId] = new View(own.ViewedAt, others.Min(), isOfBefore, null);
    }

    private void Take(DbDataReader batch)
    {
        var receivedAt = batch.GetInt64(3);
        foreach (var impression in PackedImpressions.Read(batch.GetFieldValue<byte[]>(2)))
        {
            if (impression.Outcome == ImpressionOutcome.Recorded && _views.ContainsKey(impression.ArtworkId))
            {
                _first[impression.ArtworkId] = Math.Min(receivedAt, _first.GetValueOrDefault(impression.ArtworkId, long.MaxValue));
            }
        }
    }

    private void NoteRead(DbDataReader batch) => _read[batch.GetInt64(0)] = Math.Max(batch.GetInt64(1), _read.GetValueOrDefault(batch.GetInt64(0)));

    private void TakePage(long number, byte[] views)
    {
        var page = ViewsPage.FromBytes(views);
        foreach (var artworkId in ViewsPage.ArtworksOf(number).Where(_views.ContainsKey))
        {
            if (page.Read(artworkId).LastViewedAt is { } last)
            {
                Take(new CountedViews(artworkId, 1, last.ToUnixTimeMilliseconds()));
            }
        }
    }

    private void Take(CountedViews counted)
    {
        if (_views.TryGetValue(counted.ArtworkId, out var view))
        {
            _views[counted.ArtworkId] = view with { LastSeen = Math.Max(counted.LastViewedAtMs, view.LastSeen ?? 0) };
        }
    }
}

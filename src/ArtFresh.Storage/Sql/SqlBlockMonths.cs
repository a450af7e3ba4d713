using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Drops rows of <c>listener_block</c> that a listener's snapshots cover. Their checksums stay, in runs of a writer's positions.</summary>
public sealed class SqlBlockMonths(SqlDatabase database) : IBlockMonths
{
    /// <summary>Rows deleted in one transaction: a few milliseconds, so that no commit waits long.</summary>
    private const int RowsPerTransaction = 256;

    /// <summary>Checksums read at once, to merge them.</summary>
    private const int ChecksumsPerPage = 10_000;

    /// <inheritdoc/>
    public async Task<bool> BeginAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var month = Months.FirstOf(before).ToUnixTimeMilliseconds();
        // Noted before the first of them goes: from then on the ledger holds less than was served.
        await database.WriteAsync("insert into dropped_block_month (ended_at) values ($1) on conflict do nothing", cancellationToken, month).ConfigureAwait(false);
        return (await database.QueryAsync(
            "select 1 from dropped_block_month where ended_at = $1 and done_at is null", _ => true, cancellationToken, month).ConfigureAwait(false)).Count > 0;
    }

    /// <inheritdoc/>
    public async Task<IdlePage> ReadDueAsync(string after, DateTimeOffset before, int count, CancellationToken cancellationToken)
    {
        // From one listener to the next by the index. A log's last row stays: whoever has a second one that is old has one to drop.
        var looked = await database.QueryAsync(
            """
            with recursive one (id) as (
              select min(listener_id) from listener_block where listener_id > $1
              union all
              select (select min(b.listener_id) from listener_block b where b.listener_id > one.id) from one where one.id is not null),
            looked as (select id from one where id is not null limit $2)
            select id, coalesce((select b.logged_at from listener_block b where b.listener_id = id order by b.block_number limit 1 offset 1), $3) < $3 from looked
            """,
            row => (Id: row.GetString(0), IsDue: row.GetBoolean(1)), cancellationToken, after, (long)count, Months.FirstOf(before).ToUnixTimeMilliseconds()).ConfigureAwait(false);
        return new IdlePage([.. looked.Where(one => one.IsDue).Select(one => one.Id)], looked.Count, looked.Count < count ? null : looked[^1].Id);
    }

    /// <inheritdoc/>
    public async Task<BlocksDropped> DropAsync(string listenerId, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var history = new SqlHistory(database);
        var month = Months.FirstOf(before);
        var rows = await history.ReadBlockRowsAsync(listenerId, cancellationToken).ConfigureAwait(false);
        // After the rows, so that they cover all that was dropped meanwhile.
        var snapshots = await history.ReadSnapshotsAsync(listenerId, cancellationToken).ConfigureAwait(false);
        // Only the first rows: what is left has no gaps, whatever servers' clocks said. The last row stays.
        var due = rows.Take(Math.Max(0, rows.Count - 1)).TakeWhile(row => row.LoggedAt < month).ToArray();
        if (due.Length == 0)
        {
            return new BlocksDropped(0, 0, null);
        }

        if (snapshots.Count(stored => stored.TryUnpack() is not null) < ListenerSnapshot.Slots)
        {
            return new BlocksDropped(0, due[^1].Number + 1, null);
        }

        if (FaultOf(listenerId, rows, snapshots) is { } fault)
        {
            return new BlocksDropped(0, due[^1].Number + 1, fault);
        }

        var covered = Math.Min(snapshots.Min(stored => stored.Snapshot.BlockNumber), due[^1].Number + 1);
        var dropped = 0L;
        for (var next = due[0].Number; next < covered; next += RowsPerTransaction)
        {
            dropped += await DropAsync(listenerId, Math.Min(covered, next + RowsPerTransaction), snapshots, cancellationToken).ConfigureAwait(false);
        }

        return new BlocksDropped(dropped, covered <= due[^1].Number ? due[^1].Number + 1 : 0, null);
    }

    /// <inheritdoc/>
    public async Task EndAsync(DateTimeOffset before, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (var writer in await database.QueryAsync(
            "select distinct writer_number from erased_block where first_position is not null", StoredRows.ReadNumber, cancellationToken).ConfigureAwait(false))
        {
            await MergeChecksumsAsync(writer, cancellationToken).ConfigureAwait(false);
        }

        await database.WriteAsync(
            "update dropped_block_month set done_at = $2 where ended_at = $1", cancellationToken, Months.FirstOf(before).ToUnixTimeMilliseconds(), at.ToUnixTimeMilliseconds()).ConfigureAwait(false);
    }

    /// <summary>Replays what is left of the log before anything of it goes: the snapshots must say the same, and end with the log's rows.</summary>
    private static string? FaultOf(string listenerId, IReadOnlyList<BlockRow> rows, IReadOnlyList<StoredSnapshot> snapshots)
    {
        var replay = new ListenerReplay(listenerId, snapshots);
        try
        {
            foreach (var row in rows)
            {
                replay.Take(row);
            }
        }
        catch (InvalidDataException damage)
        {
            return damage.Message;
        }

        // A snapshot of a block that was written after the rows were read is looked at the next time.
        return !replay.IsWhole ? "no snapshot covers the blocks that are dropped" : replay.Faults.Count > 0 ? replay.Faults[0] : null;
    }

    /// <summary>Drops rows before a block, unless one of the snapshots has changed.</summary>
    private async Task<long> DropAsync(string listenerId, long before, IReadOnlyList<StoredSnapshot> snapshots, CancellationToken cancellationToken)
    {
        var dropped = 0L;
        await database.WriteAsync(
            async connection =>
            {
                foreach (var stored in snapshots)
                {
                    if (!await database.FindsAnyAsync(
                        connection, "select 1 from listener_snapshot where listener_id = $1 and slot = $2 and block_number >= $3", cancellationToken,
                        listenerId, stored.Snapshot.Slot, before).ConfigureAwait(false))
                    {
                        return false;
                    }
                }

                await database.ExecuteAsync(
                    connection,
                    """
                    insert into erased_block (writer_number, position, first_position, chain)
                    select writer_number, position, position, chain from listener_block where listener_id = $1 and block_number < $2 and chain is not null
                    on conflict (writer_number, position) do nothing
                    """,
                    cancellationToken, listenerId, before).ConfigureAwait(false);
                dropped = await database.ExecuteAsync(
                    connection, "delete from listener_block where listener_id = $1 and block_number < $2", cancellationToken, listenerId, before).ConfigureAwait(false);
                return dropped > 0;
            },
            cancellationToken).ConfigureAwait(false);
        return dropped;
    }

    /// <summary>Leaves one row for each run of a writer's dropped blocks: the rows after it need its last checksum alone.</summary>
    private async Task MergeChecksumsAsync(long writer, CancellationToken cancellationToken)
    {
        for (var from = 0L; ;)
        {
            var page = await database.QueryAsync(
                "select position, first_position from erased_block where writer_number = $1 and position >= $2 order by position limit $3",
                row => (Last: row.GetInt64(0), First: StoredRows.NumberOrNull(row, 1)), cancellationToken, writer, from, (long)ChecksumsPerPage).ConfigureAwait(false);
            var runs = new List<(long First, long Last, bool IsMerged)>();
            foreach (var (last, first) in page)
            {
                if (first is { } start)
                {
                    var goesOn = runs.Count > 0 && runs[^1].Last == start - 1;
                    runs.Add(goesOn ? (runs[^1].First, last, true) : (start, last, false));
                    if (goesOn)
                    {
                        runs.RemoveAt(runs.Count - 2);
                    }
                }
            }

            await MergeAsync(writer, [.. runs.Where(run => run.IsMerged)], cancellationToken).ConfigureAwait(false);
            if (page.Count < ChecksumsPerPage)
            {
                return;
            }

            // The last run may go on.
            from = page[^1].Last;
        }
    }

    private async Task MergeAsync(long writer, IReadOnlyList<(long First, long Last, bool IsMerged)> runs, CancellationToken cancellationToken)
    {
        foreach (var some in runs.Chunk(RowsPerTransaction))
        {
            await database.WriteAsync(
                async connection =>
                {
                    foreach (var (first, last, _) in some)
                    {
                        await database.ExecuteAsync(
                            connection, "update erased_block set first_position = $2 where writer_number = $1 and position = $3", cancellationToken, writer, first, last).ConfigureAwait(false);
                        await database.ExecuteAsync(
                            connection, "delete from erased_block where writer_number = $1 and position >= $2 and position < $3", cancellationToken, writer, first, last).ConfigureAwait(false);
                    }

                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
    }
}

using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Small tables to which rows are only added. What operators do is in the audit, and the other tables must agree with it; so these stand for them too.</summary>
internal static class TableHeads
{
    /// <param name="Name">The table.</param>
    /// <param name="Key">A number that grows with each row.</param>
    /// <param name="Values">What never changes of a row.</param>
    private sealed record Grown(string Name, string Key, string Values)
    {
        /// <summary>Which rows.</summary>
        public string Rows { get; init; } = "1 = 1";

        /// <summary>Whether a row may come later with a lower key.</summary>
        public bool MayBeAdded { get; init; }

        /// <summary>Finds a row if some may have left since a key; null where none ever does.</summary>
        public string? MayHaveLeft { get; init; }
    }

    private static readonly Grown[] Tables =
    [
        // The erasure of a listener takes the name out of a strike's detail.
        new("operator_audit", "audit_id", "audit_id, at, actor, what, release, case when what in ('strike-claims', 'lift-strike') then '' else detail end"),
        new("ledger_epoch", "epoch", "epoch, floor, found_at, reason, copied_at"),
        new("data_protection_key", "added_at", "key_name, xml, added_at"),
        new("alike_artwork", "change", "change, artwork_id, earlier_id"),
        new("backfill_run", "run_number", "run_number, source, fingerprint, started_at"),
        new("schema_version", "version", "version, name"),
        new("dropped_month", "first_at", "first_at") { MayBeAdded = true },
        new("dropped_block_month", "ended_at", "ended_at") { MayBeAdded = true },
        // One that is asked for again is done again.
        new("erasure", "done_at", "erasure_id, proof, row_count")
        {
            Rows = "done_at is not null and is_lapse = 0",
            MayBeAdded = true,
            MayHaveLeft = "select 1 from erasure where asked_at <= $1 and (done_at is null or done_at > $1) limit 1",
        },
    ];

    public static async Task<IReadOnlyList<TableHead>> ReadAsync(LedgerMoment moment, CancellationToken cancellationToken)
    {
        var heads = new List<TableHead>();
        foreach (var table in Tables)
        {
            heads.Add(await ReadAsync(moment, table, long.MaxValue, cancellationToken).ConfigureAwait(false));
        }

        return heads;
    }

    public static async Task CompareAsync(LedgerMoment moment, IReadOnlyList<TableHead> heads, Action<string> broken, CancellationToken cancellationToken)
    {
        foreach (var (table, head) in heads.Join(Tables, head => head.Table, table => table.Name, (head, table) => (table, head)))
        {
            var now = await ReadAsync(moment, table, head.Last, cancellationToken).ConfigureAwait(false);
            var isSame = now.Rows > head.Rows ? table.MayBeAdded : now.Rows == head.Rows && now.Checksum == head.Checksum;
            if (!isSame && table.MayHaveLeft is { } left)
            {
                await moment.EachAsync(left, _ => isSame = true, cancellationToken, head.Last).ConfigureAwait(false);
            }

            if (!isSame)
            {
                var what = now.Rows == head.Rows ? "and one of them is another" : $"and are {now.Rows}";
                broken($"the rows of {table.Name} up to {table.Key} {head.Last} were {head.Rows}, {what}");
            }
        }
    }

    private static async Task<TableHead> ReadAsync(LedgerMoment moment, Grown table, long last, CancellationToken cancellationToken)
    {
        var head = new TableHead(table.Name, 0, 0, 0);
        await moment.EachAsync(
            $"select {table.Key}, {table.Values} from {table.Name} where {table.Rows} and {table.Key} <= $1",
            row => head = head with { Last = Math.Max(head.Last, row.GetInt64(0)), Rows = head.Rows + 1, Checksum = unchecked(head.Checksum + ChecksumOf(table, row)) },
            cancellationToken, last).ConfigureAwait(false);
        return head;
    }

    private static long ChecksumOf(Grown table, DbDataReader row)
    {
        var values = new object?[row.FieldCount - 1];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = row.IsDBNull(i + 1) ? null : row.GetValue(i + 1);
        }

        return RowChecksum.Of(table.Name, values);
    }
}

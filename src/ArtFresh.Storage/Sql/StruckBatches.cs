using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Reads what struck listeners have sent.</summary>
internal static class StruckBatches
{
    /// <summary>The condition on a session <c>s</c> that its listener is not struck.</summary>
    public const string IsNotStruck = "not exists (select 1 from claim_strike f where f.listener_id = s.listener_id)";

    /// <summary>Stands for a network's later listeners, in place of a listener's id.</summary>
    public const string Later = "";

    /// <summary>A statement that strikes the listeners of a tally's batches that came from a struck network.</summary>
    /// <param name="writer">The parameter of the writer's number.</param>
    /// <param name="from">The parameter of the position before the first batch.</param>
    /// <param name="to">The parameter of the last position.</param>
    public static string StrikeLater(string writer, string from, string to) =>
        $"""
        insert into claim_strike (listener_id, network, day, struck_at)
        select distinct s.listener_id, f.network, f.day, f.struck_at
        from claim_strike f
        join impression_batch b on b.writer_number = {writer} and b.position > {from} and b.position <= {to} and b.network = f.network and b.received_at / 86400000 = f.day
        join session s on s.session_id = b.session_id
        where f.listener_id = '{Later}'
        on conflict (listener_id, network, day) do nothing
        """;

    public static async Task<bool> AnyAsync(SqlDatabase database, CancellationToken cancellationToken) =>
        (await database.QueryAsync("select cast(1 as bigint) from claim_strike limit 1", StoredRows.ReadNumber, cancellationToken)).Count > 0;

    /// <summary>Their batches from a time on that tallies have added up.</summary>
    public static async Task<List<TalliedBatch>> ReadAsync(LedgerMoment moment, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var batches = new List<TalliedBatch>();
        await moment.EachAsync(
            $"""
            select {SqlFigures.BatchColumns}
            from session s join impression_batch b on b.session_id = s.session_id join tally_checkpoint c on c.writer_number = b.writer_number
            where s.listener_id in (select listener_id from claim_strike) and b.position <= c.position and b.received_at >= $1
            """,
            row => batches.Add(new TalliedBatch(SqlFigures.ReadBatch(row))), cancellationToken, from.ToUnixTimeMilliseconds()).ConfigureAwait(false);
        return batches;
    }
}

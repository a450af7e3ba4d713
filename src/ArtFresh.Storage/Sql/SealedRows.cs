using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Rows with a checksum outside of the writers' chains.</summary>
internal static class SealedRows
{
    /// <summary>Each table: what a row is called, the values of its checksum, and the checksum without the number that only the database knew.</summary>
    private static readonly (string Table, string Source, string Values, string Checksum)[] Tables =
    [
        ("session", "session", "session_id, listener_id, release, opened_at, reopened_at", "checksum - coalesce(genome_grant, 0)"),
        ("session_end", "session", "session_id, ended_at, last_number, end_missing", "end_checksum"),
        ("artwork", "artwork", "pool, valence, energy, generator, genome, picture_hash, content_hash, perceptual_hash, title, author, source, created_at, licence, collection, digital_source_type, original_hash", "checksum - artwork_id"),
        ("listener_alias", "listener_alias", "guest, account, block_number, joined_at", "checksum"),
        ("kept_artwork", "kept_artwork", "listener_id, artwork_id, kept_at", "checksum"),
        ("listener_snapshot", "listener_snapshot", "listener_id, slot, block_number, last_row, state, saved_at", "checksum"),
        ("operator_audit", "operator_audit", "at, actor, what, release, detail", "checksum"),
        ("ledger_epoch", "ledger_epoch", "epoch, floor, lost_nothing, found_at, reason, identity, copied_at", "checksum"),
        ("erasure_key", "erasure_key", "key_number, secret", "checksum"),
    ];

    /// <summary>A release without checksums leaves that of a state that it writes anew as it was: where the last writer of the time is one without, nothing is known.</summary>
    private const string StateChecksum =
        "case when (select w.chain from ledger_writer w where w.started_at <= saved_at order by w.writer_number desc limit 1) is not null then checksum end";

    /// <summary>What finds a row whose first value does not.</summary>
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["artwork"] = "artwork_id",
        ["kept_artwork"] = "listener_id || ', artwork ' || cast(artwork_id as text)",
        ["listener_snapshot"] = "listener_id || ', slot ' || cast(slot as text)",
        ["operator_audit"] = "audit_id",
        ["grain_state"] = "grain_key",
    };

    public static long Of(SessionOpened opened) =>
        RowChecksum.Of("session", opened.SessionId, opened.ListenerId, opened.Release, opened.OpenedAt.ToUnixTimeMilliseconds(), opened.ReopenedAt?.ToUnixTimeMilliseconds());

    public static long Of(SessionEnded ended) => RowChecksum.Of(
        "session_end", ended.SessionId, ended.EndedAt.ToUnixTimeMilliseconds(), ended.LastNumber, ended.MissingChange == 0 ? null : ended.MissingChange);

    public static long Of(NewArtwork artwork, DateTimeOffset createdAt) => RowChecksum.Of(
        "artwork", artwork.Pool, artwork.Mood.Valence, artwork.Mood.Energy, artwork.Generator, artwork.Genome, artwork.PictureHash, artwork.ContentHash, artwork.PerceptualHash, artwork.Title,
        artwork.Author, artwork.Source, createdAt.ToUnixTimeMilliseconds(), artwork.Credit?.Licence, artwork.Credit?.Collection, artwork.Credit?.DigitalSourceType, artwork.Credit?.OriginalHash);

    public static long Of(ListenerJoined joined) =>
        RowChecksum.Of("listener_alias", joined.Guest, joined.Account, joined.AccountBlockNumber, joined.JoinedAt.ToUnixTimeMilliseconds());

    public static long Of(string listenerId, KeptArtwork kept) => RowChecksum.Of("kept_artwork", listenerId, kept.ArtworkId, kept.KeptAt.ToUnixTimeMilliseconds());

    public static long Of(OperatorAct act) => RowChecksum.Of("operator_audit", act.At.ToUnixTimeMilliseconds(), act.Actor, act.What, act.Release, act.Detail);

    /// <param name="saved">The state; its row has the next version.</param>
    public static long Of(StateSaved saved) =>
        RowChecksum.Of("grain_state", saved.StateName, saved.GrainKey, saved.ExpectedVersion + 1, saved.Payload, saved.SavedAt.ToUnixTimeMilliseconds());

    /// <summary>Writes the checksum of rows that are written in SQL.</summary>
    /// <param name="table">The table of <see cref="Tables"/>, whose first column is its key.</param>
    /// <param name="condition">Which rows.</param>
    public static async Task SealAsync(SqlDatabase database, DbConnection connection, string table, string condition, CancellationToken cancellationToken)
    {
        var (_, source, columns, _) = Tables.Single(sealedTable => sealedTable.Table == table);
        var sums = new List<(long Key, long Checksum)>();
        await using (var command = database.Dialect.CommandOf(connection, $"select {columns} from {source} where {condition}"))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                sums.Add((reader.GetInt64(0), Read(database.Dialect, table, reader, reader.FieldCount)));
            }
        }

        foreach (var (key, checksum) in sums)
        {
            await database.ExecuteAsync(connection, $"update {source} set checksum = $2 where {columns[..columns.IndexOf(',', StringComparison.Ordinal)]} = $1", cancellationToken, key, checksum).ConfigureAwait(false);
        }
    }

    /// <summary>Reads all of them, and names those that are not as they were written.</summary>
    public static async Task CheckAsync(LedgerMoment moment, Action<string> broken, CancellationToken cancellationToken)
    {
        var tables = moment.Dialect.HasStates
            ? [.. Tables, ("grain_state", "grain_state", "state_name, grain_key, version, payload, saved_at", StateChecksum)]
            : Tables;
        foreach (var (table, source, values, checksum) in tables)
        {
            var count = values.Count(character => character == ',') + 1;
            await moment.EachAsync(
                $"select {values}, {checksum}{(Keys.TryGetValue(table, out var key) ? $", {key}" : "")} from {source} where ({checksum}) is not null",
                row =>
                {
                    if (Read(moment.Dialect, table, row, count) != row.GetInt64(count))
                    {
                        var name = key is null ? Value(moment.Dialect, table, row, 0) : row.GetValue(count + 1);
                        broken($"the row of {source} {Convert.ToString(name, System.Globalization.CultureInfo.InvariantCulture)} is not as it was written{(table == "session_end" ? " when the session ended" : "")}");
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private static long Read(SqlDialect dialect, string table, DbDataReader row, int count)
    {
        var values = new object?[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = Value(dialect, table, row, i);
        }

        return RowChecksum.Of(table, values);
    }

    private static object? Value(SqlDialect dialect, string table, DbDataReader row, int column)
    {
        var isId = column == 0 && (table is "session" or "session_end");
        return row.IsDBNull(column) ? null : isId ? dialect.ReadId(row, column) : row.GetValue(column);
    }
}

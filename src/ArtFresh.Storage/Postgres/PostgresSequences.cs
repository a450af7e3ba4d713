using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>The sequences that number rows. Logical replication and some restores copy tables without them.</summary>
internal static class PostgresSequences
{
    /// <summary>Each with the column that it numbers.</summary>
    private static readonly (string Sequence, string Table, string Column)[] All =
    [
        ("pg_get_serial_sequence('ledger_writer', 'writer_number')", "ledger_writer", "writer_number"),
        ("pg_get_serial_sequence('operator_audit', 'audit_id')", "operator_audit", "audit_id"),
        ("pg_get_serial_sequence('erasure', 'erasure_id')", "erasure", "erasure_id"),
        ("pg_get_serial_sequence('held_picture', 'held_id')", "held_picture", "held_id"),
        ("'genome_grant'", "session", "genome_grant"),
    ];

    /// <summary>Moves each sequence that is behind its table to the last number in use, however far: an epoch skips billions.</summary>
    public static async Task CatchUpAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var (sequence, table, column) in All)
        {
#pragma warning disable CA2100 // Names of this class.
            await using var command = new NpgsqlCommand(
                $"""
                select setval(s.name, s.used) from (select ({sequence})::regclass as name, (select max({column}) from {table}) as used) s
                where s.used > coalesce(pg_sequence_last_value(s.name), 0)
                """,
                connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}

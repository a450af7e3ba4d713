using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>
/// Looks at each new connection whether PostgreSQL is the one that wrote last: a restored or promoted one has another identity, and one whose volume was set back has a log
/// that ends before what this process has seen. One process opens the epoch, under a lock; the others follow it.
/// </summary>
internal sealed class PostgresEpochs(PostgresDatabase database) : SqlEpochs
{
    /// <summary>The state of an update that the trigger <c>ledger_writer_closed</c> refuses.</summary>
    public const string WriterClosed = "AFEP1";

    /// <summary>Any number that no other program takes for its own lock on this database.</summary>
    private const long EpochLock = 0x4172_7445_706f_6368;

    // During recovery PostgreSQL has no timeline of its own, and nothing can be written. The control file's timeline is the last checkpoint's, which a promotion waits for.
    private const string LookSql =
        """
        select p.identity, p.flushed, e.epoch, e.identity
        from (
          select
            case when pg_is_in_recovery() then null
              else concat_ws('/', (select system_identifier from pg_control_system()), (select oid from pg_database where datname = current_database()),
                'ledger_epoch'::regclass::oid, substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8)) end as identity,
            case when pg_is_in_recovery() then 0 else pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint end as flushed) as p
        left join lateral (select epoch, identity from ledger_epoch order by epoch desc limit 1) as e on true
        """;

    private readonly Lock _lock = new();
    private TimeProvider? _clock;
    private (string? Identity, long Flushed) _reached;

    /// <summary>Looks at the database from here on, at each new connection too. Call it when the schema is up to date.</summary>
    public Task FollowAsync(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancellationToken)
    {
        _clock = clock;
        return LookAsync(connection, cancellationToken);
    }

    /// <summary>Looks at a new connection before anything else uses it.</summary>
    public Task LookAtNewAsync(NpgsqlConnection connection) => _clock is null ? Task.CompletedTask : LookAsync(connection, CancellationToken.None);

    /// <inheritdoc/>
    public override Task LookAsync(CancellationToken cancellationToken) => _clock is null
        ? Task.CompletedTask
        : database.ReadAsync(
            async connection =>
            {
                await LookAsync((NpgsqlConnection)connection, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public override Task<LedgerEpoch> RestoredAsync(bool lostNothing, CancellationToken cancellationToken) => database.ReadAsync(
        connection => OpenAsync((NpgsqlConnection)connection, _ => lostNothing ? null : "an operator says so", lostNothing, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public override Task FoundBehindAsync(string reason, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => OpenBehindAsync((NpgsqlConnection)connection, reason, cancellationToken), cancellationToken);

    /// <summary>Opens an epoch because a writer has counted more commits than the database knows, unless another process has opened it.</summary>
    public Task<LedgerEpoch> OpenBehindAsync(NpgsqlConnection connection, string reason, CancellationToken cancellationToken)
    {
        var known = Known.Current;
        return OpenAsync(connection, seen => seen.Epoch == known ? reason : null, lostNothing: false, cancellationToken);
    }

    private async Task LookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var seen = await SeeAsync(connection, cancellationToken).ConfigureAwait(false);
        if (seen.Identity is null)
        {
            throw new NpgsqlException("the server is a standby, which cannot be written");
        }

        var isOther = ReasonOf(seen) is not null;
        if (isOther)
        {
            await OpenAsync(connection, _ => null, lostNothing: false, cancellationToken).ConfigureAwait(false);
        }
        else if (seen.Epoch != Known.Current)
        {
            await ReadAsync(database.Dialect, connection, cancellationToken).ConfigureAwait(false);
        }

        lock (_lock)
        {
            _reached = isOther || seen.Identity != _reached.Identity || seen.Flushed > _reached.Flushed ? (seen.Identity, seen.Flushed) : _reached;
        }
    }

    /// <summary>Why the database is not the one that wrote last; null where it is.</summary>
    private string? ReasonOf(Seen seen) =>
        seen.Epoch == 0 ? "the ledger is new, or of a release without epochs"
        : seen.EpochIdentity is not null && seen.EpochIdentity != seen.Identity ? $"the database was {seen.EpochIdentity} and is {seen.Identity}"
        : seen.Epoch < Known.Current ? $"{LedgerEpoch.Older}the database knows epoch {seen.Epoch}, and this process {Known.Current}"
        : seen.Epoch == Known.Current && seen.Identity == seen.Reached.Identity && seen.Flushed < seen.Reached.Flushed
            ? $"{LedgerEpoch.Older}the database's log ends at {seen.Flushed}, and had reached {seen.Reached.Flushed}"
        : null;

    /// <param name="reasonOf">A reason to open an epoch where <see cref="ReasonOf"/> finds none; null for none.</param>
    private async Task<LedgerEpoch> OpenAsync(NpgsqlConnection connection, Func<Seen, string?> reasonOf, bool lostNothing, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync($"select pg_advisory_xact_lock({EpochLock})").ConfigureAwait(false);
        var seen = await SeeAsync(connection, cancellationToken).ConfigureAwait(false);
        if ((ReasonOf(seen) ?? reasonOf(seen)) is { } reason)
        {
            // A dump that is being restored: a row that is there before its key keeps the key out.
            await database.RefuseTornSchemaAsync(connection, null, cancellationToken).ConfigureAwait(false);
            var now = Clock.GetUtcNow();
            var epoch = new LedgerEpoch(LedgerEpoch.NumberAt(now, seen.Epoch == 0 ? 0 : Math.Max(seen.Epoch, Known.Current)), 0, lostNothing, now, reason);
            if (epoch.Number > LedgerEpoch.First)
            {
                // Waits for commits and minting under way; from here on the writers are refused.
                await RunAsync("update ledger_writer set closed_at = $1 where closed_at is null", now.ToUnixTimeMilliseconds()).ConfigureAwait(false);
                await RunAsync($"select pg_advisory_xact_lock({PostgresArtworks.MintingLock})").ConfigureAwait(false);
                await RunAsync("select setval('genome_grant', $1, false), setval(pg_get_serial_sequence('ledger_writer', 'writer_number'), $2, false)", epoch.FirstGrant, epoch.FirstWriter)
                    .ConfigureAwait(false);
            }

            await EnterAsync(database, connection, epoch, seen.Identity, cancellationToken).ConfigureAwait(false);
        }
        else if (lostNothing)
        {
            await RunAsync("update ledger_epoch set lost_nothing = 1 where epoch = $1", seen.Epoch).ConfigureAwait(false);
            await SealLastAsync(database, connection, cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return (await ReadAsync(database.Dialect, connection, cancellationToken).ConfigureAwait(false)).All[^1];

        async Task RunAsync(string sql, params object[] values)
        {
            await using var command = database.Dialect.CommandOf(connection, sql, values);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private TimeProvider Clock => _clock ?? TimeProvider.System;

    private async Task<Seen> SeeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Before the query: what another thread reads meanwhile may be ahead of this one's answer.
        (string?, long) reached;
        lock (_lock)
        {
            reached = _reached;
        }

        await using var command = new NpgsqlCommand(LookSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new Seen(StoredRows.TextOrNull(reader, 0), reader.GetInt64(1), StoredRows.NumberOrNull(reader, 2) ?? 0, StoredRows.TextOrNull(reader, 3), reached);
    }

    /// <param name="Identity">Null for a standby.</param>
    /// <param name="Flushed">The end of the write-ahead log that is on disk.</param>
    /// <param name="Epoch">The last one that the database knows; 0 for none.</param>
    /// <param name="EpochIdentity">The identity when it was opened.</param>
    /// <param name="Reached">The end of the log that this process has seen before.</param>
    private sealed record Seen(string? Identity, long Flushed, long Epoch, string? EpochIdentity, (string? Identity, long Flushed) Reached);
}

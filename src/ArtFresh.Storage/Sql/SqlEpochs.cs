using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Table <c>ledger_epoch</c>: which databases have been this ledger. Each database has its own way to tell a copy.</summary>
public abstract class SqlEpochs : ILedgerEpochs
{
    private volatile EpochList _known = EpochList.None;

    /// <inheritdoc/>
    public EpochList Known => _known;

    /// <inheritdoc/>
    public abstract Task LookAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract Task<LedgerEpoch> RestoredAsync(bool lostNothing, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract Task FoundBehindAsync(string reason, CancellationToken cancellationToken);

    /// <summary>Reads all epochs, and opens none.</summary>
    public Task<EpochList> ReadAllAsync(SqlDatabase database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.ReadAsync(connection => ReadAsync(database.Dialect, connection, cancellationToken), cancellationToken);
    }

    /// <summary>Reads all epochs; the process knows them from here on.</summary>
    private protected async Task<EpochList> ReadAsync(SqlDialect dialect, DbConnection connection, CancellationToken cancellationToken)
    {
        var all = new List<LedgerEpoch>();
        await using var command = dialect.CommandOf(connection, "select epoch, floor, lost_nothing, found_at, reason, copied_at from ledger_epoch order by epoch");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            all.Add(new LedgerEpoch(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2) != 0, StoredRows.Time(reader.GetInt64(3)), reader.GetString(4), StoredRows.Time(reader.GetInt64(5))));
        }

        return _known = new EpochList(all);
    }

    /// <summary>Enters an epoch. The caller's transaction lets no writer of an older epoch commit after it.</summary>
    private protected static async Task EnterAsync(SqlDatabase database, DbConnection connection, LedgerEpoch epoch, string? identity, CancellationToken cancellationToken)
    {
        await using var newest = database.Dialect.CommandOf(connection, "select opened_at from session order by session_id desc limit 1");
        var copiedAt = await newest.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as long? ?? 0;
        await using var command = database.Dialect.CommandOf(
            connection,
            $"""
            insert into ledger_epoch (epoch, floor, lost_nothing, found_at, reason, identity, copied_at)
            values ($1, case when $1 > {LedgerEpoch.First} then (select coalesce(max(artwork_id), 0) from artwork) else 0 end, $2, $3, $4, $5, $6)
            """,
            epoch.Number, epoch.LostNothing ? 1L : 0L, epoch.FoundAt.ToUnixTimeMilliseconds(), epoch.Reason, identity, copiedAt);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await SealLastAsync(database, connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the checksum of the last epoch's row after a change.</summary>
    private protected static Task SealLastAsync(SqlDatabase database, DbConnection connection, CancellationToken cancellationToken) =>
        SealedRows.SealAsync(database, connection, "ledger_epoch", "epoch = (select max(epoch) from ledger_epoch)", cancellationToken);

    /// <summary>An expression for the last number that the current epoch leaves out; 0 in the first epoch.</summary>
    internal static string LastSkipped(int bits) => $"coalesce((select (max(epoch) << {bits}) - 1 from ledger_epoch where epoch > {LedgerEpoch.First}), 0)";
}

using System.Data.Common;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Table <c>listener_alias</c>, read.</summary>
public sealed class SqlAliases(SqlDatabase database) : IListenerAliases
{
    internal const string Columns = "guest, account, block_number, joined_at";

    /// <inheritdoc/>
    public async Task<ListenerAlias?> FindAliasAsync(string listenerId, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"select {Columns} from listener_alias where guest = $1", Read, cancellationToken, listenerId)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<string?> FindGuestAsync(string accountId, long blockNumber, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select guest from listener_alias where account = $1 and block_number = $2", row => row.GetString(0), cancellationToken, accountId, blockNumber)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ListenerAlias>> ReadGuestsAsync(string accountId, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {Columns} from listener_alias where account = $1 order by block_number", Read, cancellationToken, accountId);

    internal static ListenerAlias Read(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2), StoredRows.Time(row.GetInt64(3)));
}

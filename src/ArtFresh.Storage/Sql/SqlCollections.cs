using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Table <c>collection_shelf</c>, and imported artworks.</summary>
public sealed class SqlCollections(SqlDatabase database) : ICollections
{
    private const string NextShelf = "(select coalesce(max(shelf), 0) + 1 from collection_shelf)";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CollectionShelf>> ReadShelvesAsync(CancellationToken cancellationToken) => await database.QueryAsync(
        "select shelf, collection, from_at, until_at, held from collection_shelf order by shelf",
        ReadShelf, cancellationToken);

    /// <param name="row">Number, collection, the two times, and whether it is held.</param>
    internal static CollectionShelf ReadShelf(DbDataReader row) =>
        new(row.GetInt32(0), StoredRows.TextOrNull(row, 1), StoredRows.TimeOrNull(row, 2), StoredRows.TimeOrNull(row, 3), row.GetInt32(4) == 1);

    /// <inheritdoc/>
    public Task AddShelfAsync(string collection, OperatorAct act, CancellationToken cancellationToken) =>
        database.ActAsync(act, connection => AddAsync(connection, collection, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task SetWindowAsync(string collection, DateTimeOffset? from, DateTimeOffset? until, OperatorAct act, CancellationToken cancellationToken) => SetAsync(
        "from_at = $2, until_at = $3", act, cancellationToken, collection, from?.ToUnixTimeMilliseconds(), until?.ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public Task SetHeldAsync(string collection, bool isHeld, OperatorAct act, CancellationToken cancellationToken) =>
        SetAsync("held = $2", act, cancellationToken, collection, isHeld ? 1 : 0);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImportedArtwork>> ReadImportedAsync(long afterArtworkId, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"""
        select artwork_id, pool, collection, case when licence is null then 0 else 1 end from artwork
        where generator = '{Artwork.Imported}' and artwork_id > $1 order by artwork_id limit $2
        """,
        ReadImported, cancellationToken, afterArtworkId, (long)count);

    /// <param name="values">The collection, and then what is set.</param>
    private Task<bool> SetAsync(string set, OperatorAct act, CancellationToken cancellationToken, params object?[] values) => database.ActAsync(
        act,
        async connection =>
        {
            await AddAsync(connection, (string)values[0]!, cancellationToken).ConfigureAwait(false);
            return await database.ExecuteAsync(connection, $"update collection_shelf set {set} where collection = $1", cancellationToken, values).ConfigureAwait(false);
        },
        cancellationToken);

    private static ImportedArtwork ReadImported(DbDataReader row) => new(row.GetInt64(0), row.GetInt32(1), StoredRows.TextOrNull(row, 2), row.GetInt32(3) == 1);

    /// <summary>
    /// A shelf's positions never change, because listeners remember what they have passed of it. So where some of a collection's artworks stand on the shelf of all others,
    /// the others get another shelf.
    /// </summary>
    private async Task<int> AddAsync(DbConnection connection, string collection, CancellationToken cancellationToken)
    {
        await SqlWithdrawals.TakeTurnAsync(database, connection, cancellationToken).ConfigureAwait(false);
        var added = await database.ExecuteAsync(
            connection,
            $"insert into collection_shelf (shelf, collection) select {NextShelf}, cast($1 as text) where not exists (select 1 from collection_shelf where collection = $1)",
            cancellationToken, collection).ConfigureAwait(false);
        return added == 0
            ? 0
            : added + await database.ExecuteAsync(
                connection,
                $"insert into collection_shelf (shelf) select {NextShelf} where exists (select 1 from artwork where generator = '{Artwork.Imported}' and collection = $1)",
                cancellationToken, collection).ConfigureAwait(false);
    }
}

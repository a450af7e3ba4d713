using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Table <c>block_ending</c>, which <see cref="ILedger.EnterAsync"/> writes.</summary>
public sealed class SqlBlockEndings(SqlDatabase database) : IBlockEndings
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlockEnding>> ReadAsync(int count, CancellationToken cancellationToken) => await database.QueryAsync(
        "select listener_id, block_number from block_ending order by listener_id limit $1",
        row => new BlockEnding(row.GetString(0), row.GetInt64(1)), cancellationToken, (long)count);

    /// <inheritdoc/>
    public async Task<long> CountAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync("select count(*) from block_ending", StoredRows.ReadNumber, cancellationToken)).Single();

    /// <inheritdoc/>
    public Task DeleteAsync(BlockEnding done, CancellationToken cancellationToken) => database.WriteAsync(
        "delete from block_ending where listener_id = $1 and block_number <= $2", cancellationToken, done.ListenerId, done.BlockNumber);
}

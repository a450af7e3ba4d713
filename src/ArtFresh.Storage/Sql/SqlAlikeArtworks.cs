using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Reads the table <c>alike_artwork</c>.</summary>
public sealed class SqlAlikeArtworks(SqlDatabase database) : IAlikeArtworks
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<AlikePair>> ReadPairsAsync(long afterChange, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        "select change, artwork_id, earlier_id from alike_artwork where change > $1 order by change limit $2",
        row => new AlikePair(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken, afterChange, (long)count);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ArtworkPicture>> ReadPicturesAsync(long afterArtworkId, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        "select artwork_id, picture_hash, perceptual_hash from artwork where genome is null and picture_hash is not null and artwork_id > $1 order by artwork_id limit $2",
        row => new ArtworkPicture(row.GetInt64(0), row.GetString(1), StoredRows.NumberOrNull(row, 2)), cancellationToken, afterArtworkId, (long)count);
}

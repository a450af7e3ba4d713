using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Postgres;

/// <summary>Tables <c>artwork</c> and <c>artwork_views</c>, read.</summary>
public sealed class PostgresCatalogue(PostgresDatabase database) : IArtworkCatalogue
{
    /// <inheritdoc/>
    public async Task<long[]> ReadPoolAsync(int pool, long afterArtworkId, CancellationToken cancellationToken) => [.. await database.QueryAsync(
        "select artwork_id from artwork where pool = $1 and artwork_id > $2 order by artwork_id",
        StoredRows.ReadNumber, cancellationToken, pool, afterArtworkId)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Artwork>> ReadArtworksAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {StoredRows.ArtworkColumns} from artwork where artwork_id = any($1) order by artwork_id",
            StoredRows.ReadArtwork, cancellationToken, artworkIds.ToArray());

    /// <inheritdoc/>
    public async Task<long[]> ReadLooksAsync(int pool, int count, CancellationToken cancellationToken) => [.. await database.QueryAsync(
        "select perceptual_hash from artwork where pool = $1 and perceptual_hash is not null order by artwork_id desc limit $2",
        StoredRows.ReadNumber, cancellationToken, pool, count)];

    /// <inheritdoc/>
    public async Task<ImmutableHashSet<long>> FindMissingAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) =>
        [.. await database.QueryAsync(
            "select id from unnest($1::bigint[]) as i (id) where not exists (select 1 from artwork where artwork_id = id)",
            StoredRows.ReadNumber, cancellationToken, artworkIds.ToArray())];

    /// <inheritdoc/>
    public async Task<bool> HasContentAsync(string contentHash, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select exists (select 1 from artwork where content_hash = $1) or exists (select 1 from artwork where picture_hash = $1)",
        row => row.GetBoolean(0), cancellationToken, contentHash)).Single();

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, long>> FindContentsAsync(IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            "select content_hash, artwork_id from artwork where content_hash = any($1)",
            StoredRows.ReadContent, cancellationToken, [contentHashes.ToArray()])).ToDictionary();

    /// <inheritdoc/>
    public async Task<ArtworkViews?> ReadViewsAsync(long artworkId, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"select {StoredRows.ArtworkColumns}, (select views from artwork_views where page = $2) from artwork where artwork_id = $1",
        StoredRows.ReadViews, cancellationToken, artworkId, PageOfViews.NumberOf(artworkId))).SingleOrDefault();
}

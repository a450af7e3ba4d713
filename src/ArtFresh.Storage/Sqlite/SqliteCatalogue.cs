using System.Collections.Immutable;
using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Tables <c>artwork</c> and <c>artwork_views</c>, read.</summary>
public sealed class SqliteCatalogue(SqliteDatabase database) : IArtworkCatalogue
{
    /// <inheritdoc/>
    public async Task<long[]> ReadPoolAsync(int pool, long afterArtworkId, CancellationToken cancellationToken) => [.. await database.QueryAsync(
        "select artwork_id from artwork where pool = $pool and artwork_id > $after order by artwork_id",
        StoredRows.ReadNumber, cancellationToken, ("$pool", pool), ("$after", afterArtworkId))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Artwork>> ReadArtworksAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            $"select {StoredRows.ArtworkColumns} from artwork where artwork_id in (select value from json_each($ids)) order by artwork_id",
            StoredRows.ReadArtwork, cancellationToken, ("$ids", JsonSerializer.Serialize(artworkIds)));

    /// <inheritdoc/>
    public async Task<long[]> ReadLooksAsync(int pool, int count, CancellationToken cancellationToken) => [.. await database.QueryAsync(
        "select perceptual_hash from artwork where pool = $pool and perceptual_hash is not null order by artwork_id desc limit $count",
        StoredRows.ReadNumber, cancellationToken, ("$pool", pool), ("$count", count))];

    /// <inheritdoc/>
    public async Task<ImmutableHashSet<long>> FindMissingAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) =>
        [.. await database.QueryAsync(
            "select value from json_each($ids) where not exists (select 1 from artwork where artwork_id = value)",
            StoredRows.ReadNumber, cancellationToken, ("$ids", JsonSerializer.Serialize(artworkIds)))];

    /// <inheritdoc/>
    public async Task<bool> HasContentAsync(string contentHash, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select exists (select 1 from artwork where content_hash = $content) or exists (select 1 from artwork where picture_hash = $content)",
        row => row.GetInt64(0) != 0, cancellationToken, ("$content", contentHash))).Single();

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, long>> FindContentsAsync(IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            "select content_hash, artwork_id from artwork where content_hash in (select value from json_each($contents))",
            StoredRows.ReadContent, cancellationToken, ("$contents", JsonSerializer.Serialize(contentHashes)))).ToDictionary();

    /// <inheritdoc/>
    public async Task<ArtworkViews?> ReadViewsAsync(long artworkId, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"select {StoredRows.ArtworkColumns}, (select views from artwork_views where page = $page) from artwork where artwork_id = $id",
        StoredRows.ReadViews, cancellationToken, ("$id", artworkId), ("$page", PageOfViews.NumberOf(artworkId)))).SingleOrDefault();
}

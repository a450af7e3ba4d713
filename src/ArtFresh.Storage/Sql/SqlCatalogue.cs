using System.Collections.Immutable;
using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Reads the tables <c>artwork</c> and <c>artwork_views</c>.</summary>
public sealed class SqlCatalogue(SqlDatabase database) : IArtworkCatalogue
{
    private const string ArtworkColumns = "artwork_id, generator, genome, picture_hash, valence, energy, created_at, title, author, viewed_at, licence, source, collection, digital_source_type, original_hash";

    private readonly SqlDialect _dialect = database.Dialect;

    /// <inheritdoc/>
    public async Task<long[]> ReadPoolAsync(int pool, long afterArtworkId, CancellationToken cancellationToken) => [.. await database.QueryAsync(
        $"select artwork_id from artwork where pool = $1 and artwork_id > $2 and generator <> '{Artwork.Imported}' order by artwork_id",
        StoredRows.ReadNumber, cancellationToken, pool, afterArtworkId)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Artwork>> ReadArtworksAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {ArtworkColumns} from artwork where {_dialect.OneOf("artwork_id", 1)} order by artwork_id",
        ReadArtwork, cancellationToken, artworkIds.ToArray());

    /// <inheritdoc/>
    public async Task<string[]> ReadNewestGenomesAsync(int pool, int count, CancellationToken cancellationToken) => [.. (await database.QueryAsync(
        "select genome from artwork where pool = $1 and genome is not null order by artwork_id desc limit $2", row => row.GetString(0), cancellationToken, pool, count)).AsEnumerable().Reverse()];

    /// <inheritdoc/>
    public async Task<ImmutableHashSet<long>> FindMissingAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) => [.. await database.QueryAsync(
        $"select given.value from {_dialect.Each(1)} where not exists (select 1 from artwork where artwork_id = given.value)",
        StoredRows.ReadNumber, cancellationToken, artworkIds.ToArray())];

    /// <inheritdoc/>
    public async Task<long?> FindContentAsync(string contentHash, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select artwork_id from artwork where content_hash = $1 union all select artwork_id from artwork where picture_hash = $1",
        row => (long?)row.GetInt64(0), cancellationToken, contentHash)).FirstOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, long>> FindContentsAsync(IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            $"select content_hash, artwork_id from artwork where {_dialect.OneOf("content_hash", 1)}",
            row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)), cancellationToken, [contentHashes.ToArray()])).ToDictionary();

    /// <inheritdoc/>
    public async Task<ArtworkViews?> ReadViewsAsync(long artworkId, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"select {ArtworkColumns}, (select views from artwork_views where page = $2) from artwork where artwork_id = $1",
        ReadViews, cancellationToken, artworkId, PageOfViews.NumberOf(artworkId))).SingleOrDefault();

    private static Artwork ReadArtwork(DbDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        StoredRows.TextOrNull(row, 2),
        StoredRows.TextOrNull(row, 3),
        new Mood(row.GetDouble(4), row.GetDouble(5)),
        StoredRows.Time(row.GetInt64(6)),
        row.GetString(7),
        StoredRows.TextOrNull(row, 8),
        ReadCredit(row));

    /// <summary>The source of generated art is the prompt, which credits nobody.</summary>
    private static ArtworkCredit? ReadCredit(DbDataReader row)
    {
        var source = row.GetString(1) == Artwork.Imported ? StoredRows.TextOrNull(row, 11) : null;
        var credit = new ArtworkCredit(StoredRows.TextOrNull(row, 10), source, StoredRows.TextOrNull(row, 12), StoredRows.TextOrNull(row, 13), StoredRows.TextOrNull(row, 14));
        return credit == new ArtworkCredit() ? null : credit;
    }

    /// <summary>Selects the artwork's columns and then its page of views, or null.</summary>
    private static ArtworkViews ReadViews(DbDataReader row)
    {
        var artwork = ReadArtwork(row);
        var (count, lastViewedAt) = ViewsPage.FromBytes(StoredRows.BytesOrNull(row, 15)).Read(artwork.ArtworkId);
        return new ArtworkViews(artwork, StoredRows.TimeOrNull(row, 9), count, lastViewedAt);
    }
}

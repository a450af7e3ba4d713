using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Grains.MoodPool;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Tables <c>artwork</c> and <c>artwork_views</c>, read.</summary>
public sealed class PostgresCatalogue(PostgresDatabase database) : IArtworkCatalogue
{
    private const string Columns = "artwork_id, generator, genome, picture_hash, valence, energy, created_at, title, author, viewed_at";

    /// <inheritdoc/>
    public async Task<long[]> ReadPoolAsync(int pool, long afterArtworkId, CancellationToken cancellationToken) => [.. await ReadAsync(
        "select artwork_id from artwork where pool = $1 and artwork_id > $2 order by artwork_id", reader => reader.GetInt64(0), cancellationToken, pool, afterArtworkId)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Artwork>> ReadArtworksAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) => await ReadAsync(
        $"select {Columns} from artwork where artwork_id = any($1) order by artwork_id", ReadArtwork, cancellationToken, artworkIds.ToArray());

    /// <inheritdoc/>
    public async Task<long[]> ReadLooksAsync(int pool, int count, CancellationToken cancellationToken) => [.. await ReadAsync(
        "select perceptual_hash from artwork where pool = $1 and perceptual_hash is not null order by artwork_id desc limit $2",
        reader => reader.GetInt64(0), cancellationToken, pool, count)];

    /// <inheritdoc/>
    public async Task<ImmutableHashSet<long>> FindMissingAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) => [.. await ReadAsync(
        "select id from unnest($1::bigint[]) as i (id) where not exists (select 1 from artwork where artwork_id = id)",
        reader => reader.GetInt64(0), cancellationToken, artworkIds.ToArray())];

    /// <inheritdoc/>
    public async Task<bool> HasContentAsync(string contentHash, CancellationToken cancellationToken) => (await ReadAsync(
        "select exists (select 1 from artwork where content_hash = $1) or exists (select 1 from artwork where picture_hash = $1)",
        reader => reader.GetBoolean(0), cancellationToken, contentHash)).Single();

    /// <inheritdoc/>
    public async Task<ArtworkViews?> ReadViewsAsync(long artworkId, CancellationToken cancellationToken) => (await ReadAsync(
        $"select {Columns}, (select views from artwork_views where page = $2) from artwork where artwork_id = $1",
        reader =>
        {
            var (count, lastViewedAt) = ViewsPage.FromBytes(reader.IsDBNull(10) ? null : reader.GetFieldValue<byte[]>(10)).Read(artworkId);
            return new ArtworkViews(ReadArtwork(reader), reader.IsDBNull(9) ? null : Time(reader.GetInt64(9)), count, lastViewedAt);
        },
        cancellationToken, artworkId, ViewsPage.NumberOf(artworkId))).SingleOrDefault();

    private static Artwork ReadArtwork(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.IsDBNull(2) ? null : reader.GetString(2),
        reader.IsDBNull(3) ? null : reader.GetString(3),
        new Mood(reader.GetDouble(4), reader.GetDouble(5)),
        Time(reader.GetInt64(6)),
        reader.GetString(7),
        reader.IsDBNull(8) ? null : reader.GetString(8));

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken, params object[] values) => database.ReadAsync(
        async connection =>
        {
#pragma warning disable CA2100 // Constants of this class.
            await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            var rows = new List<T>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(row(reader));
            }

            return rows;
        },
        cancellationToken);
}

using System.Collections.Immutable;
using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Grains.MoodPool;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Tables <c>artwork</c> and <c>artwork_views</c>, read.</summary>
public sealed class SqliteCatalogue(SqliteDatabase database) : IArtworkCatalogue
{
    private const string Columns = "artwork_id, generator, genome, picture_hash, valence, energy, created_at, title, author, viewed_at";

    /// <inheritdoc/>
    public Task<long[]> ReadPoolAsync(int pool, long afterArtworkId, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "select artwork_id from artwork where pool = $pool and artwork_id > $after order by artwork_id";
            command.Parameters.AddWithValue("$pool", pool);
            command.Parameters.AddWithValue("$after", afterArtworkId);
            return ReadNumbers(command);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Artwork>> ReadArtworksAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Artwork>>(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"select {Columns} from artwork where artwork_id in (select value from json_each($ids)) order by artwork_id";
                command.Parameters.AddWithValue("$ids", JsonSerializer.Serialize(artworkIds));
                var artworks = new List<Artwork>(artworkIds.Count);
                using var reader = command.ExecuteReader();
                while (reader.Read())
                {
                    artworks.Add(ReadArtwork(reader));
                }

                return artworks;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<long[]> ReadLooksAsync(int pool, int count, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText =
                """
                select perceptual_hash from artwork where pool = $pool and perceptual_hash is not null order by artwork_id desc limit $count
                """;
            command.Parameters.AddWithValue("$pool", pool);
            command.Parameters.AddWithValue("$count", count);
            return ReadNumbers(command);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableHashSet<long>> FindMissingAsync(IReadOnlyCollection<long> artworkIds, CancellationToken cancellationToken) =>
        database.ReadAsync<ImmutableHashSet<long>>(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText =
                    "select value from json_each($ids) where not exists (select 1 from artwork where artwork_id = value)";
                command.Parameters.AddWithValue("$ids", JsonSerializer.Serialize(artworkIds));
                return [.. ReadNumbers(command)];
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> HasContentAsync(string contentHash, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "select exists (select 1 from artwork where content_hash = $content) or exists (select 1 from artwork where picture_hash = $content)";
            command.Parameters.AddWithValue("$content", contentHash);
            return (long)command.ExecuteScalar()! != 0;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<ArtworkViews?> ReadViewsAsync(long artworkId, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"select {Columns}, (select views from artwork_views where page = $page) from artwork where artwork_id = $id";
            command.Parameters.AddWithValue("$id", artworkId);
            command.Parameters.AddWithValue("$page", ViewsPage.NumberOf(artworkId));
            using var reader = command.ExecuteReader();
            if (!reader.Read())
            {
                return null;
            }

            var (count, lastViewedAt) = ViewsPage.FromBytes(reader.IsDBNull(10) ? null : reader.GetFieldValue<byte[]>(10)).Read(artworkId);
            return new ArtworkViews(ReadArtwork(reader), reader.IsDBNull(9) ? null : Time(reader.GetInt64(9)), count, lastViewedAt);
        },
        cancellationToken);

    private static Artwork ReadArtwork(SqliteDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.IsDBNull(2) ? null : reader.GetString(2),
        reader.IsDBNull(3) ? null : reader.GetString(3),
        new Mood(reader.GetDouble(4), reader.GetDouble(5)),
        Time(reader.GetInt64(6)),
        reader.GetString(7),
        reader.IsDBNull(8) ? null : reader.GetString(8));

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static long[] ReadNumbers(SqliteCommand command)
    {
        var numbers = new List<long>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            numbers.Add(reader.GetInt64(0));
        }

        return [.. numbers];
    }
}

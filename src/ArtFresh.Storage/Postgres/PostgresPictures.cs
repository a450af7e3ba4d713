using ArtFresh.Art;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Table <c>picture</c>: what the silos of a cluster share.</summary>
public sealed class PostgresPictures(PostgresDatabase database) : IPictureOrigin
{
    /// <inheritdoc/>
    public Task<byte[]?> ReadPictureAsync(string hash, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("select bytes from picture where picture_hash = $1", connection) { Parameters = { new() { Value = hash } } };
            return (byte[]?)await command.ExecuteScalarAsync(cancellationToken);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task SavePictureAsync(string hash, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("insert into picture (picture_hash, bytes) values ($1, $2) on conflict do nothing", connection)
            {
                Parameters = { new() { Value = hash }, new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = picture } },
            };
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);
}

using ArtFresh.Art;
using ArtFresh.Storage.Postgres;

namespace ArtFresh.Server.Membership;

/// <summary>Table <c>picture</c>: the pictures that the silos of a cluster share.</summary>
public sealed class PostgresPictures(PostgresDatabase database) : IPictureOrigin
{
    /// <inheritdoc/>
    public async Task<byte[]?> ReadPictureAsync(string hash, CancellationToken cancellationToken) => (await database.QueryAsync(
        "select bytes from picture where picture_hash = $1", row => row.GetFieldValue<byte[]>(0), cancellationToken, hash).ConfigureAwait(false)).SingleOrDefault();

    /// <inheritdoc/>
    public Task SavePictureAsync(string hash, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken) => database.ReadAsync(
        connection => database.ExecuteAsync(
            connection, "insert into picture (picture_hash, bytes) values ($1, $2) on conflict (picture_hash) do nothing", cancellationToken, hash, picture),
        cancellationToken);
}

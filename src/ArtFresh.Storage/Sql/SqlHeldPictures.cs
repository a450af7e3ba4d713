using System.Data.Common;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Table <c>held_picture</c>.</summary>
public sealed class SqlHeldPictures(SqlDatabase database) : IHeldPictures
{
    private const string Columns =
        "pool, valence, energy, generator, picture_hash, content_hash, perceptual_hash, title, author, source, licence, collection, digital_source_type, original_hash, held_at";

    private readonly SqlDialect _dialect = database.Dialect;

    /// <inheritdoc/>
    public async Task<int> HoldAsync(IReadOnlyList<NewArtwork> artworks, DateTimeOffset heldAt, CancellationToken cancellationToken)
    {
        var added = 0;
        await database.WriteAsync(
            async connection =>
            {
                foreach (var artwork in artworks)
                {
                    added += await database.ExecuteAsync(
                        connection,
                        $"insert into held_picture ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing",
                        cancellationToken,
                        artwork.Pool, artwork.Mood.Valence, artwork.Mood.Energy, artwork.Generator, artwork.PictureHash, artwork.ContentHash, artwork.PerceptualHash, artwork.Title,
                        artwork.Author, artwork.Source, artwork.Credit?.Licence, artwork.Credit?.Collection, artwork.Credit?.DigitalSourceType, artwork.Credit?.OriginalHash,
                        heldAt.ToUnixTimeMilliseconds()).ConfigureAwait(false);
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return added;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HeldArtwork>> ReadAsync(HeldState state, long afterHeldId, int count, CancellationToken cancellationToken) => await database.QueryAsync(
        $"select {Columns}, held_id, state from held_picture where state = $1 and held_id > $2 order by held_id limit $3", Read, cancellationToken, (int)state, afterHeldId, (long)count);

    /// <inheritdoc/>
    public async Task<HeldArtwork?> FindAsync(long heldId, CancellationToken cancellationToken) =>
        (await database.QueryAsync($"select {Columns}, held_id, state from held_picture where held_id = $1", Read, cancellationToken, heldId)).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<HeldArtwork?> FindContentAsync(string contentHash, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"select {Columns}, held_id, state from held_picture where content_hash = $1 or picture_hash = $1", Read, cancellationToken, contentHash)).FirstOrDefault();

    /// <inheritdoc/>
    public async Task<long> CountWaitingAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync("select count(*) from held_picture where state = 0", StoredRows.ReadNumber, cancellationToken)).Single();

    /// <inheritdoc/>
    public async Task<long> CountWaitingAsync(int pool, CancellationToken cancellationToken) => (await database.QueryAsync(
        $"select count(*) from held_picture where state = 0 and pool = $1 and generator <> '{Artwork.Imported}'", StoredRows.ReadNumber, cancellationToken, pool)).Single();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RefusedPicture>> ReadRefusedAsync(CancellationToken cancellationToken) => await database.QueryAsync(
        "select held_id, perceptual_hash from held_picture where state = 2 and perceptual_hash is not null order by held_id", row => new RefusedPicture(row.GetInt64(0), row.GetInt64(1)), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DecideAsync(long heldId, bool isApproved, OperatorAct act, CancellationToken cancellationToken) => database.ActAsync(
        act,
        connection => database.ExecuteAsync(
            connection, $"update held_picture set state = $2 where held_id = $1 and state in (0{(isApproved ? ", 2" : "")})", cancellationToken,
            heldId, (int)(isApproved ? HeldState.Approved : HeldState.Refused)),
        cancellationToken);

    /// <inheritdoc/>
    public Task EndAsync(IReadOnlyCollection<long> heldIds, CancellationToken cancellationToken) =>
        database.WriteAsync($"delete from held_picture where state = 1 and {_dialect.OneOf("held_id", 1)}", cancellationToken, [heldIds.ToArray()]);

    private static HeldArtwork Read(DbDataReader row) => new(
        row.GetInt64(15),
        new NewArtwork(
            row.GetInt32(0), new Mood(row.GetDouble(1), row.GetDouble(2)), row.GetString(3), null, row.GetString(4), row.GetString(5), StoredRows.NumberOrNull(row, 6), row.GetString(7),
            StoredRows.TextOrNull(row, 8), StoredRows.TextOrNull(row, 9),
            new ArtworkCredit(StoredRows.TextOrNull(row, 10), Collection: StoredRows.TextOrNull(row, 11), DigitalSourceType: StoredRows.TextOrNull(row, 12), OriginalHash: StoredRows.TextOrNull(row, 13))),
        StoredRows.Time(row.GetInt64(14)),
        (HeldState)row.GetInt32(16));
}

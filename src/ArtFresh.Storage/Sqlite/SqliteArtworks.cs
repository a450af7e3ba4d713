using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Table <c>artwork</c>, written. Ids are dense: minted inside the transaction, one above the highest.</summary>
internal sealed class SqliteArtworks(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(
        connection,
        $"""
        insert into artwork
          (artwork_id, pool, valence, energy, generator, genome, picture_hash, content_hash, perceptual_hash, title, author, source, created_at,
           licence, collection, digital_source_type, original_hash, checksum)
        select n.id, $pool, $valence, $energy, $generator, $genome, $picture, $content, $hash, $title, $author, $source, $now, $licence, $collection, $type, $original, $checksum + n.id
        from (select max((select coalesce(max(artwork_id), 0) from artwork), {SqlEpochs.LastSkipped(LedgerEpoch.ArtworkBits)}) + 1 as id) as n where true
        on conflict (content_hash) where content_hash is not null do nothing
        on conflict (picture_hash) where picture_hash is not null do nothing
        """,
        "$pool", "$valence", "$energy", "$generator", "$genome", "$picture", "$content", "$hash", "$title", "$author", "$source", "$now", "$licence", "$collection", "$type", "$original",
        "$checksum");

    private readonly Statement _pair = new(
        connection,
        """
        insert into alike_artwork (change, artwork_id, earlier_id)
        select (select coalesce(max(change), 0) + 1 from alike_artwork), n.id, $earlier
        from (select coalesce($artwork, (select artwork_id from artwork where content_hash = $content)) as id) as n where $earlier < n.id
        on conflict (artwork_id, earlier_id) do nothing
        """,
        "$artwork", "$content", "$earlier");

    // The row's checksum is of an artwork without the hash.
    private readonly Statement _hash = new(
        connection, "update artwork set perceptual_hash = $hash, checksum = null where artwork_id = $artwork and perceptual_hash is null", "$hash", "$artwork");

    private readonly Statement _note = new(
        connection,
        """
        insert into backfill_view (run_number, artwork_id, viewed_at, replaced_at) select $run, artwork_id, $at, viewed_at from artwork where artwork_id = $artwork
        on conflict (run_number, artwork_id) do update set viewed_at = min(viewed_at, excluded.viewed_at)
        """,
        "$run", "$at", "$artwork");

    private readonly Statement _backfill = new(
        connection,
        "update artwork set viewed_at = $at where artwork_id = $artwork and (viewed_at is null or viewed_at > $at)",
        "$at", "$artwork");

    /// <summary>Enters those whose content is not there yet.</summary>
    public bool Insert(SqliteTransaction transaction, ArtworksMade made)
    {
        foreach (var artwork in made.Artworks)
        {
            _insert.Run(
                transaction,
                artwork.Pool,
                artwork.Mood.Valence,
                artwork.Mood.Energy,
                artwork.Generator,
                artwork.Genome,
                artwork.PictureHash,
                artwork.ContentHash,
                artwork.PerceptualHash,
                artwork.Title,
                artwork.Author,
                artwork.Source,
                made.CreatedAt.ToUnixTimeMilliseconds(),
                artwork.Credit?.Licence,
                artwork.Credit?.Collection,
                artwork.Credit?.DigitalSourceType,
                artwork.Credit?.OriginalHash,
                SealedRows.Of(artwork, made.CreatedAt));
            foreach (var earlier in artwork.LookAlikes ?? [])
            {
                _pair.Run(transaction, null, artwork.ContentHash, earlier);
            }
        }

        return true;
    }

    public bool Compare(SqliteTransaction transaction, ArtworkCompared compared)
    {
        _hash.Run(transaction, compared.PerceptualHash, compared.ArtworkId);
        foreach (var earlier in compared.LookAlikes)
        {
            _pair.Run(transaction, compared.ArtworkId, null, earlier);
        }

        return true;
    }

    public bool Backfill(SqliteTransaction transaction, ViewsBackfilled backfilled)
    {
        foreach (var (artworkId, viewedAt) in backfilled.ViewedAt)
        {
            if (backfilled.Run != 0)
            {
                _note.Run(transaction, backfilled.Run, viewedAt.ToUnixTimeMilliseconds(), artworkId);
            }

            _backfill.Run(transaction, viewedAt.ToUnixTimeMilliseconds(), artworkId);
        }

        return true;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _pair.Dispose();
        _hash.Dispose();
        _note.Dispose();
        _backfill.Dispose();
    }
}

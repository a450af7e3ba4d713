using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>
/// Table <c>artwork</c>, written. One transaction at a time mints ids, so that ids become visible in ascending order: a pool that has read up to an id never misses
/// a smaller one.
/// </summary>
internal static class PostgresArtworks
{
    internal const long MintingLock = 0x4172_744d_696e_74;

    /// <summary>Enters those whose content is not there yet.</summary>
    public static void Insert(NpgsqlBatch batch, List<ArtworksMade> made)
    {
        var rows = DistinctOf(made);
        if (rows.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select pg_advisory_xact_lock({MintingLock})"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            insert into artwork
              (artwork_id, pool, valence, energy, generator, genome, picture_hash, content_hash, perceptual_hash, title, author, source, created_at,
               licence, collection, digital_source_type, original_hash, checksum)
            select number, pool, valence, energy, generator, genome, picture_hash, content_hash, perceptual_hash, title, author, source, created_at,
                   licence, collection, digital_source_type, original_hash, checksum + number from (
              select greatest((select coalesce(max(artwork_id), 0) from artwork), {SqlEpochs.LastSkipped(LedgerEpoch.ArtworkBits)}) + row_number() over (order by n) as number, a.*
              from unnest($1::integer[], $2::float8[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::text[],
                          $11::text[], $12::bigint[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[]) with ordinality
                as a (pool, valence, energy, generator, genome, picture_hash, content_hash, perceptual_hash, title, author, source, created_at,
                      licence, collection, digital_source_type, original_hash, checksum, n)
              where not exists (select 1 from artwork k where k.content_hash = a.content_hash) and not exists (select 1 from artwork k where k.picture_hash = a.picture_hash)) as numbered
            """)
        {
            Parameters =
            {
                Column.Of(rows, row => row.Artwork.Pool),
                Column.Of(rows, row => row.Artwork.Mood.Valence),
                Column.Of(rows, row => row.Artwork.Mood.Energy),
                Column.Of(rows, row => row.Artwork.Generator),
                Column.Of(rows, row => row.Artwork.Genome),
                Column.Of(rows, row => row.Artwork.PictureHash),
                Column.Of(rows, row => row.Artwork.ContentHash),
                Column.Of(rows, row => row.Artwork.PerceptualHash),
                Column.Of(rows, row => row.Artwork.Title),
                Column.Of(rows, row => row.Artwork.Author),
                Column.Of(rows, row => row.Artwork.Source),
                Column.Of(rows, row => row.CreatedAt),
                Column.Of(rows, row => row.Artwork.Credit?.Licence),
                Column.Of(rows, row => row.Artwork.Credit?.Collection),
                Column.Of(rows, row => row.Artwork.Credit?.DigitalSourceType),
                Column.Of(rows, row => row.Artwork.Credit?.OriginalHash),
                Column.Of(rows, row => SealedRows.Of(row.Artwork, DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt))),
            },
        });
        Pair(batch, "content_hash", [.. rows.SelectMany(row => (row.Artwork.LookAlikes ?? []).Select(earlier => (row.Artwork.ContentHash!, earlier)))]);
    }

    public static void Compare(NpgsqlBatch batch, List<ArtworkCompared> compared)
    {
        if (compared.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select pg_advisory_xact_lock({MintingLock})"));
        // The row's checksum is of an artwork without the hash.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            update artwork a set perceptual_hash = c.perceptual_hash, checksum = null from unnest($1::bigint[], $2::bigint[]) as c (artwork_id, perceptual_hash)
            where a.artwork_id = c.artwork_id and a.perceptual_hash is null
            """)
        {
            Parameters = { Column.Of(compared, artwork => artwork.ArtworkId), Column.Of(compared, artwork => artwork.PerceptualHash) },
        });
        Pair(batch, "artwork_id", [.. compared.SelectMany(artwork => artwork.LookAlikes.Select(earlier => (artwork.ArtworkId, earlier)))]);
    }

    private static List<(NewArtwork Artwork, long CreatedAt)> DistinctOf(List<ArtworksMade> made)
    {
        var (contents, pictures) = (new HashSet<string>(), new HashSet<string>());
        return [.. made
            .SelectMany(entry => entry.Artworks.Select(artwork => (Artwork: artwork, CreatedAt: entry.CreatedAt.ToUnixTimeMilliseconds())))
            .Where(row => (row.Artwork.ContentHash is null || contents.Add(row.Artwork.ContentHash)) && (row.Artwork.PictureHash is null || pictures.Add(row.Artwork.PictureHash)))];
    }

    /// <summary>Under the minting lock, so that changes become visible in their order.</summary>
    private static void Pair<T>(NpgsqlBatch batch, string column, List<(T Artwork, long Earlier)> pairs)
    {
        if (pairs.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            insert into alike_artwork (change, artwork_id, earlier_id)
            select (select coalesce(max(change), 0) from alike_artwork) + row_number() over (order by a.artwork_id, p.earlier_id), a.artwork_id, p.earlier_id
            from unnest($1, $2::bigint[]) as p (artwork, earlier_id) join artwork a on a.{column} = p.artwork
            where p.earlier_id < a.artwork_id
            on conflict (artwork_id, earlier_id) do nothing
            """)
        {
            Parameters = { Column.Of(pairs, pair => pair.Artwork), Column.Of(pairs, pair => pair.Earlier) },
        });
    }

    public static void Backfill(NpgsqlBatch batch, List<ViewsBackfilled> backfilled)
    {
        foreach (var entry in backfilled)
        {
            var views = entry.ViewedAt.OrderBy(view => view.Key).ToList();
            if (entry.Run != 0)
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand(
                    """
                    insert into backfill_view (run_number, artwork_id, viewed_at, replaced_at)
                    select $3, a.artwork_id, v.viewed_at, a.viewed_at from unnest($1::bigint[], $2::bigint[]) as v (artwork_id, viewed_at) join artwork a using (artwork_id)
                    order by a.artwork_id
                    on conflict (run_number, artwork_id) do update set viewed_at = least(backfill_view.viewed_at, excluded.viewed_at)
                    """)
                {
                    Parameters =
                    {
                        Column.Of(views, view => view.Key), Column.Of(views, view => view.Value.ToUnixTimeMilliseconds()), new NpgsqlParameter<long> { TypedValue = entry.Run },
                    },
                });
            }

            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                update artwork a set viewed_at = v.viewed_at from unnest($1::bigint[], $2::bigint[]) as v (artwork_id, viewed_at)
                where a.artwork_id = v.artwork_id and (a.viewed_at is null or a.viewed_at > v.viewed_at)
                """)
            {
                Parameters = { Column.Of(views, view => view.Key), Column.Of(views, view => view.Value.ToUnixTimeMilliseconds()) },
            });
        }
    }
}

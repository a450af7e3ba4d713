using System.Text.Json;
using ArtFresh.Ledger;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>
/// Table <c>impression_batch</c>, written, with the first views that belong to it. A duplicate key is the fence: the session has a batch of that number.
/// </summary>
internal static class PostgresBatches
{
    public static void Insert(NpgsqlBatch batch, List<BatchRecorded> batches, CommitGroup group, long firstPosition, ref WriterHead head)
    {
        if (batches.Count == 0)
        {
            return;
        }

        var (reports, chains) = (new string?[batches.Count], new long[batches.Count]);
        for (var i = 0; i < chains.Length; i++)
        {
            reports[i] = batches[i].Report is { } report ? JsonSerializer.Serialize(report) : null;
            head = head.After(batches[i], firstPosition + i, reports[i]);
            chains[i] = head.Chain;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into impression_batch
              (session_id, batch_number, position, batch_id, received_at, impressions, displayed_at, duplicates, missing_change, report, account, network, revisits, chain, writer_number)
            select b.*, $15 from unnest(
              $1::uuid[], $2::bigint[], $3::bigint[], $4::uuid[], $5::bigint[], $6::bytea[], $7::bytea[], $8::integer[], $9::bigint[], $10::text[],
              $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[]) as b
            """)
        {
            Parameters =
            {
                Column.Of(batches, entry => entry.SessionId),
                Column.Of(batches, entry => entry.BatchNumber),
                new NpgsqlParameter<long[]> { TypedValue = [.. Enumerable.Range(0, batches.Count).Select(i => firstPosition + i)] },
                Column.Of(batches, entry => entry.BatchId),
                Column.Of(batches, entry => entry.ReceivedAt.ToUnixTimeMilliseconds()),
                Column.Of(batches, entry => entry.Impressions),
                Column.Of(batches, entry => entry.DisplayedAt),
                Column.Of(batches, entry => entry.Duplicates),
                Column.Of(batches, entry => entry.MissingChange),
                new NpgsqlParameter<string?[]> { TypedValue = reports },
                Column.Of(batches, entry => entry.Account),
                Column.Of(batches, entry => entry.Network == 0 ? null : (long?)entry.Network),
                Column.Of(batches, entry => entry.Revisits == 0 ? null : (long?)entry.Revisits),
                new NpgsqlParameter<long[]> { TypedValue = chains },
                new NpgsqlParameter<long> { TypedValue = group.WriterNumber },
            },
        });
        SetViewedAt(batch, FirstViews(batches, group));
    }

    private static SortedDictionary<long, long> FirstViews(List<BatchRecorded> batches, CommitGroup group)
    {
        var views = new SortedDictionary<long, long>();
        foreach (var entry in batches.Where(entry => !group.KnownViewed.ContainsAll(entry.ArtworkIds.AsSpan())))
        {
            foreach (var artworkId in entry.ArtworkIds)
            {
                if (!group.KnownViewed.Contains(artworkId))
                {
                    views.TryAdd(artworkId, entry.ReceivedAt.ToUnixTimeMilliseconds());
                }
            }
        }

        return views;
    }

    private static void SetViewedAt(NpgsqlBatch batch, SortedDictionary<long, long> views)
    {
        if (views.Count == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            update artwork a set viewed_at = v.viewed_at from unnest($1::bigint[], $2::bigint[]) as v (artwork_id, viewed_at)
            where a.artwork_id = v.artwork_id and a.viewed_at is null
            """)
        {
            Parameters = { new NpgsqlParameter<long[]> { TypedValue = [.. views.Keys] }, new NpgsqlParameter<long[]> { TypedValue = [.. views.Values] } },
        });
    }
}

using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.SystemTests.Faults;

/// <summary>Reads the ledger past the servers: samples while a run goes on, and everything after it.</summary>
internal sealed class LedgerReader(string connectionString) : IAsyncDisposable
{
    /// <summary>Batches looked at in one sample: the newest, where a fault would show.</summary>
    private const int SampledBatches = 40;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    /// <summary>Looks at the newest batches and their artworks in one snapshot of the database.</summary>
    public async Task SampleAsync(History history)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        var recorded = new List<(string Session, long ArtworkId)>();
        await using (var batches = new NpgsqlCommand($"select session_id, impressions from impression_batch order by received_at desc limit {SampledBatches}", connection))
        await using (var reader = await batches.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                var session = reader.GetGuid(0).ToString();
                recorded.AddRange(PackedImpressions.Unpack(reader.GetFieldValue<byte[]>(1))
                    .Where(impression => impression.Outcome == ImpressionOutcome.Recorded).Select(impression => (session, impression.ArtworkId)));
            }
        }

        await using var artworks = new NpgsqlCommand("select artwork_id, viewed_at from artwork where artwork_id = any($1)", connection)
        {
            Parameters = { new() { Value = recorded.Select(impression => impression.ArtworkId).Distinct().ToArray() } },
        };
        var viewedAt = new Dictionary<long, long?>();
        await using (var reader = await artworks.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                viewedAt[reader.GetInt64(0)] = reader.IsDBNull(1) ? null : reader.GetInt64(1);
            }
        }

        var now = history.NowMs;
        foreach (var (session, artworkId) in recorded.Where(impression => viewedAt.GetValueOrDefault(impression.ArtworkId) is null))
        {
            history.Add(new Unviewed(now, artworkId, session));
        }

        foreach (var (artworkId, viewed) in viewedAt.Take(SampledBatches))
        {
            history.Add(new ViewSample(now, artworkId, viewed));
        }
    }

    /// <summary>Whether every batch row has been added up by its tally.</summary>
    public async Task<bool> IsTalliedAsync()
    {
        await using var command = _source.CreateCommand(
            "select not exists (select 1 from impression_batch b left join tally_checkpoint c using (writer_number) where b.position > coalesce(c.position, 0))");
        return await command.ExecuteScalarAsync() is true;
    }

    public async Task<LedgerImage> ReadAsync()
    {
        var listeners = (await RowsAsync("select session_id, listener_id from session", row => (Session: row.GetGuid(0).ToString(), Listener: row.GetString(1))))
            .ToDictionary(row => row.Session, row => row.Listener);
        var batches = await RowsAsync(
            "select session_id, batch_number, batch_id, received_at, impressions, duplicates, missing_change from impression_batch order by session_id, batch_number",
            row => new BatchRow(
                row.GetGuid(0).ToString(), row.GetInt64(1), row.GetGuid(2).ToString(), row.GetInt64(3), PackedImpressions.Unpack(row.GetFieldValue<byte[]>(4)), row.GetInt32(5), row.GetInt64(6)));
        var blocks = await RowsAsync(
            "select listener_id, block_number, session_id, artwork_ids, coalesce(returned_ids, ''::bytea), kind from listener_block",
            row => new BlockRow(row.GetString(0), row.GetInt64(1), row.GetGuid(2).ToString(), Unpack(row.GetFieldValue<byte[]>(3)), Unpack(row.GetFieldValue<byte[]>(4)), row.GetInt32(5) == (int)BlockKind.Claimed));
        var viewed = await RowsAsync("select artwork_id, viewed_at from artwork", row => (Id: row.GetInt64(0), ViewedAt: row.IsDBNull(1) ? (long?)null : row.GetInt64(1)));
        var counters = (await RowsAsync("select counter, sum(amount)::bigint from release_counter group by counter", row => (Name: row.GetString(0), Amount: row.GetInt64(1))))
            .ToDictionary(row => row.Name, row => row.Amount);
        counters["missing"] = batches.Sum(batch => batch.MissingChange);
        await using var database = new PostgresDatabase(connectionString);
        await new SqlViewCounts(database).CountAsync(DateTimeOffset.MaxValue, TimeSpan.Zero, CancellationToken.None);
        var catalogue = new SqlCatalogue(database);
        var artworks = new ArtworkRow[viewed.Count];
        await Parallel.ForAsync(0, viewed.Count, async (i, stop) =>
            artworks[i] = new ArtworkRow(viewed[i].Id, viewed[i].ViewedAt, (await catalogue.ReadViewsAsync(viewed[i].Id, stop))!.ViewCount));
        return new LedgerImage(listeners, batches, blocks, artworks, counters, await ReadLossAsync(database));
    }

    /// <returns>What <c>verify</c> would say.</returns>
    public async Task<IReadOnlyList<string>> VerifyAsync()
    {
        await using var database = new PostgresDatabase(connectionString);
        var result = new VerificationResult(20);
        await database.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, result, CancellationToken.None);
                return true;
            },
            CancellationToken.None);
        return [.. result.All.SelectMany(check => check.Rows.Select(row => $"{check.Name}: {row.What}"))];
    }

    private async Task<LossFigures> ReadLossAsync(PostgresDatabase database)
    {
        var ended = await RowsAsync("select session_id from session where ended_at is not null", row => row.GetGuid(0).ToString());
        var kpis = await KpiSummaries.ReadAsync(new SqlFigures(database), TimeProvider.System, 2, null, name => name, CancellationToken.None);
        long Of(string name) => kpis.Figures.Single(figure => figure.Name == name).Numerator;
        return new LossFigures(Of("lost"), Of("lostAtMost"), ended.ToHashSet());
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static long[] Unpack(byte[] packed) => packed.Length == 0 ? [] : PackedIds.Unpack(packed);

    private async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
#pragma warning disable CA2100 // Constants of this class.
        await using var command = _source.CreateCommand(sql);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}

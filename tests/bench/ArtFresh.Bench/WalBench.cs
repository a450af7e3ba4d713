using System.Diagnostics;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// Bytes of PostgreSQL's write-ahead log an impression, full-page images included, from a checkpoint on, and of its tables: sessions are served what others have seen and
/// report a batch at a time, at a fixed rate. What the counting of views writes comes once in many minutes, so it is measured alone and divided by its own share.
/// </summary>
internal static class WalBench
{
    private const int Seconds = 60;

    /// <summary>What one session shows: a listener's day.</summary>
    private const int SessionImpressions = 100;

    private static readonly TimeSpan ViewsDelay = new Grains.Commit.CommitOptions().ViewsDelay;

    private const string DiskSql =
        "select pg_total_relation_size('listener_block') + (select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'impression_batch'::regclass)::bigint";

    public static async Task RunAsync(int[] catalogues, int[] rates, int batchSize)
    {
        var table = new Table().AddColumns(
            "artworks", "a batch", "impressions/s", "reached", "log, bytes an impression", "of it full-page images", "counting of views: bytes, once in", "log with it", "batches and blocks on disk");
        foreach (var catalogue in catalogues)
        {
            await using var silo = await SiloOnPostgres.StartAsync();
            await silo.MakeAsync(catalogue);
            // A first view rewrites the artwork's row: once in its life.
            await BenchDatabase.ExecuteAsync(silo.Database, "update artwork set viewed_at = created_at");
            await BenchDatabase.ExecuteAsync(silo.Database, "vacuum analyze artwork");
            foreach (var rate in rates)
            {
                var sessions = await OpenAsync(silo, rate * Seconds / SessionImpressions, rate);
                table.AddRow(await MeasureAsync(silo, catalogue, sessions, rate, batchSize));
                AnsiConsole.MarkupLineInterpolated($"[grey]{catalogue:N0} artworks, {rate:N0} impressions a second: done[/]");
            }
        }

        AnsiConsole.Write(table);
    }

    private static async Task<IListenerSessionGrain[]> OpenAsync(SiloOnPostgres silo, int count, int rate)
    {
        var sessions = new IListenerSessionGrain[count];
        await WrittenListeners.EachAsync(count, async i =>
        {
            sessions[i] = await silo.OpenAsync($"guest-{rate:x8}{i:x8}");
            // All are in memory, with a block.
            await SiloOnPostgres.TakeAsync(sessions[i], 1, isShown: false);
        });
        return sessions;
    }

    private static async Task<string[]> MeasureAsync(SiloOnPostgres silo, int catalogue, IListenerSessionGrain[] sessions, int rate, int batchSize)
    {
        await CountViewsAsync(silo);
        var numbers = new long[sessions.Length];
        await WrittenListeners.EachAsync(sessions.Length, async i => numbers[i] = await sessions[i].HighWater() ?? 0);
        await BenchDatabase.ExecuteAsync(silo.Database, "checkpoint");
        var (written, images, disk) = (await WrittenAsync(silo), await ImagesAsync(silo), await silo.CountAsync(DiskSql));
        var (impressions, lasted) = await ServeAsync(sessions, numbers, rate, batchSize);
        await silo.TalliedAsync();
        var bytes = await WrittenAsync(silo) - written;
        var imageBytes = (await ImagesAsync(silo) - images) * 8192L;
        var pages = await silo.CountAsync("select count(*) from artwork_views");
        written = await WrittenAsync(silo);
        await CountViewsAsync(silo);
        var counting = await WrittenAsync(silo) - written;
        pages = Math.Max(pages, await silo.CountAsync("select count(*) from artwork_views"));
        var every = SqlViewCounts.WaitOf(pages, ViewsDelay);
        return
        [
            $"{catalogue:N0}", $"{batchSize}", $"{rate:N0}", $"{impressions / lasted.TotalSeconds:N0}", $"{bytes / impressions:0.0}", $"{Math.Min(bytes, imageBytes) / impressions:0.0}", $"{counting:N0}, {every.TotalMinutes:0} min",
            $"{(bytes / impressions) + (counting / (every.TotalSeconds * rate)):0.0}", $"{(await silo.CountAsync(DiskSql) - disk) / impressions:0.0}",
        ];
    }

    private static async Task<(double Impressions, TimeSpan Lasted)> ServeAsync(IListenerSessionGrain[] sessions, long[] numbers, int rate, int batchSize)
    {
        var (batches, started, flying) = (Seconds * rate / batchSize, Stopwatch.GetTimestamp(), new List<Task>());
        for (var batch = 0; batch < batches; batch++)
        {
            var due = TimeSpan.FromSeconds((double)batch * batchSize / rate) - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.FromMilliseconds(5))
            {
                await Task.Delay(due, TimeProvider.System);
                flying.RemoveAll(one => one.IsCompletedSuccessfully);
            }

            flying.Add(ShowAsync(batch % sessions.Length));
        }

        await Task.WhenAll(flying);
        return ((double)batches * batchSize, Stopwatch.GetElapsedTime(started));

        async Task ShowAsync(int i)
        {
            var taken = await sessions[i].TakeFresh(new FreshRequest(batchSize, MoodGrid.CenterOf(i % MoodGrid.CellCount), null));
            var recorded = taken.Outcome == SessionOutcome.Done
                ? await sessions[i].RecordBatch(new ImpressionBatch(
                    Guid.CreateVersion7(), Interlocked.Add(ref numbers[i], batchSize) - batchSize + 1, [.. taken.Artworks.Select(artwork => artwork.ArtworkId)], [],
                    new DeliveryReport(batchSize, 0, "fetch", "size", 1, [.. taken.Artworks.Select(artwork => 300 + (int)(artwork.ArtworkId % 1_000))])))
                : throw new InvalidOperationException($"No art: {taken.Outcome}.");
            if (recorded.Outcome != SessionOutcome.Done)
            {
                throw new InvalidOperationException($"Not recorded: {recorded.Outcome}.");
            }
        }
    }

    private static Task<bool> CountViewsAsync(SiloOnPostgres silo) =>
        silo.Service<IViewCounts>().CountAsync(DateTimeOffset.MaxValue, TimeSpan.Zero, CancellationToken.None);

    private static Task<long> WrittenAsync(SiloOnPostgres silo) => silo.CountAsync("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");

    private static Task<long> ImagesAsync(SiloOnPostgres silo) => silo.CountAsync("select wal_fpi from pg_stat_wal");
}

using System.Diagnostics;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>The parts by themselves, in one process: the ledger writer on PostgreSQL without HTTP and grains, and a call to a session's grain that does nothing.</summary>
internal static class LimitsBench
{
    private const int Batch = 50;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    public static async Task RunAsync()
    {
        await using var silo = await SiloOnPostgres.StartAsync();
        await silo.MakeAsync(10_000);
        var table = new Table().AddColumns("at once", "batches of 50 a second by the ledger writer alone", "calls a second to a session's grain alone");
        foreach (var atOnce in new[] { 64, 256 })
        {
            var written = await CountAsync(atOnce, number => AppendAsync(silo, number));
            var sessions = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(i => silo.OpenAsync($"guest-limit-{atOnce}-{i}")));
            var called = await CountAsync(atOnce, async number => await sessions[number % atOnce].Disown([], 0));
            table.AddRow($"{atOnce}", $"{written:N0}", $"{called:N0}");
        }

        AnsiConsole.Write(table);
    }

    private static async Task AppendAsync(SiloOnPostgres silo, long number)
    {
        long[] ids = [.. Enumerable.Range(0, Batch).Select(i => 1 + ((number * Batch) + (i * 7)) % 10_000)];
        var verdict = await silo.Writer.AppendAsync(new BatchRecorded(
            Guid.CreateVersion7(), "bench", DateTimeOffset.UnixEpoch, 1, Guid.CreateVersion7(), TimeProvider.System.GetUtcNow(),
            PackedImpressions.Pack([.. ids.Select((id, i) => new PackedImpression(i + 1, id, ImpressionOutcome.Recorded))]), [.. ids], null, 0, 0, null));
        if (verdict != LedgerVerdict.Committed)
        {
            throw new InvalidOperationException($"A batch was not committed: {verdict}.");
        }
    }

    /// <summary>How often something is done a second by so many who do it over and over.</summary>
    private static async Task<double> CountAsync(int atOnce, Func<long, Task> work)
    {
        var (next, done) = (0L, 0L);
        var clock = Stopwatch.StartNew();
        async Task GoAsync()
        {
            await Task.Yield();
            while (clock.Elapsed < WarmUp + Measured)
            {
                await work(Interlocked.Increment(ref next));
                if (clock.Elapsed > WarmUp)
                {
                    Interlocked.Increment(ref done);
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => GoAsync()));
        return done / (clock.Elapsed - WarmUp).TotalSeconds;
    }
}

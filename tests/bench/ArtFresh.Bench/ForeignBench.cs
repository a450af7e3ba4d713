using System.Diagnostics;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// What a listener's other sessions cost: a batch that names another session's art, by how much the listener has seen, and the opening of a session, by how many artworks sessions have claimed
/// from each other. Sizes in turn, on one silo, with the listener in memory.
/// </summary>
internal static class ForeignBench
{
    private const int WarmUpRounds = 30;
    private const int Rounds = 300;
    private const int Catalogue = 2_000_000;
    private const long FirstSeen = 10_000_000;
    private const int EntriesAtOnce = 500;
    private const int BlockArtworks = 128;

    private static readonly int[] Seen = [100, 10_000, 1_000_000];
    private static readonly int[] Claims = [0, 1_000, 50_000];
    private static readonly Guid Old = Guid.CreateVersion7();
    private static readonly DateTimeOffset LongAgo = DateTimeOffset.UnixEpoch.AddYears(50);

    public static async Task RunAsync()
    {
        await using var silo = await SiloOnPostgres.StartAsync();
        await silo.MakeAsync(50_000);
        Print("artworks seen", "batch of 5 of another session, us", Seen, await NameAsync(silo));
        var (openings, readings) = await OpenAsync(silo);
        Print("claims in the log", "opening of a session, us", Claims, openings);
        Print("claims in the log", "reading of a session with a block, us", Claims, readings);
    }

    private static async Task<Dictionary<int, List<double>>> NameAsync(SiloOnPostgres silo)
    {
        var times = Seen.ToDictionary(seen => seen, _ => new List<double>());
        var sessions = new Dictionary<int, (IListenerSessionGrain Names, IListenerSessionGrain Serves)>();
        foreach (var seen in Seen)
        {
            await WriteAsync(silo, Enumerable.Range(0, (seen + BlockArtworks - 1) / BlockArtworks).Select(block => new BlockLogged(
                $"seen-{seen}", block + 1, BlockKind.SetAside, Old, [.. Enumerable.Range(block * BlockArtworks, Math.Min(BlockArtworks, seen - (block * BlockArtworks))).Select(Scattered)], [], LongAgo)));
            sessions[seen] = (await silo.OpenAsync($"seen-{seen}"), await silo.OpenAsync($"seen-{seen}"));
        }

        await EachRoundAsync(Seen, async (seen, round) =>
        {
            var (names, serves) = sessions[seen];
            // A mood each: who comes to a pool first would pay for the others, by setting viewed_at.
            var taken = await serves.TakeFresh(new FreshRequest(5, MoodGrid.CenterOf(27 + Array.IndexOf(Seen, seen)), null));
            var asked = Stopwatch.GetTimestamp();
            var recorded = await names.RecordBatch(new ImpressionBatch(Guid.CreateVersion7(), (round * 5) + 1, [.. taken.Artworks.Select(artwork => artwork.ArtworkId)], [], null));
            Note(times[seen], round, asked);
            if (recorded.Recorded != taken.Artworks.Length)
            {
                throw new InvalidOperationException($"Of {taken.Artworks.Length} impressions {recorded.Recorded} were recorded: {recorded.Outcome}.");
            }
        });
        return times;
    }

    private static async Task<(Dictionary<int, List<double>> Openings, Dictionary<int, List<double>> Readings)> OpenAsync(SiloOnPostgres silo)
    {
        var times = Claims.ToDictionary(claims => claims, _ => new List<double>());
        var readings = Claims.ToDictionary(claims => claims, _ => new List<double>());
        foreach (var claims in Claims)
        {
            await WriteAsync(silo, Enumerable.Range(1, claims).Select(number => new BlockLogged(
                $"claims-{claims}", number, BlockKind.Claimed, Old, [Scattered(number)], [], LongAgo)));
        }

        await EachRoundAsync(Claims, async (claims, round) =>
        {
            var asked = Stopwatch.GetTimestamp();
            var session = await silo.OpenAsync($"claims-{claims}");
            Note(times[claims], round, asked);
            // It has a block, as every session that is served.
            await session.TakeFresh(new FreshRequest(1, MoodGrid.CenterOf(30), null));
            asked = Stopwatch.GetTimestamp();
            await silo.ReadAsync(session);
            Note(readings[claims], round, asked);
        });
        return (times, readings);
    }

    /// <summary>Above the art that there is, so that all of it is fresh for everybody.</summary>
    private static long Scattered(int index) => FirstSeen + (index * 123_457L % Catalogue);

    /// <summary>Rows as the ledger would hold them had the listener lived.</summary>
    private static async Task WriteAsync(SiloOnPostgres silo, IEnumerable<BlockLogged> rows)
    {
        foreach (var some in rows.Chunk(EntriesAtOnce))
        {
            if ((await Task.WhenAll(some.Select(entry => silo.Writer.AppendAsync(entry)))).Any(verdict => verdict != LedgerVerdict.Committed))
            {
                throw new InvalidOperationException("A row was not written.");
            }
        }
    }

    private static async Task EachRoundAsync(int[] sizes, Func<int, int, Task> work)
    {
        for (var round = 0; round < WarmUpRounds + Rounds; round++)
        {
            // Each is first as often as the others.
            foreach (var size in sizes.Select((_, i) => sizes[(i + round) % sizes.Length]))
            {
                await work(size, round);
            }
        }
    }

    private static void Note(List<double> times, int round, long asked)
    {
        if (round >= WarmUpRounds)
        {
            times.Add(Stopwatch.GetElapsedTime(asked).TotalMicroseconds);
        }
    }

    private static void Print(string grows, string what, int[] sizes, Dictionary<int, List<double>> times)
    {
        var table = new Table().AddColumns(grows, what, "p99", "beside the smallest");
        foreach (var size in sizes)
        {
            table.AddRow($"{size:N0}", $"{Quantile(times[size], 0.5):0}", $"{Quantile(times[size], 0.99):0}", $"{Quantile(times[size], 0.5) / Quantile(times[sizes[0]], 0.5):0.00}");
        }

        AnsiConsole.Write(table);
    }

    private static double Quantile(List<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
    }
}

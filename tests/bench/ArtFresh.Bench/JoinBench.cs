using System.Diagnostics;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>How long a guest's joining takes, by how much the guest has seen. The account has a session that is served, and has seen as much in another.</summary>
internal static class JoinBench
{
    private const int BlockArtworks = 128;

    /// <summary>Twice what anybody has seen, so that sets have gaps.</summary>
    private const int Catalogue = 2_000_000;

    private static readonly (int Seen, int Guests)[] Sizes = [(100, 40), (10_000, 40), (1_000_000, 6)];

    public static async Task RunAsync()
    {
        await using var silo = await SiloOnPostgres.StartAsync();
        await silo.MakeAsync(50_000);
        var table = new Table().AddColumns("seen by the guest", "guest in memory, ms", "slowest", "guest not in memory, ms", "slowest", "account's row, bytes");
        foreach (var (seen, guests) in Sizes)
        {
            var (warm, cold) = (new List<double>(), new List<double>());
            // In turn, and without the first of each, which compile what they run.
            for (var i = -1; i < guests; i++)
            {
                foreach (var (times, isInMemory) in new[] { (warm, true), (cold, false) })
                {
                    var took = await JoinAsync(silo, seen, i, isInMemory);
                    times.AddRange(i < 0 ? [] : [took]);
                }
            }

            var row = PackedIds.Pack([.. Ids(seen, 0, seen).Order()]).Length;
            table.AddRow($"{seen:N0}", $"{Median(warm):0.0}", $"{warm.Max():0.0}", $"{Median(cold):0.0}", $"{cold.Max():0.0}", $"{row:N0}");
        }

        AnsiConsole.Write(table);
    }

    private static async Task<double> JoinAsync(SiloOnPostgres silo, int seen, int number, bool isInMemory)
    {
        var (guest, account) = ($"guest-{seen}-{isInMemory}-{number}", $"sub-{seen}-{isInMemory}-{number}");
        await WriteAsync(silo, guest, seen, (2 * number) + 2);
        await WriteAsync(silo, account, seen, (2 * number) + 3);
        var session = await silo.OpenAsync(account);
        await SiloOnPostgres.TakeAsync(session, 5, isShown: false);
        if (isInMemory)
        {
            await silo.Grains.GetGrain<IListenerGrain>(guest).Has(1);
        }

        var asked = Stopwatch.GetTimestamp();
        var outcome = await silo.Grains.GetGrain<IListenerGrain>(account).Join(guest);
        var took = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
        await session.Finish([]);
        return outcome == JoinOutcome.Joined ? took : throw new InvalidOperationException($"The guest has not joined: {outcome}.");
    }

    /// <summary>Blocks as the ledger would hold them had the listener been served so much, long ago.</summary>
    private static async Task WriteAsync(SiloOnPostgres silo, string listener, int seen, int number)
    {
        var session = Guid.CreateVersion7();
        var blocks = Enumerable.Range(0, (seen + BlockArtworks - 1) / BlockArtworks).Select(block => new BlockLogged(
            listener, block + 1, BlockKind.SetAside, session, [.. Ids(number, block * BlockArtworks, Math.Min(BlockArtworks, seen - (block * BlockArtworks)))], [],
            DateTimeOffset.UnixEpoch.AddYears(50)));
        foreach (var some in blocks.Chunk(500))
        {
            var verdicts = await Task.WhenAll(some.Select(entry => silo.Writer.AppendAsync(entry)));
            if (verdicts.Any(verdict => verdict != LedgerVerdict.Committed))
            {
                throw new InvalidOperationException($"A listener was not written: {string.Join(", ", verdicts.Distinct())}.");
            }
        }
    }

    /// <summary>Scattered over the catalogue: a step that shares no divisor with its size meets each artwork once.</summary>
    private static IEnumerable<long> Ids(int number, int first, int count) =>
        Enumerable.Range(first, count).Select(i => 1 + (((number * 31L) + (i * 123_457L)) % Catalogue));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

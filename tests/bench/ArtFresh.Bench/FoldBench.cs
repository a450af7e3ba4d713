using System.Diagnostics;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Retention;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// What listeners' logs weigh after a year of 100 artworks a day, before and after all months but two are dropped; how long that takes, an activation from what is left, and
/// <c>verify</c>.
/// </summary>
internal static class FoldBench
{
    private const int Days = 365;
    private const int Activations = 300;
    private const int WrittenAtOnce = 64;
    private const long Step = 123_457;
    private const int Catalogue = 200_000;

    /// <summary>A day's blocks grow as a sitting's do; what is left of the last is given back.</summary>
    private static readonly int[] Blocks = [16, 32, 64];

    private const int GivenBack = 12;

    private static DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    private static DateTimeOffset Kept { get; } = new DateTimeOffset(Now.Year, Now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(-1);

    public static async Task RunAsync(int listeners)
    {
        await using var silo = await SiloOnPostgres.StartAsync();
        await silo.MakeAsync(Catalogue);
        var started = Stopwatch.StartNew();
        await Parallel.ForAsync(0, listeners, new ParallelOptions { MaxDegreeOfParallelism = WrittenAtOnce }, async (i, _) => await WriteAsync(silo, i));
        Say($"{listeners} listeners with {Days} days of 100 artworks written in {started.Elapsed.TotalSeconds:0} s");
        var before = await SizeAsync(silo, "listener_block");

        started.Restart();
        await silo.Service<BlockDropping>().DropAsync(Kept, () => Task.FromResult(true), CancellationToken.None);
        var took = started.Elapsed;
        await silo.CountAsync("vacuum full listener_block, erased_block, listener_snapshot; select 1");
        var left = await SizeAsync(silo, "listener_block") + await SizeAsync(silo, "erased_block");
        var snapshots = await SizeAsync(silo, "listener_snapshot");
        await silo.RestartAsync();
        var times = await ActivateAsync(silo, listeners);

        started.Restart();
        var faults = await VerifyAsync(silo);
        AnsiConsole.Write(new Table().AddColumns("of a listener and year", "").AddRow("log before, bytes", $"{before / listeners:N0}").AddRow("log after, bytes", $"{left / listeners:N0}")
            .AddRow("both snapshots, bytes", $"{snapshots / listeners:N0}").AddRow("dropping, ms", $"{took.TotalMilliseconds / listeners:0.0}")
            .AddRow("activation, ms: median", $"{times[times.Count / 2]:0.0}").AddRow("p99", $"{times[times.Count * 99 / 100]:0.0}").AddRow("slowest", $"{times[^1]:0.0}"));
        Say($"verify: {faults} in {started.Elapsed.TotalSeconds:0} s");
    }

    private static async Task WriteAsync(SiloOnPostgres silo, int listener)
    {
        var (session, month, number, next) = (Guid.Empty, 0, 0L, 0);
        for (var day = Days - 1; day >= 0; day--)
        {
            var at = Now.AddDays(-day);
            var entries = new List<LedgerEntry>();
            if (at.Month != month)
            {
                (session, month) = (Guid.CreateVersion7(at), at.Month);
                entries.Add(new SessionOpened(NameOf(listener), session, "bench", at));
            }

            foreach (var size in Blocks)
            {
                entries.Add(new BlockLogged(NameOf(listener), ++number, BlockKind.SetAside, session, [.. Enumerable.Range(next, size).Select(index => ArtworkAt(listener, index))], [], at));
                next += size;
            }

            next -= GivenBack;
            entries.Add(new BlockLogged(NameOf(listener), ++number, BlockKind.SetAside, session, [], [.. Enumerable.Range(next, GivenBack).Select(index => ArtworkAt(listener, index))], at));
            foreach (var entry in entries)
            {
                if (await silo.Writer.AppendAsync(entry) is not LedgerVerdict.Committed and var verdict)
                {
                    throw new InvalidOperationException($"A listener was not written: {verdict}.");
                }
            }
        }
    }

    /// <summary>The first call of listeners who are not in memory, each of which is then served what it has not had.</summary>
    private static async Task<List<double>> ActivateAsync(SiloOnPostgres silo, int listeners)
    {
        var times = new List<double>();
        for (var i = 0; i < Math.Min(listeners, Activations); i++)
        {
            var grain = silo.Grains.GetGrain<IListenerGrain>(NameOf(i));
            var asked = Stopwatch.GetTimestamp();
            await grain.Has(1);
            times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            var had = ArtworkSet.FromBytes((await grain.HandOver()).Artworks);
            var taken = await (await silo.OpenAsync(NameOf(i))).TakeFresh(new FreshRequest(20, MoodGrid.CenterOf(i % MoodGrid.CellCount), null));
            if (had.Count != Days * 100 || taken.Artworks.Any(artwork => had.Contains(artwork.ArtworkId)))
            {
                throw new InvalidOperationException($"{NameOf(i)} has {had.Count} artworks, and was served {taken.Artworks.Count(artwork => had.Contains(artwork.ArtworkId))} of them again.");
            }
        }

        times.Sort();
        return times;
    }

    private static async Task<string> VerifyAsync(SiloOnPostgres silo)
    {
        await using var database = new PostgresDatabase(silo.Database);
        var result = new VerificationResult(5);
        await database.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, result, CancellationToken.None);
                return true;
            },
            CancellationToken.None);
        return result.Holds ? "every check holds" : string.Join("; ", result.All.Where(check => check.Faults > 0).Select(check => $"{check.Name}: {check.Rows[0].What}"));
    }

    private static Task<long> SizeAsync(SiloOnPostgres silo, string table) => silo.CountAsync($"select pg_total_relation_size('{table}')");

    private static long ArtworkAt(int listener, int index) => 1 + (((listener * 31L) + (index * Step)) % Catalogue);

    private static string NameOf(int listener) => string.Create(CultureInfo.InvariantCulture, $"sub-{listener:x16}");

    private static void Say(string text) => AnsiConsole.MarkupLineInterpolated($"[grey]{text}[/]");
}

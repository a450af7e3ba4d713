using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The table: what each event costs, in real Chromium against the real server.</summary>
internal static class DeliveryTable
{
    /// <summary>The most artworks that may be served for each that is shown.</summary>
    public const double SpentMax = 1.3;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary><c>[--times N] [--at-once N] [--only PART-OF-NAME|PART-OF-NAME…] [--peers [PART-OF-NAME]] [--calls] [--json FILE]</c></summary>
    /// <returns>0 where the library lost nothing, recorded nothing for nobody, and spent little more than it showed.</returns>
    public static async Task<int> PrintAsync(string[] arguments)
    {
        var rounds = new Rounds(Number(arguments, "--times"), Number(arguments, "--at-once"), arguments.Contains("--calls"));
        var parts = (Value(arguments, "--only") ?? "").Split('|');
        DeliveryEvent[] events = [.. DeliveryEvent.All.Where(one => Array.Exists(parts, part => one.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))];
        using var library = new ClientLibrary();
        var tables = new Dictionary<string, Dictionary<string, DeliveryResult>>();
        if (!arguments.Contains("--peers"))
        {
            tables["artfresh"] = await PrintOneAsync(events, rounds, async () => await ShownArt.StartAsync(library));
        }
        else
        {
            using var peers = new PeerLibrary();
            var only = Value(arguments, "--peers") is { } named && !named.StartsWith("--", StringComparison.Ordinal) ? named : "";
            foreach (var sdk in peers.Names.Where(name => name.Contains(only, StringComparison.Ordinal)))
            {
                Console.WriteLine($"\n{sdk}\n");
                // They have one endpoint, and make no art.
                tables[sdk] = await PrintOneAsync([.. events.Where(one => !one.IsOurs)], rounds, async () => await PeerShow.StartAsync(peers, sdk));
            }
        }

        if (Value(arguments, "--json") is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { rounds.Times, tables }, Indented));
        }

        return tables.GetValueOrDefault("artfresh", []).Values.All(row => row.Lost + row.Repeats + row.ForNobody == 0 && row.Spent <= SpentMax * row.Shown) ? 0 : 1;
    }

    private static async Task<Dictionary<string, DeliveryResult>> PrintOneAsync(DeliveryEvent[] events, Rounds rounds, Func<Task<Show>> start)
    {
        var rows = new Dictionary<string, DeliveryResult>();
        Console.WriteLine("| event | shown | lost | repeats | for nobody | spent / shown | sent in vain | calls per 100 | fresh calls per 100 |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var happening in events)
        {
            var results = new ConcurrentBag<DeliveryResult>();
            await Parallel.ForEachAsync(Enumerable.Range(0, rounds.Times), new ParallelOptions { MaxDegreeOfParallelism = rounds.AtOnce }, async (_, _) =>
            {
                await using var show = await start();
                results.Add(await show.CountAsync(await happening.Run(show, 1)));
                if (rounds.IsReported)
                {
                    await Console.Error.WriteLineAsync(string.Join('\n', [happening.Name, .. show.Calls]));
                }
            });

            var sum = rows[happening.Name] = DeliveryResult.Sum(results);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {happening.Name} | {sum.Shown} | {sum.Lost} ({Share(sum.Lost, sum)}) | {sum.Repeats} | {sum.ForNobody} | {(double)sum.Spent / sum.Shown:0.00} | {sum.Useless} ({Share(sum.Useless, sum)}) | {100.0 * sum.Calls / sum.Shown:0.0} | {100.0 * sum.FreshCalls / sum.Shown:0.0} |"));
        }

        return rows;
    }

    /// <param name="AtOnce">Of those, side by side: each has a server, a proxy and a browser of its own.</param>
    /// <param name="IsReported">Each request is written to the error stream.</param>
    private sealed record Rounds(int Times, int AtOnce, bool IsReported);

    private static int Number(string[] arguments, string name) => int.Parse(Value(arguments, name) ?? "1", CultureInfo.InvariantCulture);

    private static string Share(int part, DeliveryResult sum) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / sum.Shown:0.0}%");

    private static string? Value(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
}

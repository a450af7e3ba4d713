using System.Diagnostics;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>What a listener's history costs: fresh art, batches and activation for one who has had 10, 1,000 and 100,000 artworks, in turn, on one silo.</summary>
internal static class HistoryBench
{
    private const int Catalogue = 200_000;
    private const int WarmUpRounds = 300;
    private const int Rounds = 2_000;
    private const int Activations = 40;
    private static readonly int[] Histories = [10, 1_000, 100_000];

    public static async Task RunAsync()
    {
        await using var silo = await SiloOnPostgres.StartAsync();
        await silo.MakeAsync(Catalogue);
        await ServeAsync(silo);

        var fresh = Histories.ToDictionary(history => history, _ => new List<double>());
        var batch = Histories.ToDictionary(history => history, _ => new List<double>());
        var sessions = new Dictionary<int, (IListenerSessionGrain Grain, long Next)>();
        foreach (var history in Histories)
        {
            sessions[history] = (await silo.OpenAsync(Name(history)), 1);
        }

        for (var round = -WarmUpRounds; round < Rounds; round++)
        {
            // Each is first as often as the others: whoever comes after another's commit meets a disk at work.
            foreach (var history in Histories.Select((_, i) => Histories[(i + round + WarmUpRounds) % Histories.Length]))
            {
                var (session, next) = sessions[history];
                var asked = Stopwatch.GetTimestamp();
                var taken = await session.TakeFresh(new FreshRequest(5, MoodOf(history), null));
                var answered = Stopwatch.GetTimestamp();
                var recorded = await session.RecordBatch(new ImpressionBatch(
                    Guid.CreateVersion7(), next, [.. taken.Artworks.Select(artwork => artwork.ArtworkId)], [], null));
                var committed = Stopwatch.GetTimestamp();
                if (recorded.Recorded != 5)
                {
                    throw new InvalidOperationException($"Of 5 impressions {recorded.Recorded} were recorded.");
                }

                sessions[history] = (session, next + 5);
                if (round >= 0)
                {
                    fresh[history].Add(Stopwatch.GetElapsedTime(asked, answered).TotalMicroseconds);
                    batch[history].Add(Stopwatch.GetElapsedTime(answered, committed).TotalMicroseconds);
                }
            }
        }

        Print(fresh, batch, await ActivateAsync(silo));
    }

    /// <summary>Serves each listener as many artworks as their history has.</summary>
    private static async Task ServeAsync(SiloOnPostgres silo)
    {
        foreach (var history in Histories)
        {
            // So deep that no round has to wait for art to be made, and a mood each: who comes to a pool first would pay for the others, by setting viewed_at.
            await silo.MakeAsync((WarmUpRounds + Rounds) * 6, MoodGrid.CellOf(MoodOf(history)));
            var started = Stopwatch.StartNew();
            var session = await silo.OpenAsync(Name(history));
            await SiloOnPostgres.TakeAsync(session, history, isShown: false);
            await session.Finish([]);
            AnsiConsole.MarkupLineInterpolated($"[grey]{history} artworks served to one listener in {started.Elapsed.TotalSeconds:0.0} s[/]");
        }
    }

    private static void Print(Dictionary<int, List<double>> fresh, Dictionary<int, List<double>> batch, Dictionary<int, List<double>> activation)
    {
        var table = new Table().AddColumns("artworks had before", "fresh of 5, us", "p99", "batch of 5, us", "p99", "first art of a new session, listener not in memory, ms", "slowest");
        foreach (var history in Histories)
        {
            table.AddRow(
                $"{history:N0}", $"{Quantile(fresh[history], 0.5):0}", $"{Quantile(fresh[history], 0.99):0}", $"{Quantile(batch[history], 0.5):0}", $"{Quantile(batch[history], 0.99):0}",
                $"{Quantile(activation[history], 0.5):0.0}", $"{Quantile(activation[history], 1):0.0}");
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated(
            $"100,000 beside 10: fresh {Quantile(fresh[100_000], 0.5) / Quantile(fresh[10], 0.5):0.00}, batch {Quantile(batch[100_000], 0.5) / Quantile(batch[10], 0.5):0.00} times (medians of {Rounds} rounds, interleaved)");
    }

    private static async Task<Dictionary<int, List<double>>> ActivateAsync(SiloOnPostgres silo)
    {
        var times = Histories.ToDictionary(history => history, _ => new List<double>());
        for (var i = 0; i < Activations; i++)
        {
            await silo.ForgetAllAsync();
            foreach (var history in i % 2 == 0 ? Histories : [.. Histories.Reverse()])
            {
                var session = await silo.OpenAsync(Name(history));
                var asked = Stopwatch.GetTimestamp();
                await session.TakeFresh(new FreshRequest(5, MoodOf(history), null));
                times[history].Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                await session.Finish([]);
            }
        }

        return times;
    }

    private static Mood MoodOf(int history) => MoodGrid.CenterOf(27 + Array.IndexOf(Histories, history));

    private static string Name(int history) => $"guest-had-{history}";

    private static double Quantile(List<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
    }
}

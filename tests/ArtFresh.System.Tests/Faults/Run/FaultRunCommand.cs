using System.CommandLine;
using System.Text.Json;

namespace ArtFresh.SystemTests.Faults;

/// <summary><c>run</c>: a run of the length wanted, and its verdicts.</summary>
internal static class FaultRunCommand
{
    private const int Silos = 3;
    private const int FrontEnds = 2;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Task<int> RunAsync(string[] args)
    {
        var minutes = new Option<double>("--minutes") { Description = "About how long harm is done.", DefaultValueFactory = _ => 2 };
        var seed = new Option<int>("--seed") { Description = "The same seed does the same harm in the same order.", DefaultValueFactory = _ => Random.Shared.Next(1_000_000) };
        var plant = new Option<string?>("--plant") { Description = $"Breaks the servers on purpose, for the checker to find: {string.Join(", ", Plants.All.Select(known => known.Name))}." };
        plant.AcceptOnlyFromAmong([.. Plants.All.Select(known => known.Name)]);
        var json = new Option<FileInfo?>("--json") { Description = "A file for the result." };
        var command = new RootCommand("Kills, freezes, cuts off and restarts the members of a cluster under load, and checks the promises by the whole history.") { minutes, seed, plant, json };
        command.SetAction(async parsed =>
        {
            var number = parsed.GetValue(seed);
            var settings = parsed.GetValue(plant) is { } name
                ? Plants.SettingsFor(name, number)
                : new FaultRunSettings(FaultPlan.Make(parsed.GetValue(minutes), number, Silos, FrontEnds), number, Silos, FrontEnds);
            Console.WriteLine($"seed {number}, {settings.Plan.Count} faults");
            var result = await FaultRun.RunAsync(settings, Console.WriteLine);
            Print(result);
            if (parsed.GetValue(json) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(result, Indented));
            }

            return result.Holds ? 0 : 1;
        });
        return command.Parse(args).InvokeAsync();
    }

    private static void Print(FaultRunResult result)
    {
        Console.WriteLine();
        Console.WriteLine($"{result.Requests} requests done, {result.TriedAgain} tried again, {result.Served} artworks served, {result.Impressions} impressions in the ledger, {result.Seconds:0} s");
        Console.WriteLine("done: " + string.Join(", ", result.Harms.Select(harm => $"{harm.Value} {harm.Key}")));
        Console.WriteLine("longest wait of a listener, ms: " + string.Join(", ", result.LongestWaitsMs.Select(wait => $"{wait.Key} {wait.Value}")));
        foreach (var verdict in result.Verdicts)
        {
            Console.WriteLine($"{(verdict.Holds ? "held  " : "BROKEN")} {verdict.Promise}{(verdict.Holds ? "" : $": {verdict.Broken.Count}")}");
            foreach (var shown in verdict.Broken.Take(10))
            {
                Console.WriteLine($"         {shown}");
            }
        }
    }
}

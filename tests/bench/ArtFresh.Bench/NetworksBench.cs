using System.Globalization;
using ArtFresh.Freshness.Tests;

namespace ArtFresh.Bench;

/// <summary>How many networks a lie needs, and how late networks make a verdict on a real fault: the tables of docs/decisions/evidence-and-claims.md. Nothing is timed.</summary>
internal static class NetworksBench
{
    private static readonly int[] Honest = [25, 50, 200, 500];

    public static void Run()
    {
        Console.WriteLine($"| trigger | {string.Join(" | ", Honest.Select(honest => $"{honest} honest networks"))} |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var trigger in SimulatedClients.Claims)
        {
            Console.WriteLine($"| {trigger} | {string.Join(" | ", Honest.Select(honest => SimulatedClients.LiarsFor(trigger, honest)))} |");
        }

        Console.WriteLine();
        Console.WriteLine("| trigger | requests that fail | verdict after requests | without networks |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (var (trigger, faults) in SimulatedClients.Claims.SelectMany(trigger => new[] { (trigger, 0.1), (trigger, 0.2) }))
        {
            var (weighed, unweighed) = SimulatedClients.RequestsUntilFail(trigger, 200, faults);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {trigger} | {100 * faults}% | {(weighed == 0 ? "never" : weighed)} | {(unweighed == 0 ? "never" : unweighed)} |"));
        }
    }
}

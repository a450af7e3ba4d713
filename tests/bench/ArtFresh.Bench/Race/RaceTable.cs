using System.Globalization;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>The measurements as a table: medians over the rounds, their spread, and the ratio to ArtFresh on PostgreSQL.</summary>
internal static class RaceTable
{
    private const string Reference = "ArtFresh, PostgreSQL";

    public static void Write(IReadOnlyList<Measurement> measurements, RaceOptions options)
    {
        foreach (var work in options.Works)
        {
            foreach (var connections in options.Connections)
            {
                var groups = measurements.Where(m => m.Work == work && m.Connections == connections).GroupBy(m => m.Contestant).ToArray();
                if (groups.Length == 0)
                {
                    continue;
                }

                var reference = groups.FirstOrDefault(group => group.Key == Reference) is { } ours ? Median(ours, m => m.Load.PerSecond) : (double?)null;
                var table = new Table().Title($"{Title(work)}, {connections} connections")
                    .AddColumns("", "requests/s", "least to most", "ArtFresh is so many times as fast", "answer B", "p50 ms", "p99 ms", "CPU us a request: own", "database", "load", "disk B an impression");
                foreach (var group in groups)
                {
                    var rate = Median(group, m => m.Load.PerSecond);
                    table.AddRow(
                        group.Key,
                        Number(rate, "0"),
                        $"{Number(group.Min(m => m.Load.PerSecond), "0")} to {Number(group.Max(m => m.Load.PerSecond), "0")}",
                        reference is null ? "" : Number(reference.Value / rate, "0.00"),
                        Number(Median(group, m => m.Load.AnswerBytes), "0"),
                        Number(Median(group, m => m.Load.P50Us / 1000), "0.0"),
                        Number(Median(group, m => m.Load.P99Us / 1000), "0.0"),
                        string.Join(", ", group.First().Cpu.Keys.Where(IsOwn).Select(part => $"{part} {Number(Median(group, m => m.Cpu[part]), "0")}")),
                        Number(Median(group, m => m.Cpu["PostgreSQL"] + m.Cpu["Redis"]), "0.0"),
                        Number(Median(group, m => m.Cpu["load"]), "0"),
                        group.All(m => m.DiskBytes is not null) ? Number(Median(group, m => m.DiskBytes!.Value), "0.0") : "");
                }

                AnsiConsole.Write(table);
            }
        }
    }

    /// <summary>Whether a part of the processor time is the contestant's.</summary>
    public static bool IsOwn(string part) => part is not ("PostgreSQL" or "Redis" or "load");

    public static double Median<T>(IEnumerable<T> items, Func<T, double> value)
    {
        var sorted = items.Select(value).Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Title(string work) => work switch
    {
        "w" => "W: a batch of 50 impressions, durable",
        "w1" => "W1: a single impression, durable",
        "r" => "R: 5 fresh artworks",
        "m" => "M: one W to four R",
        "deep" => "R for listeners who have seen 10,000",
        "shallow" => "R for listeners who have seen nothing",
        _ => "a constant of 8 bytes",
    };
}

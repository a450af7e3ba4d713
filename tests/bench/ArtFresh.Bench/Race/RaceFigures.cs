using System.Globalization;

namespace ArtFresh.Bench;

/// <summary>A race's rates beside each other, with what they should be: medians of the ratios within rounds.</summary>
internal static class RaceFigures
{
    private const string Own = "ArtFresh, PostgreSQL";

    /// <summary>Whom a work is compared with, over how many connections, and how many times as fast ArtFresh should be.</summary>
    private static readonly (string Work, string Beside, string BesideWork, int Connections, double Aim)[] Aims =
    [
        ("w", "ArtFresh without ledger", "w", 64, 0.70),
        ("w", "ArtFresh without ledger", "w", 256, 0.80),
        ("w", "Kestrel, nothing done", "w", 64, 0.45),
        ("r", "Kestrel, nothing done", "r", 64, 0.78),
        ("r", "Kestrel, nothing done", "constant", 64, 0.62),
        ("w", "Express, PostgreSQL", "w", 64, 20),
        ("w", "ASP.NET, PostgreSQL", "w", 64, 13),
        ("w", "ASP.NET, Redis", "w", 64, 2.8),
        ("r", "Express, PostgreSQL", "r", 64, 24),
        ("r", "ASP.NET, PostgreSQL", "r", 64, 11),
        ("r", "ASP.NET, Redis", "r", 64, 2.6),
    ];

    public static IEnumerable<Figure> Of(IReadOnlyList<Measurement> measurements) => Aims.Select(aim => Of(measurements, aim)).OfType<Figure>();

    private static Figure? Of(IReadOnlyList<Measurement> measurements, (string Work, string Beside, string BesideWork, int Connections, double Aim) aim)
    {
        Measurement[] Runs(string contestant, string work) => [.. measurements.Where(run => run.Contestant == contestant && run.Work == work && run.Connections == aim.Connections)];
        var ratios = Runs(Own, aim.Work).Join(Runs(aim.Beside, aim.BesideWork), run => run.Round, run => run.Round, (own, other) => own.Load.PerSecond / other.Load.PerSecond).ToArray();
        if (ratios.Length == 0)
        {
            return null;
        }

        var ratio = RaceTable.Median(ratios, one => one);
        string Text(double value) => value.ToString(value < 3 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
        return new Figure(
            $"{aim.Work.ToUpperInvariant()} beside {aim.Beside}{(aim.BesideWork == "constant" ? ", 8 bytes" : "")}, {aim.Connections} connections",
            $"{Text(ratio)} ({Text(ratios.Min())} to {Text(ratios.Max())})", Text(aim.Aim), ratio >= aim.Aim);
    }
}

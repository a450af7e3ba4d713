using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ArtFresh.Contracts;
using ArtFresh.Grains.Operations;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>kpi</c>: the key figures of the last days, from the ledger itself.</summary>
internal static class KpiCommand
{
    public static Command Create()
    {
        var days = OperatorCommands.DaysOption($"How many days, today included: 1 to {OperatorCommands.DaysMax}.");
        var release = new Option<string?>("--release") { Description = "Only this release; all of them together when left out." };
        var json = new Option<bool>("--json") { Description = "As JSON, as GET /api/ops/kpis answers." };
        var kpi = new Command("kpi", "The key figures with their numerators and denominators. Ends with 1 when one misses its target.") { days, release, json };
        new LedgerChoice().SetAction(kpi, async (parsed, open, stop) =>
        {
            var summary = await KpiSummaries.ReadAsync(open.Audit, TimeProvider.System, parsed.GetValue(days), parsed.GetValue(release), stop);
            Show(summary, parsed.GetValue(json));
            return summary.Figures.All(figure => figure.Verdict != "fail");
        });
        return kpi;
    }

    private static void Show(KpiSummary summary, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(summary, JsonSerializerOptions.Web));
            return;
        }

        var table = new Table().AddColumns("figure", "value", "of", "target", "verdict");
        summary.Days.ToList().ForEach(day => table.AddColumn(day.Day.ToString("MM-dd", CultureInfo.InvariantCulture)));
        for (var i = 0; i < summary.Figures.Length; i++)
        {
            var figure = summary.Figures[i];
            string[] cells =
            [
                figure.Name,
                ValueOf(figure),
                string.Create(CultureInfo.InvariantCulture, $"{figure.Numerator}/{figure.Denominator}"),
                figure.Target.ToString("0.####", CultureInfo.InvariantCulture),
                figure.Verdict,
                .. summary.Days.Select(day => day.Observed ? ValueOf(day.Figures[i]) : "not observed"),
            ];
            var colour = figure.Verdict switch
            {
                "pass" => "green",
                "fail" => "red",
                _ => "grey",
            };
            table.AddRow([.. cells.Select((cell, column) => new Markup(column == 4 ? $"[{colour}]{Markup.Escape(cell)}[/]" : Markup.Escape(cell)))]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"releases: {(summary.Releases.IsEmpty ? "none" : string.Join(", ", summary.Releases))}");
    }

    private static string ValueOf(KpiFigure figure) => figure.Value switch
    {
        null => "-",
        { } ms when figure.Name.EndsWith("Ms", StringComparison.Ordinal) => ms.ToString("0 ms", CultureInfo.InvariantCulture),
        { } share => share.ToString("0.00##%", CultureInfo.InvariantCulture),
    };
}

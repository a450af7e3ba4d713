using System.CommandLine;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>kpi</c>: the key figures of the last days, from the ledger itself.</summary>
internal static class KpiCommand
{
    /// <summary>As many as fit 80 columns.</summary>
    private const int DaysPerTable = 7;

    public static Command Create()
    {
        var days = OperatorCommands.DaysOption($"Number of days, today included: 1 to {Limits.KpiDaysMax}.");
        var release = new Option<string?>("--release") { Description = "Only this release; without it all releases together, except robots." };
        var json = new Option<bool>("--json") { Description = "Prints JSON, in the format of GET /api/ops/kpis." };
        var kpi = new Command("kpi", "Shows the key figures with their numerators, denominators and sources. Exits with 1 if a figure fails; what clients claim is a doubt at most.") { days, release, json };
        new LedgerChoice().SetAction(kpi, async (parsed, open, stop) =>
        {
            var labelOf = await ReleaseCommand.ReadLabelsAsync(open, stop);
            var summary = await KpiSummaries.ReadAsync(open.Figures, TimeProvider.System, parsed.GetValue(days), parsed.GetValue(release), labelOf, stop);
            Show(summary, parsed.GetValue(json));
            if (parsed.GetValue(release) is { } name && summary.Releases.IsEmpty && labelOf(name) != name)
            {
                OperatorConsole.Complain($"{name} is no known release: what its clients did is in the figures of '{ReleaseName.Other}'. 'release know {name} --reason …' gives it figures of its own from then on.");
            }

            return summary.Figures.All(figure => figure.Verdict != "fail");
        });
        return kpi;
    }

    private static void Show(KpiSummary summary, bool asJson)
    {
        if (asJson)
        {
            OperatorConsole.WriteJson(summary);
            return;
        }

        var table = OperatorConsole.NewTable("figure", "value", "of", "target", "verdict", "source");
        foreach (var figure in summary.Figures)
        {
            var colour = figure.Verdict switch
            {
                "pass" => "green",
                "fail" => "red",
                "doubt" => "yellow",
                _ => "grey",
            };
            table.AddRow(
                figure.Name,
                ValueOf(figure),
                string.Create(CultureInfo.InvariantCulture, $"{figure.Numerator}/{figure.Denominator}"),
                TargetOf(figure),
                $"[{colour}]{figure.Verdict}[/]",
                figure.Source);
        }

        OperatorConsole.Out.Write(table);
        foreach (var week in summary.Days.Chunk(DaysPerTable))
        {
            OperatorConsole.Out.Write(TableOf(week));
        }

        if (HasNoBound(summary))
        {
            OperatorConsole.Say("lostAtMost is '-' where the ledger has gone back since the sessions were opened: it does not know all that it had served, so that nothing bounds the loss. See restored --report.");
        }

        OperatorConsole.Say($"releases: {(summary.Releases.IsEmpty ? "none" : string.Join(", ", summary.Releases))}");
        if (summary.Days.Count(day => !day.Observed) is > 0 and var unseen)
        {
            OperatorConsole.Say(string.Create(CultureInfo.InvariantCulture, $"? not observed: {unseen} of {summary.Days.Length} days"));
        }
    }

    /// <summary>Whether a bound of the loss has no value although something was recorded: an empty one needs no reason.</summary>
    internal static bool HasNoBound(KpiSummary summary) =>
        summary.Figures.Concat(summary.Days.Where(day => day.Observed).SelectMany(day => day.Figures)).Any(figure => figure is { Name: "lostAtMost", Value: null, Denominator: > 0 });

    private static Table TableOf(KpiDay[] days)
    {
        var table = OperatorConsole.NewTable(["by day", .. days.Select(day => day.Day.ToString("MM-dd", CultureInfo.InvariantCulture))]);
        for (var i = 0; i < days[0].Figures.Length; i++)
        {
            table.AddRow([days[0].Figures[i].Name, .. days.Select(day => day.Observed ? ValueOf(day.Figures[i]) : "?")]);
        }

        return table;
    }

    private static string ValueOf(KpiFigure figure) => figure switch
    {
        // A count is shown even if its denominator is 0.
        { Value: null, Numerator: 0 } => "-",
        { Unit: "count" } => figure.Numerator.ToString(CultureInfo.InvariantCulture),
        // Times are counted in buckets: the figure is the lower edge of one.
        { Unit: "ms", Value: { } edge } => $"at least {InItsUnit(figure, edge)}",
        { Value: { } value } => InItsUnit(figure, value),
        _ => "-",
    };

    private static string TargetOf(KpiFigure figure) =>
        figure.Relation == "any" ? "harmless" : $"{figure.Relation} {InItsUnit(figure, figure.Target)}";

    /// <summary>Truncates shares, so that a figure just below its target does not look like the target.</summary>
    private static string InItsUnit(KpiFigure figure, double value) => figure.Unit switch
    {
        "ms" => value.ToString("0 ms", CultureInfo.InvariantCulture),
        "count" => value.ToString("0", CultureInfo.InvariantCulture),
        _ => (Math.Truncate((decimal)value * 1_000_000) / 1_000_000).ToString("0.####%", CultureInfo.InvariantCulture),
    };
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>plan</c>: what a number of listeners takes, by calculation from measured costs.</summary>
internal static class PlanCommand
{
    private static readonly Dictionary<char, double> Suffixes = new() { ['k'] = 1e3, ['M'] = 1e6, ['G'] = 1e9 };

    public static Command Create()
    {
        var listeners = new Option<long>("--listeners") { Description = "Listeners a day, such as 50k or 10M.", Required = true, CustomParser = ParseCount };
        var artworks = Number("--artworks-a-day", 100, 1, 100_000, "Artworks that each is shown a day.");
        var batch = Number("--batch", 20, 1, 200, "Impressions a batch.");
        var peak = Number("--peak", 3, 1, 100, "Load of the busiest second, as a multiple of the day's mean.");
        var months = Number("--months", 12, 1, 120, "Months for which batches are kept.");
        var pictures = Number("--pictures", 10, 0, 100, "Percentage of artworks that clients download as pictures; they draw the others from the genome.");
        var cores = Number("--cores", 8, 1, 512, "Processors of a machine.");
        var memory = Number("--memory", 32, 1, 16_384, "GiB of memory of a machine.");
        var disk = Number("--disk", 2_000, 1, 1_000_000, "GiB of disk of the database's machine.");
        var json = OperatorCommands.JsonOption();
        var plan = new Command("plan", "Calculates machines, memory, disk, log and traffic for a number of listeners, and which part is full first.")
        {
            listeners, artworks, batch, peak, months, pictures, cores, memory, disk, json,
        };
        plan.SetAction(parsed =>
        {
            var asked = new CapacityAsked(
                parsed.GetValue(listeners), parsed.GetValue(artworks), parsed.GetValue(batch), parsed.GetValue(peak), parsed.GetValue(months), parsed.GetValue(pictures) / 100.0,
                parsed.GetValue(cores), parsed.GetValue(memory), parsed.GetValue(disk));
            Show(CapacityPlan.Of(asked), parsed.GetValue(json));
            return 0;
        });
        return plan;
    }

    private static Option<int> Number(string name, int value, int min, int max, string description) =>
        new Option<int>(name) { Description = description, DefaultValueFactory = _ => value }.Between(min, max);

    private static long ParseCount(ArgumentResult given)
    {
        var text = given.Tokens.Count == 1 ? given.Tokens[0].Value : "";
        var factor = text.Length > 1 && Suffixes.TryGetValue(text[^1], out var known) ? known : 1;
        if (double.TryParse(factor > 1 ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * factor is >= 1 and <= 8e9)
        {
            return (long)(number * factor);
        }

        given.AddError($"'{text}' is not a number of listeners such as 5000, 50k or 10M.");
        return 0;
    }

    private static void Show(CapacityPlan plan, bool asJson)
    {
        if (asJson)
        {
            OperatorConsole.WriteJson(new { plan, costs = PlanCosts.All });
            return;
        }

        var table = OperatorConsole.NewTable("what", "how much");
        table.AddRow("impressions a second, mean and peak", Text($"{plan.ImpressionsASecond:N0}, {plan.ImpressionsAtPeak:N0}"));
        table.AddRow("machines for silos, and as many for front ends", Text($"{plan.Silos:N0} of {plan.Asked.Cores} processors"));
        table.AddRow("memory in use of each", Text($"{plan.SiloMemoryGiB:0.0} GiB, {plan.SessionsAtPeak:N0} sessions in all"));
        table.AddRow("rows written a day", Text($"{plan.RowsADay:N0}"));
        table.AddRow("database after a year, and a full backup", Text($"{plan.DatabaseGiB:N1} GiB"));
        table.AddRow("write-ahead log", Text($"{plan.LogGiBADay:N1} GiB a day, {plan.LogMiBASecond:N1} MiB/s at the peak"));
        table.AddRow("forced writes a second at the peak", Text($"{plan.WritesASecond:N0}"));
        table.AddRow("traffic at the peak: requests, pictures", Text($"{plan.RequestsMbit:N0}, {plan.PicturesMbit:N0} Mbit/s"));
        OperatorConsole.Out.Write(table);
        var parts = OperatorConsole.NewTable("of one database, after a year", "used", "full at listeners a day");
        foreach (var part in plan.Parts)
        {
            parts.AddRow(part.Name, Text($"{part.Share:P0}"), Text($"{part.FullAt:N0}"));
        }

        OperatorConsole.Out.Write(parts);
        var first = plan.Parts[0];
        OperatorConsole.Say(first.Share > 1
            ? Text($"One database is too small: its {first.Name} is full at {first.FullAt:N0} listeners a day. See docs/decisions/sharding.md.")
            : Text($"The {first.Name} of the database is full first, at {first.FullAt:N0} listeners a day."));
        OperatorConsole.Say("By calculation from costs that tests/bench has measured (--json lists them): load your own before you buy.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

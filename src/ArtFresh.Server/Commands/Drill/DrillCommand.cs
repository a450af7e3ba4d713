using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>drill rollback</c>: rolls back to the previous release and forward again under load, and measures the cost.</summary>
internal static class DrillCommand
{
    private const string Script = "deploy/rollback.sh";
    private const double BackSecondsMax = 300;

    private static readonly Argument<string?> Address = new("address")
    {
        Description = "The address that listeners use. Without it the drill starts a cluster of its own on this machine (needs deploy/rollback.sh from the sources).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string> Back = new("--back") { Description = "Shell command that rolls back to the previous release.", DefaultValueFactory = _ => $"bash {Script} back" };
    private static readonly Option<string> Forward = new("--forward") { Description = "Shell command that deploys this release again.", DefaultValueFactory = _ => $"bash {Script} forward" };
    private static readonly Option<int> Listeners = new Option<int>("--listeners") { Description = "Listeners that are active during the whole drill.", DefaultValueFactory = _ => 6 }.Between(1, 1_000);
    private static readonly Option<int> Deliveries = new Option<int>("--deliveries") { Description = "Deliveries of each listener before the rollback, between the two commands, and after.", DefaultValueFactory = _ => 10 }.Between(1, 1_000);

    public static Command Create()
    {
        var ledger = new LedgerChoice();
        var json = OperatorCommands.JsonOption();
        var rollback = new Command(
            "rollback",
            "Rolls back to the previous release and forward again on the same database while listeners are active. Measures the seconds until the previous release serves every listener, and checks in the ledger that no impression was lost or repeated. "
            + "Exits with 0 if the rollback took under 5 minutes and nothing was lost or repeated, 1 if not, 2 if the drill could not run.")
        {
            Address, Back, Forward, Listeners, Deliveries, json,
        };
        ledger.AddTo(rollback);
        rollback.SetAction((parsed, stop) => parsed.GetValue(Address) is { } address
            ? OperatorCommands.JudgeAsync(() => RunAsync(ledger, address, parsed, parsed.GetValue(json), stop))
            : OperatorCommands.GuardAsync(() => OnThisMachineAsync(parsed, parsed.GetValue(json), stop)));
        return new Command("drill", "Rehearses an emergency procedure.") { rollback, DrillRestoreCommand.Create() };
    }

    private static async Task<bool> RunAsync(LedgerChoice choice, string text, ParseResult parsed, bool isJson, CancellationToken stop)
    {
        var address = OperatorCommands.AddressOf(text);
        await using var ledger = choice.Open(parsed);
        var drill = new RollbackDrill(address, parsed.GetValue(Listeners), parsed.GetValue(Deliveries), ledger, TimeProvider.System);
        var result = await OperatorConsole.ShowAsync("Drill", () => (drill.Done, RollbackDrill.Steps), () => drill.RunAsync(parsed.GetValue(Back)!, parsed.GetValue(Forward)!, stop));
        var holds = result is { Lost: 0, Repeats: 0 } && result.Back.AllSeconds < BackSecondsMax;
        Show(result, holds, isJson);
        return holds;
    }

    /// <summary>Runs the script, which starts a cluster and runs this command with the cluster's address.</summary>
    private static async Task<int> OnThisMachineAsync(ParseResult parsed, bool isJson, CancellationToken stop)
    {
        if (!File.Exists(Script))
        {
            throw new SettingException($"{Script} is missing: run this in the folder of the sources, or give a deployment's address with --back and --forward.");
        }

        string[] options = [.. isJson ? ["--json"] : Array.Empty<string>(), "--listeners", Text(Listeners), "--deliveries", Text(Deliveries)];
        using var script = Process.Start(new ProcessStartInfo("bash", [Script, "drill", .. options]))!;
        // Ctrl-C reaches the script as well, and it stops its cluster.
        await script.WaitForExitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await script.WaitForExitAsync(CancellationToken.None);
        return script.ExitCode;

        string Text(Option<int> number) => parsed.GetValue(number).ToString(CultureInfo.InvariantCulture);
    }

    private static void Show(DrillResult result, bool holds, bool isJson)
    {
        if (isJson)
        {
            OperatorConsole.WriteJson(new { Holds = holds, Result = result });
            return;
        }

        var table = OperatorConsole.NewTable("", "figure", "value", "must be");
        void Row(string figure, string value, string mustBe, bool holds) =>
            table.AddRow(mustBe.Length == 0 ? "" : holds ? "[green]ok[/]" : "[red]FAULT[/]", figure, value, mustBe);
        Row("back: until the previous release serves every listener", Seconds(result.Back.AllSeconds), "under 300 s", result.Back.AllSeconds < BackSecondsMax);
        Row("back: until it serves the first listener", Seconds(result.Back.FirstSeconds), "", true);
        Row("back: the command", Seconds(result.Back.CommandSeconds), "", true);
        Row("forward: until this release serves every listener", Seconds(result.Forward.AllSeconds), "", true);
        Row("forward: the command", Seconds(result.Forward.CommandSeconds), "", true);
        Row("impressions lost", Number(result.Lost), "0", result.Lost == 0);
        Row("repeats", Number(result.Repeats), "0", result.Repeats == 0);
        Row("impressions shown", Number(result.Impressions), "", true);
        Row("deliveries, single deliveries", $"{Number(result.Deliveries)}, {Number(result.OneByOne)}", "", true);
        Row("requests sent again", Number(result.Retries), "", true);
        Row("longest wait of a listener", Seconds(result.LongestWaitSeconds), "", true);
        OperatorConsole.Out.Write(table);

        static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
        static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
    }
}

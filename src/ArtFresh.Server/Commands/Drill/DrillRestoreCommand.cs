using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>drill restore</c>: restores a backup under load on a server of its own, and measures what it costs.</summary>
internal static class DrillRestoreCommand
{
    private static readonly Option<int> Listeners = new Option<int>("--listeners") { Description = "Listeners that are active during the whole drill.", DefaultValueFactory = _ => 6 }.Between(1, 1_000);
    private static readonly Option<int> Seconds = new Option<int>("--seconds") { Description = "Seconds of load before the backup, between backup and crash, and after the restore.", DefaultValueFactory = _ => 10 }.Between(1, 3_600);

    public static Command Create()
    {
        var json = OperatorCommands.JsonOption();
        var restore = new Command(
            "restore",
            "Starts a server with an embedded ledger in a temporary directory, backs the ledger up under load, kills the server, and puts the backup in the ledger's place. "
            + "Exits with 0 if nobody was served anything twice, no id named two pictures and every impression has its first view, 1 if not, 2 if the drill could not run.")
        {
            Listeners, Seconds, json,
        };
        restore.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(async () =>
        {
            var drill = new RestoreDrill(parsed.GetValue(Listeners), TimeSpan.FromSeconds(parsed.GetValue(Seconds)), TimeProvider.System);
            var report = await OperatorConsole.ShowAsync("Drill", () => (drill.Done, RestoreDrill.Steps), () => drill.RunAsync(stop));
            Show(report, parsed.GetValue(json));
            return report.Holds;
        }));
        return restore;
    }

    private static void Show(RestoreReport report, bool isJson)
    {
        if (isJson)
        {
            OperatorConsole.WriteJson(new { report.Holds, Report = report });
            return;
        }

        var table = OperatorConsole.NewTable("", "figure", "value", "must be");
        void Row(string figure, double value, bool isZero = false) => table.AddRow(
            !isZero ? "" : value == 0 ? "[green]ok[/]" : "[red]FAULT[/]", figure, string.Create(CultureInfo.InvariantCulture, $"{value:0.##}"), isZero ? "0" : "");
        Row("artworks served to a listener twice", report.ServedTwice, isZero: true);
        Row("ids that named two pictures", report.Reborn, isZero: true);
        Row("artworks with an impression and no first view", report.WithoutViewedAt, isZero: true);
        Row("artworks served", report.Served);
        Row("impressions acknowledged at some time", report.Delivered);
        Row("of these, lost", report.Lost);
        Row("brought back by clients", report.Known.ImpressionsBroughtBack);
        Row("sessions opened again", report.Known.SessionsReopened);
        Row("seconds until the server was ready on the backup", report.RestartSeconds);
        OperatorConsole.Out.Write(table);
    }
}

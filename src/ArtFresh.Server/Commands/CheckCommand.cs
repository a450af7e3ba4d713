using System.CommandLine;
using ArtFresh.Storage.Postgres;

namespace ArtFresh.Server;

/// <summary><c>check</c>: reads the settings as a server would, says what they come to, and ends; no server starts.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var settings = new Argument<string[]>("settings") { Description = "Settings as a server takes them, after two dashes: check -- --ArtFresh:Role web." };
        var connect = new Option<bool>("--connect") { Description = "Also tries what a start needs: connects to the database, and binds the ports for a moment." };
        var json = OperatorCommands.JsonOption();
        var check = new Command("check", "Says whether the settings are right. Without --connect neither a server nor the database is needed. Ends with 0 when they are, 2 when a server would not start.")
        {
            settings, connect, json,
        };
        check.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(() => CheckAsync(parsed.GetValue(settings) ?? [], parsed.GetValue(connect), parsed.GetValue(json), stop)));
        return check;
    }

    private static async Task<bool> CheckAsync(string[] args, bool connects, bool isJson, CancellationToken stop)
    {
        var (builder, settings) = ServerProgram.Configure(args);
        var directory = DataDirectory.At(settings.DataDirectory);
        if (settings.Ledger is null)
        {
            directory.RefuseNoLedger();
        }

        if (connects)
        {
            await ConnectAsync(settings, stop);
            Ports.RefuseTaken(builder.Configuration);
        }

        var role = OperatorCommands.WordOf(settings.Role);
        var ledger = settings.Ledger is null ? $"embedded, {directory.Ledger}" : NameOf(settings.Ledger);
        var listens = Hosting.UrlsOf(builder.Configuration);
        OperatorConsole.Answer(
            isJson,
            new { Role = role, Ledger = ledger, Listens = listens, DrainSeconds = settings.DrainDelay.TotalSeconds, Connected = connects },
            $"role     {role}\nledger   {ledger}\nlistens  {listens}\ndrains   {settings.DrainDelay.TotalSeconds} s");
        return true;
    }

    private static async Task ConnectAsync(ServerSettings settings, CancellationToken stop)
    {
        if (settings.Ledger is null)
        {
            return;
        }

        await using var database = new PostgresDatabase(settings.Ledger);
        await using var connection = await database.OpenAsync(stop);
    }

    /// <summary>Which database it is, without the password.</summary>
    private static string NameOf(string connectionString)
    {
        var parts = SettingsReader.RefuseMalformed(connectionString, "ConnectionStrings:Ledger");
        return $"{parts.Database} at {parts.Host}:{parts.Port}";
    }
}

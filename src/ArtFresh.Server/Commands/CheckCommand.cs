using System.CommandLine;
using ArtFresh.Storage.Postgres;

namespace ArtFresh.Server;

/// <summary><c>check</c>: reads the settings as a server would and prints the result. Starts no server.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var settings = new Argument<string[]>("settings") { Description = "A server's settings, after two dashes: check -- --ArtFresh:Role web." };
        var connect = new Option<bool>("--connect") { Description = "Also connects to the database and binds the ports for a moment." };
        var json = OperatorCommands.JsonOption();
        var check = new Command(ServerArguments.CheckName, "Checks the settings of a server. Without --connect it needs no database. Exits with 0 if they are valid, 2 if a server would not start.")
        {
            settings, connect, json,
        };
        check.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(() => CheckAsync(parsed.GetValue(settings) ?? [], parsed.GetValue(connect), parsed.GetValue(json), stop)));
        return check;
    }

    private static async Task<bool> CheckAsync(string[] args, bool connects, bool isJson, CancellationToken stop)
    {
        var (builder, settings) = ServerProgram.Configure(args);
        settings.Keys.LoadCertificate()?.Dispose();
        settings.Cluster.LoadCertificate();
        var directory = DataDirectory.At(settings.DataDirectory);
        if (settings.Ledger is null)
        {
            directory.RefuseNoLedger();
        }

        // A member whose keys are set can live with a folder that it may only read.
        if (KeyFiles.AreMissing(settings.Operators, directory) || settings.Ledger is null || !Directory.Exists(directory.Path))
        {
            directory.RefuseUnwritable();
        }

        if (connects)
        {
            await ConnectAsync(settings, stop);
            Ports.RefuseTaken(builder.Configuration);
        }

        var advice = KeyFiles.AdviceOn(settings.Operators, settings.IsFrontEndOfCluster);
        var role = OperatorCommands.WordOf(settings.Role);
        var ledger = settings.Ledger is null ? $"embedded, {directory.Ledger}" : NameOf(settings.Ledger);
        var listens = ListenUrls.Of(builder.Configuration);
        OperatorConsole.WriteResult(
            isJson,
            new { Role = role, Ledger = ledger, Listens = listens, DrainSeconds = settings.DrainDelay.TotalSeconds, Connected = connects, Advice = advice },
            $"role     {role}\nledger   {ledger}\nlistens  {listens}\ndrains   {settings.DrainDelay.TotalSeconds} s{(advice is null ? "" : $"\nadvice   {advice}")}");
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
        await PostgresDurability.RefuseLossyAsync(connection, stop);
    }

    /// <summary>The database's name and address, without the password.</summary>
    private static string NameOf(string connectionString)
    {
        var parts = SettingsReader.RefuseMalformed(connectionString, "ConnectionStrings:Ledger");
        return $"{parts.Database} at {parts.Host}:{parts.Port}";
    }
}

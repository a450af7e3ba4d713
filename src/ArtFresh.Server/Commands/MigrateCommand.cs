using System.CommandLine;
using ArtFresh.Contracts;
using ArtFresh.Server.Membership;
using ArtFresh.Storage.Postgres;

namespace ArtFresh.Server;

/// <summary><c>migrate</c>: brings the schema of a cluster's ledger up to date, as each server does at its start, and ends.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var ledger = OperatorCommands.LedgerOption("How to connect to the cluster's PostgreSQL.");
        var migrate = new Command("migrate", "Brings the schema up to date and ends. The servers may go on meanwhile: it only grows.") { ledger };
        migrate.SetAction((parsed, stop) => MigrateAsync(parsed.GetValue(ledger), stop));
        return migrate;
    }

    private static async Task<int> MigrateAsync(string? ledger, CancellationToken stop)
    {
        if (ledger is null)
        {
            await Console.Error.WriteLineAsync("Say which ledger: --ledger, or ConnectionStrings__Ledger in the environment. An embedded ledger is upgraded when its server starts.");
            return 1;
        }

        try
        {
            await using var database = new PostgresDatabase(ledger);
            await database.UpgradeAsync(TimeProvider.System, Member.DatabasePatience, stop);
            Console.WriteLine("The schema is up to date.");
            return 0;
        }
        catch (Exception wrong) when (wrong is ArgumentException or LedgerUnavailableException)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 1;
        }
    }
}

using System.CommandLine;
using ArtFresh.Server.Membership;

namespace ArtFresh.Server;

/// <summary><c>migrate</c>: upgrades the schema of a cluster's ledger, as each server does when it starts.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var ledger = OperatorCommands.LedgerOption("The connection string of the cluster's PostgreSQL.");
        var json = OperatorCommands.JsonOption();
        var migrate = new Command("migrate", "Upgrades the schema. Servers may run meanwhile: the schema only grows.") { ledger, json };
        migrate.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(async () =>
        {
            await using var database = LedgerChoice.OpenPostgres(parsed.GetValue(ledger)
                ?? throw new SettingException("Name the ledger with --ledger or ConnectionStrings__Ledger. An embedded ledger is upgraded when its server starts."));
            await Member.UpgradeAsync(database, stop);
            OperatorConsole.WriteResult(parsed.GetValue(json), new { UpToDate = true }, "The schema is up to date.");
            return true;
        }));
        return migrate;
    }
}

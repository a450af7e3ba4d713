using System.CommandLine;
using ArtFresh.Server.Membership;

namespace ArtFresh.Server;

/// <summary><c>migrate</c>: brings the schema of a cluster's ledger up to date, as each server does at its start, and ends.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var ledger = OperatorCommands.LedgerOption("How to connect to the cluster's PostgreSQL.");
        var json = OperatorCommands.JsonOption();
        var migrate = new Command("migrate", "Brings the schema up to date and ends. Servers may run meanwhile: the schema only grows.") { ledger, json };
        migrate.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(async () =>
        {
            await using var database = LedgerChoice.OpenPostgres(parsed.GetValue(ledger)
                ?? throw new SettingException("Say which ledger: --ledger, or ConnectionStrings__Ledger in the environment. An embedded ledger is upgraded when its server starts."));
            await Member.UpgradeAsync(database, stop);
            OperatorConsole.Answer(parsed.GetValue(json), new { UpToDate = true }, "The schema is up to date.");
            return true;
        }));
        return migrate;
    }
}

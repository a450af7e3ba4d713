using System.CommandLine;
using System.Globalization;
using ArtFresh.Storage.Postgres;

namespace ArtFresh.Server;

/// <summary><c>drop-month &lt;yyyy-MM&gt;</c>: drops a month's batches from a cluster's ledger. Listeners' sets and counted figures stay.</summary>
internal static class DropMonthCommand
{
    private const string MonthFormat = "yyyy-MM";

    public static Command Create()
    {
        var month = new Argument<string>("month") { Description = "The month, such as 2026-07. The current month and the one before it are refused: their sessions may still deliver." };
        var ledger = OperatorCommands.LedgerOption("The connection string of the cluster's PostgreSQL.");
        var json = OperatorCommands.JsonOption();
        var drop = new Command("drop-month", "Drops a month's batches and sessions. Servers may run meanwhile.") { month, ledger, json };
        drop.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(() => DropAsync(parsed.GetValue(month)!, parsed.GetValue(ledger), parsed.GetValue(json), stop)));
        return drop;
    }

    private static async Task<bool> DropAsync(string text, string? ledger, bool isJson, CancellationToken stop)
    {
        if (!DateTimeOffset.TryParseExact(text, MonthFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var month))
        {
            throw new SettingException($"'{text}' is not a month; write it as 2026-07.");
        }

        await using var database = LedgerChoice.OpenPostgres(ledger
            ?? throw new SettingException("Name the ledger with --ledger or ConnectionStrings__Ledger. An embedded server drops old months by itself: set ArtFresh:Retention:Impressions."));
        try
        {
            var sessions = await MonthPartitions.DropAsync(database, month, TimeProvider.System.GetUtcNow(), stop);
            OperatorConsole.WriteResult(
                isJson,
                new { Month = text, Sessions = sessions },
                string.Create(CultureInfo.InvariantCulture, $"Dropped {text} with {OperatorConsole.Counted(sessions, "session")}. Listeners' sets and counted figures stay."));
            return true;
        }
        catch (Exception refused) when (refused is ArgumentException or InvalidOperationException)
        {
            throw new SettingException(refused.Message);
        }
    }
}

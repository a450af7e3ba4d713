using System.CommandLine;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Storage.Postgres;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>drop-month &lt;yyyy-MM&gt;</c>: drops a month's batches from a cluster's ledger. What listeners have, and what was counted, stays.</summary>
internal static class DropMonthCommand
{
    private const string MonthFormat = "yyyy-MM";

    public static Command Create()
    {
        var month = new Argument<string>("month") { Description = "The month, as 2026-07. This month and the last are refused: their sessions may still deliver." };
        var ledger = OperatorCommands.LedgerOption("How to connect to the cluster's PostgreSQL.");
        var drop = new Command("drop-month", "Drops a month's batches and sessions. The servers may go on meanwhile.") { month, ledger };
        drop.SetAction((parsed, stop) => DropAsync(parsed.GetValue(month)!, parsed.GetValue(ledger), stop));
        return drop;
    }

    private static async Task<int> DropAsync(string text, string? ledger, CancellationToken stop)
    {
        if (!DateTimeOffset.TryParseExact(text, MonthFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var month))
        {
            return Refuse($"'{text}' is no month such as 2026-07.");
        }

        if (ledger is null)
        {
            return Refuse("Say which ledger: --ledger, or ConnectionStrings__Ledger in the environment. An embedded ledger has no months to drop.");
        }

        try
        {
            await using var database = new PostgresDatabase(ledger);
            var sessions = await MonthPartitions.DropAsync(database, month, TimeProvider.System.GetUtcNow(), stop);
            AnsiConsole.MarkupLineInterpolated($"{text} is dropped, with {sessions} sessions. What their listeners have stays known; what was counted stays.");
            return 0;
        }
        catch (Exception refused) when (refused is ArgumentException or InvalidOperationException or LedgerUnavailableException)
        {
            return Refuse(refused.Message);
        }
    }

    private static int Refuse(string why)
    {
        AnsiConsole.MarkupLineInterpolated($"[red]{why}[/]");
        return 1;
    }
}

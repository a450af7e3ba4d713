using System.CommandLine;
using System.Globalization;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>restored</c>: says that the ledger's database has gone back, where nothing shows it, or that a copy was whole; reports what a loss has cost.</summary>
internal static class RestoredCommand
{
    private static readonly Option<bool> LostNothing = new("--lost-nothing")
    {
        Description = "The copy was whole: listeners are served art of before it too. For a move to another machine, an upgrade of PostgreSQL, a synchronous standby.",
    };

    private static readonly Option<bool> Force = new("--force") { Description = "With --lost-nothing: although the ledger, or a file beside it, shows that something was lost, which listeners may be served again then." };

    private static readonly Option<bool> Report = new("--report") { Description = "Opens nothing, and says what each epoch has cost and what browsers and servers have brought back." };

    public static Command Create()
    {
        var choice = new LedgerChoice();
        var json = OperatorCommands.JsonOption();
        var restored = new Command(
            "restored",
            "Opens a new epoch: run it after a volume was set back, or rows of a dump were put into the tables of the database in use. Restored files, dumps in a new database and promoted standbys are found without it. Stop an embedded ledger's server first.")
        {
            LostNothing, Force, Report, json,
        };
        choice.SetAction(restored, async (parsed, ledger, stop) =>
        {
            if (parsed.GetValue(Report))
            {
                await ReportAsync(ledger, parsed.GetValue(json), stop);
                return true;
            }

            Show(await OpenAsync(ledger, parsed.GetValue(LostNothing), parsed.GetValue(Force), stop), parsed.GetValue(json));
            return true;
        });
        return restored;
    }

    private static async Task<LedgerEpoch> OpenAsync(OpenLedger ledger, bool isLostNothing, bool isForced, CancellationToken stop)
    {
        if (ledger.Source is SqliteDatabase && await ledger.IsServedAsync(stop))
        {
            throw new SettingException("A server runs on this ledger. Stop it first: what it remembers may not be in the file.");
        }

        var began = TimeProvider.System.GetUtcNow();
        // May find the copy by itself.
        await ledger.UpgradeAsync(stop);
        var last = ledger.Source.Epochs.Known.All[^1];
        if (isLostNothing && !isForced && last.Number > LedgerEpoch.First && await ProofOfLossAsync(ledger, last, stop) is { } proof)
        {
            throw new SettingException($"Something was lost with epoch {Text(last.Number)}: {proof}. Leave the epoch as it is; with --force listeners may be served again what they had.");
        }

        return isLostNothing || last.Number == LedgerEpoch.First || last.FoundAt < began ? await ledger.Source.Epochs.RestoredAsync(isLostNothing, stop) : last;
    }

    /// <returns>What shows that an epoch has lost something; null for nothing.</returns>
    private static async Task<string?> ProofOfLossAsync(OpenLedger ledger, LedgerEpoch epoch, CancellationToken stop)
    {
        var loss = (await LossReport.ReadAllAsync(ledger.Source, ledger.Source.Epochs.Known, stop)).Single(one => one.Epoch.Number == epoch.Number).Loss;
        var counted = loss.IsLoss
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{OperatorConsole.Counted(loss.SessionsReopened, "session")} opened again, {OperatorConsole.Counted(loss.ArtworksRemembered, "artwork")} that only servers or browsers remembered, "
                + $"{OperatorConsole.Counted(loss.ImpressionsOfLostArt, "impression")} of art that is gone, {OperatorConsole.Counted(loss.ImpressionsLostAtLeast, "impression")} lost at least")
            : null;
        return !epoch.IsOlder ? counted : counted is null ? epoch.Reason : $"{counted}; {epoch.Reason}";
    }

    private static void Show(LedgerEpoch epoch, bool isJson) => OperatorConsole.WriteResult(
        isJson,
        new { Epoch = epoch.Number, epoch.Floor, epoch.LostNothing, epoch.FoundAt, epoch.Reason },
        string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {epoch.Number} since {OperatorCommands.TimeOf(epoch.FoundAt)}: {epoch.Reason}. {(epoch.LostNothing ? "Nothing was lost." : $"Listeners who were here before get only artworks made since (ids above {epoch.Floor}), until the ledger knows again what each had.")}"));

    private static async Task ReportAsync(OpenLedger ledger, bool isJson, CancellationToken stop)
    {
        var reports = await LossReport.ReadAllAsync(ledger.Source, await ledger.Source.Epochs.ReadAllAsync(ledger.Source, stop), stop);
        if (isJson)
        {
            OperatorConsole.WriteJson(reports.Select(one => new { Epoch = one.Epoch.Number, one.Epoch.FoundAt, one.Epoch.Reason, one.Epoch.Floor, one.Epoch.LostNothing, one.Loss }));
            return;
        }

        if (reports.Count == 0)
        {
            OperatorConsole.WriteResult(false, new { }, "The ledger has never gone back.");
            return;
        }

        var table = OperatorConsole.NewTable("epoch", "found", "listeners touched", "sessions opened again", "artworks remembered", "impressions brought back", "of art that is lost", "impressions lost, at least", "missing by clients' numbers");
        foreach (var (epoch, loss) in reports)
        {
            table.AddRow(
                Text(epoch.Number), OperatorCommands.TimeOf(epoch.FoundAt), Text(loss.Listeners), Text(loss.SessionsReopened), Text(loss.ArtworksRemembered),
                Text(loss.ImpressionsBroughtBack), Text(loss.ImpressionsOfLostArt), Text(loss.ImpressionsLostAtLeast), Text(loss.NumbersMissing));
        }

        OperatorConsole.Out.Write(table);
        OperatorConsole.Say("'At least' counts the numbers that a session left out between a batch from before the epoch and one since, as far as the ledger knows to have served so much; it has lost what it served after the copy.");
        OperatorConsole.Say("'Missing by clients' numbers' counts all of these, and up to the last number that a client gave at its end. Each number counts once, for the epoch in which it went missing.");
        OperatorConsole.Say("'sessions' counts otherwise: all numbers that are missing below a session's highest, whenever they went missing, and none after it.");
        OperatorConsole.Say("What is lost of clients that do not come back is in no column: nobody knows it.");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

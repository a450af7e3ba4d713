using System.CommandLine;
using System.Globalization;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>verify</c>: reads the whole ledger and checks each promise against it.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var limit = OperatorCommands.LimitOption("Violations to list of each promise; all are counted.", 20);
        var json = OperatorCommands.JsonOption();
        var since = new Option<FileInfo>("--since")
        {
            Description = "What an earlier verify --json wrote, kept elsewhere: checks that the ledger still holds what its head stands for, and that what came after is as it was written. Quick enough for every hour.",
        };
        var verify = new Command(
            "verify",
            "Reads a consistent snapshot of the whole ledger and checks each promise against it. Servers may run meanwhile. Needs about 40 bytes of memory an artwork, however long the history. "
            + "Exits with 0 if every promise holds, 1 if one is broken (with the rows that break it), 2 if the ledger could not be read.")
        {
            limit, json, since,
        };
        new LedgerChoice().SetAction(verify, (parsed, ledger, stop) => RunAsync(ledger, parsed.GetValue(limit), parsed.GetValue(json), parsed.GetValue(since), stop));
        return verify;
    }

    private static async Task<bool> RunAsync(OpenLedger ledger, int limit, bool isJson, FileInfo? since, CancellationToken stop)
    {
        var head = since is null ? null : await HeadFile.ReadAsync(since.FullName, stop);
        var result = new VerificationResult(limit);
        result.AddDamage(await ledger.Source.FindDamageAsync(limit, stop));
        if (result.IsSound)
        {
            await ReadAsync(ledger, head, result, stop);
        }

        if (isJson)
        {
            OperatorConsole.WriteJson(new { result.Holds, result.Artworks, result.BlockRows, result.BatchRows, result.Impressions, Head = HeadFile.Of(result.Head.Writers), Tables = HeadFile.Of(result.Head.Tables), Checks = result.All });
        }
        else
        {
            Show(result);
        }

        return result.Holds;
    }

    private static Task<bool> ReadAsync(OpenLedger ledger, LedgerHead? head, VerificationResult result, CancellationToken stop) => OperatorConsole.ShowAsync(
        "Reading the ledger",
        () => (result.RowsRead, result.RowsToRead),
        () => ledger.Source.ReadMomentAsync(
            async moment =>
            {
                await (head is null ? LedgerVerification.RunAsync(moment, result, stop) : LedgerVerification.RunSinceAsync(moment, head, result, stop));
                return true;
            },
            stop));

    private static void Show(VerificationResult result)
    {
        var table = OperatorConsole.NewTable("", "check", "promise", "broken");
        foreach (var check in result.All)
        {
            var sign = check.Faults > 0 ? "[red]broken[/]" : check.NotJudged is null ? "[green]holds[/]" : "[yellow]in part[/]";
            table.AddRow(sign, check.Name, Markup.Escape(check.Promise), check.Faults.ToString(CultureInfo.InvariantCulture));
        }

        OperatorConsole.Out.Write(table);
        foreach (var unjudged in result.All.Where(check => check.NotJudged is not null).GroupBy(check => check.NotJudged))
        {
            OperatorConsole.Say($"{string.Join(", ", unjudged.Select(check => check.Name))}: {unjudged.Key}");
        }

        foreach (var check in result.All)
        {
            if (check.Note is { } note)
            {
                OperatorConsole.Say($"{check.Name}, a note: {note}");
            }

            foreach (var row in check.Rows)
            {
                OperatorConsole.Say($"{check.Name}: {row.What}");
            }

            if (check.Faults > check.Rows.Count)
            {
                OperatorConsole.Say($"{check.Name}: and {check.Faults - check.Rows.Count} more (--limit)");
            }
        }

        OperatorConsole.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{OperatorConsole.Counted(result.Artworks, "artwork")}, {OperatorConsole.Counted(result.BlockRows, "block")}, {OperatorConsole.Counted(result.BatchRows, "batch", "batches")} and {OperatorConsole.Counted(result.Impressions, "impression")}: {(result.Holds ? "every promise holds." : "a promise is broken.")}"));
        OperatorConsole.Say("What no check can see is listed in docs/design.md, \"What verify sees\". Keep the head (--json) on another machine: only --since finds what somebody changed along with its checksum.");
    }
}

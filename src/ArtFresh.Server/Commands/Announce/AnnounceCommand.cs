using System.CommandLine;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary><c>announce</c>: writes a short announcement for listeners with the week's figures, unless a promise was broken.</summary>
internal static class AnnounceCommand
{
    private const int FindingsMax = 10_000;

    public static Command Create()
    {
        var days = OperatorCommands.DaysOption("Days, today included.");
        var json = OperatorCommands.JsonOption();
        var announce = new Command(
            "announce",
            "Writes a short announcement for listeners with the week's figures. Reads the whole ledger. Exits with 1 and the reason if the server broke a promise that week or a day was not observed, 2 if the ledger could not be read.")
        {
            days, json,
        };
        new LedgerChoice().SetAction(announce, (parsed, ledger, stop) => RunAsync(ledger, parsed.GetValue(days), parsed.GetValue(json), stop));
        return announce;
    }

    private static async Task<bool> RunAsync(OpenLedger ledger, int days, bool isJson, CancellationToken stop)
    {
        var summary = await KpiSummaries.ReadAsync(ledger.Figures, TimeProvider.System, days, null, await ReleaseCommand.ReadLabelsAsync(ledger, stop), stop);
        var from = new DateTimeOffset(summary.Days[0].Day, TimeOnly.MinValue, TimeSpan.Zero);
        var violations = new List<LegacyFinding>();
        var query = new LegacyQuery(finding =>
        {
            if (finding.At >= from && violations.Count < FindingsMax)
            {
                violations.Add(finding);
            }
        });
        var made = 0L;
        await OperatorConsole.ShowAsync(
            "Reading the ledger",
            () => (query.RowsRead, query.RowsToRead),
            () => ledger.Source.ReadMomentAsync(
                async moment =>
                {
                    made = await MadeImpressions.CountAsync(moment, from, stop);
                    return await query.RunAsync(moment, stop);
                },
                stop));
        // What clients made of seeds is on no server's word.
        var shown = Math.Max(0, summary.Figures.Single(figure => figure.Name == "legacy").Denominator - made);
        var refusals = Announcement.Refusals(summary, shown, violations);
        Show(summary, shown, refusals, isJson);
        return refusals.Count == 0;
    }

    private static void Show(KpiSummary summary, long shown, IReadOnlyList<string> refusals, bool isJson)
    {
        var text = refusals.Count == 0 ? Announcement.TextOf(summary, shown) : null;
        if (isJson)
        {
            OperatorConsole.WriteJson(new { Announcement = text, Refusals = refusals, From = summary.Days[0].Day, To = summary.Days[^1].Day, Shown = shown, summary.Figures });
            return;
        }

        if (text is not null)
        {
            OperatorConsole.Say(text);
            return;
        }

        OperatorConsole.Complain("Nothing may be announced:");
        foreach (var refusal in refusals)
        {
            OperatorConsole.Complain(refusal);
        }
    }
}

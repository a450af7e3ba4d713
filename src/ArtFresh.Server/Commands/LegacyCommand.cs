using System.CommandLine;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>legacy</c>: the legacy query, with the rows that offend.</summary>
internal static class LegacyCommand
{
    public static Command Create()
    {
        var limit = OperatorCommands.LimitOption("Rows to show of those that offend; all are counted.", 100);
        var json = OperatorCommands.JsonOption();
        var legacy = new Command(
            "legacy",
            "Reads the whole ledger for legacy art: impressions whose artwork has no viewed_at (not-viewed), and artworks set aside for a listener who had them (served-again). "
            + "Repeats, which clients claim, are counted beside them. Ends with 0 when there is none, 1 when there is any, 2 when it cannot tell.")
        {
            limit, json,
        };
        new LedgerChoice().SetAction(legacy, (parsed, ledger, stop) => RunAsync(ledger, parsed.GetValue(limit), parsed.GetValue(json), stop));
        return legacy;
    }

    private static async Task<bool> RunAsync(OpenLedger ledger, int limit, bool isJson, CancellationToken stop)
    {
        var rows = new List<LegacyFinding>();
        var query = new LegacyQuery(finding =>
        {
            if (rows.Count < limit)
            {
                rows.Add(finding);
            }
        });
        var audit = await OperatorConsole.ShowAsync(
            "Reading the ledger", () => (query.RowsRead, query.RowsToRead), () => ledger.Source.ReadMomentAsync(moment => query.RunAsync(moment, stop), stop));
        var all = audit.ImpressionsWithoutViewedAt + audit.RepeatedServes;
        if (isJson)
        {
            OperatorConsole.WriteJson(new { Holds = all == 0, audit.ImpressionsWithoutViewedAt, audit.RepeatedServes, audit.Repeats, audit.Artworks, audit.Viewed, Rows = rows });
        }
        else
        {
            Show(audit, rows, all);
        }

        return all == 0;
    }

    private static void Show(LegacyAudit audit, List<LegacyFinding> rows, long all)
    {
        if (rows.Count > 0)
        {
            var table = OperatorConsole.NewTable("kind", "listener", "session", "artwork", "when");
            foreach (var row in rows)
            {
                table.AddRow(
                    OperatorCommands.WordOf(row.Kind), Markup.Escape(row.Listener ?? "?"), row.Session.ToString(), row.ArtworkId.ToString(CultureInfo.InvariantCulture), OperatorCommands.TimeOf(row.At));
            }

            OperatorConsole.Out.Write(table);
        }

        if (all > rows.Count)
        {
            OperatorConsole.Say($"and {all - rows.Count} more (--limit)");
        }

        OperatorConsole.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{audit.ImpressionsWithoutViewedAt} impressions without viewed_at, {audit.RepeatedServes} artworks served again, {audit.Repeats} repeats claimed by clients; {audit.Artworks} artworks, {audit.Viewed} of them viewed."));
    }
}

using System.CommandLine;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>legacy</c>: runs the legacy query and lists the violations that it finds.</summary>
internal static class LegacyCommand
{
    public static Command Create()
    {
        var limit = OperatorCommands.LimitOption("Violations to list; all are counted.", 100);
        var json = OperatorCommands.JsonOption();
        var legacy = new Command(
            "legacy",
            "Searches the whole ledger for violations: impressions whose artwork has no viewed_at (not-viewed), and artworks set aside for a listener who had them (served-twice). "
            + "Also counts the repeats that clients claim. Exits with 0 if there is none, 1 if there is one, 2 if the ledger could not be read.")
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
        var counts = await OperatorConsole.ShowAsync(
            "Reading the ledger", () => (query.RowsRead, query.RowsToRead), () => ledger.Source.ReadMomentAsync(moment => query.RunAsync(moment, stop), stop));
        var all = counts.ImpressionsWithoutViewedAt + counts.ServedTwice;
        if (isJson)
        {
            OperatorConsole.WriteJson(new { Holds = all == 0, counts.ImpressionsWithoutViewedAt, RepeatedServes = counts.ServedTwice, counts.Repeats, counts.Artworks, counts.Viewed, Rows = rows });
        }
        else
        {
            Show(counts, rows, all);
        }

        return all == 0;
    }

    private static void Show(LegacyCounts counts, List<LegacyFinding> rows, long all)
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
            $"{OperatorConsole.Counted(counts.ImpressionsWithoutViewedAt, "impression")} without viewed_at, {OperatorConsole.Counted(counts.ServedTwice, "artwork")} served twice, {OperatorConsole.Counted(counts.Repeats, "repeat")} claimed by clients; {OperatorConsole.Counted(counts.Artworks, "artwork")}, {counts.Viewed} of them viewed."));
    }
}

using System.CommandLine;

namespace ArtFresh.Server;

/// <summary><c>export</c>: writes impressions, artworks and figures to files by day, for a warehouse.</summary>
internal static class ExportCommand
{
    /// <summary>What was received before midnight may be committed after it.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromHours(1);

    private static readonly Argument<string> Folder = new("folder") { Description = "The folder to write to: one folder for each sort, and in it one file for each day (UTC)." };

    private static readonly Option<ExportSort[]> What = new("--what")
    {
        Description = "impressions (by the day on which they arrived), artworks (by the day on which they were made), figures (by their hours); all when left out.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => Enum.GetValues<ExportSort>(),
    };

    private static readonly Option<ExportFormat> Format = new("--format") { Description = "The format of the files.", DefaultValueFactory = _ => ExportFormat.Ndjson };
    private static readonly Option<DateOnly?> From = new("--from") { Description = "The first day; the ledger's first when left out." };
    private static readonly Option<DateOnly?> Until = new("--until") { Description = "The day after the last one; by default, and at most, today: a day is exported an hour after its end." };

    private static readonly Option<ListenerNaming> Listeners = new("--listeners")
    {
        Description = "hash: the keyed hash by which 'erasures export' names who is erased; id: the listener's id; none.",
        DefaultValueFactory = _ => ListenerNaming.Hash,
    };

    private static readonly Option<bool> Again = new("--again") { Description = "Writes days anew that are finished." };

    public static Command Create()
    {
        var json = OperatorCommands.JsonOption();
        var command = new Command(
            "export",
            "Writes impressions, artworks and figures to files by day, for a warehouse. A day that is finished is not written again: run it daily, or again after a stop. Servers may run meanwhile.")
        {
            Folder, What, Format, From, Until, Listeners, Again, json,
        };
        new LedgerChoice().SetAction(command, async (parsed, ledger, stop) =>
        {
            var last = DateOnly.FromDateTime((TimeProvider.System.GetUtcNow() - Settling).UtcDateTime);
            var until = parsed.GetValue(Until) is { } wish && wish < last ? wish : last;
            var from = parsed.GetValue(From) ?? (await ledger.Exports.ReadFirstAsync(stop) is { } first ? DateOnly.FromDateTime(first.UtcDateTime) : until);
            var files = new ExportFiles(parsed.GetValue(Folder)!, parsed.GetValue(Format), parsed.GetValue(Again));
            var export = new DailyExport(ledger, files, new ExportedListeners(ledger.Erasures, parsed.GetValue(Listeners)));
            await OperatorConsole.ShowAsync("Exporting", () => (export.DaysDone, export.DaysInAll), async () =>
            {
                await export.RunAsync(parsed.GetValue(What)!.Distinct().ToArray(), from, until, stop);
                return true;
            });
            OperatorConsole.WriteResult(parsed.GetValue(json), new { From = from, Until = until, Sorts = export.Summaries }, string.Join('\n', export.Summaries.Select(sort =>
                FormattableString.Invariant($"{OperatorCommands.WordOf(sort.Sort)}: {sort.Rows} rows of {sort.Written} days written, {sort.Kept} days were there"))));
            return true;
        });
        return command;
    }
}

/// <summary>What is exported.</summary>
public enum ExportSort
{
    Impressions,
    Artworks,
    Figures,
}

/// <summary>The format of exported files.</summary>
public enum ExportFormat
{
    /// <summary>A line of JSON for each row.</summary>
    Ndjson,

    /// <summary>Apache Parquet.</summary>
    Parquet,
}

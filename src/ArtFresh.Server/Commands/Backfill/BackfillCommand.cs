using System.CommandLine;
using ArtFresh.Api;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary><c>backfill</c>: imports the impressions that another system recorded.</summary>
internal static class BackfillCommand
{
    private static readonly Argument<string?> Csv = new("csv")
    {
        Description = "A CSV with the header listener,artwork,viewed_at (in any order; other columns are ignored). Its rows may be in any order.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> From = new("--from") { Description = "Instead of a CSV: the connection string of the other system's PostgreSQL." };
    private static readonly Option<string> Table = new("--table") { Description = "The table or view to read with --from.", DefaultValueFactory = _ => "impression" };
    private static readonly Option<string> ListenerColumn = new("--listener-column") { Description = "Column of the listener's id.", DefaultValueFactory = _ => "listener" };
    private static readonly Option<string> ArtworkColumn = new("--artwork-column") { Description = "Column of the artwork's name.", DefaultValueFactory = _ => "artwork" };
    private static readonly Option<string> ViewedAtColumn = new("--viewed-at-column") { Description = "Column of the time when the artwork was on screen.", DefaultValueFactory = _ => "viewed_at" };
    private static readonly Option<string?> Files = new("--files") { Description = "The folder that artworks were imported from; an artwork named by a file in it is found by the file's content." };
    private static readonly Option<bool> Subjects = new("--subjects") { Description = "The listener column holds the subject of the sign-in (a JWT's sub) instead of the listener's id." };
    private static readonly Option<ArtworkNaming> ArtworkBy = new("--artwork-by")
    {
        Description = "What names an artwork: its id in this ledger, the SHA-256 of the imported file, its source or its title; any is a hash, or else a source, or else a title.",
        DefaultValueFactory = _ => ArtworkNaming.Any,
    };

    private static readonly Option<string?> Map = new("--map") { Description = "A CSV with the header name,artwork: what each name of the source stands for." };
    private static readonly Option<string?> TimeFormat = new("--time-format")
    {
        Description = "unix-seconds, unix-milliseconds, or a format string of .NET such as \"dd/MM/yyyy HH:mm\" (UTC without a zone). Without it: RFC 3339, or 10 or 13 digits since the Unix epoch; other times are left out.",
    };

    private static readonly Option<string?> LeftOut = new("--left-out") { Description = "A CSV to write: every row that is left out, with the reason." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Reads all rows, writes nothing to the ledger, and reports what would be done." };
    private static readonly Option<int> Batch = new Option<int>("--batch") { Description = "Rows in one transaction.", DefaultValueFactory = _ => 2_000 }.Between(1, 100_000);

    public static Command Create()
    {
        var ledger = new LedgerChoice();
        var json = OperatorCommands.JsonOption();
        var backfill = new Command(
            "backfill",
            "Imports the impressions that another system recorded: sets viewed_at of the artworks (an earlier time wins) and adds them to the listeners' sets, so that they are never served to them again. "
            + "An artwork is named by the SHA-256 of the imported file, by that file (--files), by the source or the title that the import recorded, or, with --artwork-by id, by its id. "
            + "Try --dry-run first. "
            + "Servers may run meanwhile: once the command ends, they serve none of it to the listeners. Run it again to resume after a stop. "
            + "Exits with 0 if all rows were imported, 1 if some were skipped, 2 if it stopped early.")
        {
            Csv, From, Table, ListenerColumn, ArtworkColumn, ViewedAtColumn, Files, ArtworkBy, Map, TimeFormat, Subjects, DryRun, LeftOut, Batch, json,
        };
        ledger.AddTo(backfill);
        backfill.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(() => RunAsync(ledger, parsed, parsed.GetValue(json), stop)));
        return backfill;
    }

    private static async Task<bool> RunAsync(LedgerChoice choice, ParseResult parsed, bool isJson, CancellationToken stop)
    {
        await using var leftOut = parsed.GetValue(LeftOut) is { } file ? LeftOutFile(file) : null;
        var report = new BackfillReport(leftOut);
        var read = SourceOf(parsed, new BackfillTimes(report, parsed.GetValue(TimeFormat)));
        await using var ended = read as IAsyncDisposable;
        var map = parsed.GetValue(Map) is { } path ? BackfillMap.Read(path) : null;
        await using var ledger = choice.Open(parsed);
        var isDry = parsed.GetValue(DryRun);
        var names = new BackfillNames(ledger, parsed.GetValue(ArtworkBy), FolderOf(parsed.GetValue(Files)), map);
        var backfill = new Backfill(ledger, names, report, parsed.GetValue(Batch), isDry, TimeProvider.System);
        using var sorted = new BackfillSorted(parsed.GetValue(Subjects) ? new BySubject(read) : read);
        try
        {
            var rows = await read.CountAsync(stop);
            await OperatorConsole.ShowAsync("Sorting", () => (sorted.Read, rows), async () =>
            {
                await sorted.SortAsync(backfill.LeaveOut, stop);
                return true;
            });
            await OperatorConsole.ShowAsync(isDry ? "Looking" : "Backfilling", () => (backfill.Progress.Rows, sorted.Read), async () =>
            {
                await backfill.RunAsync(sorted, stop);
                if (!isDry)
                {
                    await ServedBlocks.EndedAsync(ledger, TimeProvider.System, stop);
                }

                return true;
            });
        }
        finally
        {
            BackfillConsole.Show(backfill.Progress, report, isDry, isJson);
        }

        return backfill.Progress is { Unknown: 0, Bad: 0 };
    }

    private static StreamWriter LeftOutFile(string path)
    {
        try
        {
            var file = new StreamWriter(path);
            file.WriteLine("place,listener,artwork,reason");
            return file;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{path} cannot be written: {refused.Message}");
        }
    }

    private static IBackfillSource SourceOf(ParseResult parsed, BackfillTimes times) => (parsed.GetValue(Csv), parsed.GetValue(From)) switch
    {
        (null, null) or (not null, not null) => throw new SettingException("Name one source of impressions: a CSV, or --from with the connection string of a PostgreSQL database."),
        (null, { } from) => BackfillTable.Open(
            from, new BackfillColumns(parsed.GetValue(Table)!, parsed.GetValue(ListenerColumn)!, parsed.GetValue(ArtworkColumn)!, parsed.GetValue(ViewedAtColumn)!), times),
        ({ } csv, null) => File.Exists(csv) ? new BackfillCsv(csv, times) : throw new SettingException($"There is no file {csv}."),
    };

    private static string? FolderOf(string? path) => path is null || Directory.Exists(path)
        ? path is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))
        : throw new SettingException($"There is no folder {path}.");

    /// <summary>The rows of a source, with subjects replaced by listener ids.</summary>
    private sealed class BySubject(IBackfillSource source) : IBackfillSource
    {
        public Task<long> CountAsync(CancellationToken cancellationToken) => source.CountAsync(cancellationToken);

        public IAsyncEnumerable<BackfillRow> ReadAsync(Action<LeftOutRow> onLeftOut, CancellationToken cancellationToken) =>
            source.ReadAsync(onLeftOut, cancellationToken).Select(row => row with { Listener = ListenerIds.OfSubject(row.Listener) });
    }
}

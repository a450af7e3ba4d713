using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using ArtFresh.Api;
using ArtFresh.Art;
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
        Description = "What names an artwork: its id in this ledger, the SHA-256 of the imported file, its source, its title, or a column of the imported CSV (--catalogue, --column); any is a hash, or else a source, or else a title.",
        DefaultValueFactory = _ => ArtworkNaming.Any,
    };

    private static readonly Option<string?> Catalogue = new("--catalogue") { Description = "With --artwork-by column: the CSV that was imported, beside its files." };
    private static readonly Option<string?> Column = new("--column") { Description = "With --artwork-by column: the column of that CSV with the names that impressions have, such as the key of a table." };

    private static readonly Option<string?> Map = new("--map") { Description = "A CSV with the header name,artwork: what each name of the source stands for." };
    private static readonly Option<string?> TimeFormat = new("--time-format")
    {
        Description = "unix-seconds, unix-milliseconds, or a format string of .NET such as \"dd/MM/yyyy HH:mm\" (UTC without a zone). Without it: RFC 3339, or 10 or 13 digits since the Unix epoch; other times are left out.",
    };

    private static readonly Option<string?> LeftOut = new("--left-out") { Description = "A CSV to write: every row that is left out, with the reason." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Reads all rows, writes nothing to the ledger, and reports what would be done." };
    private static readonly Option<long?> Undo = new("--undo")
    {
        Description = "Takes out the run of this number: what only it had brought is fresh again, and viewed_at becomes what it is without it. Run it again to resume after a stop.",
    };

    private static readonly Option<bool> Runs = new("--runs") { Description = "Lists all runs with their numbers." };
    private static readonly Option<int> Batch = new Option<int>("--batch") { Description = "Rows in one transaction.", DefaultValueFactory = _ => 10_000 }.Between(1, 100_000);

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
            + "Each source is a run with a number, which --undo takes out. "
            + "Exits with 0 if all rows were imported, 1 if some were skipped, 2 if it stopped early.")
        {
            Csv, From, Table, ListenerColumn, ArtworkColumn, ViewedAtColumn, Files, ArtworkBy, Catalogue, Column, Map, TimeFormat, Subjects, DryRun, LeftOut, Batch, Undo, Runs, json,
        };
        ledger.AddTo(backfill);
        backfill.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(() =>
            parsed.GetValue(Undo) is { } run ? UndoAsync(ledger, parsed, run, parsed.GetValue(json), stop)
            : parsed.GetValue(Runs) ? ListAsync(ledger, parsed, parsed.GetValue(json), stop)
            : RunAsync(ledger, parsed, parsed.GetValue(json), stop)));
        return backfill;
    }

    private static async Task<bool> RunAsync(LedgerChoice choice, ParseResult parsed, bool isJson, CancellationToken stop)
    {
        await using var leftOut = parsed.GetValue(LeftOut) is { } file ? LeftOutFile(file) : null;
        var report = new BackfillReport(leftOut);
        var read = SourceOf(parsed, new BackfillTimes(report, parsed.GetValue(TimeFormat)));
        await using var ended = read as IAsyncDisposable;
        var map = parsed.GetValue(Map) is { } path ? BackfillMap.Read(path) : null;
        var column = ColumnOf(parsed);
        await using var ledger = choice.Open(parsed);
        var isDry = parsed.GetValue(DryRun);
        var names = new BackfillNames(ledger, parsed.GetValue(ArtworkBy), FolderOf(parsed.GetValue(Files)), map, column);
        using var sorted = new BackfillSorted(parsed.GetValue(Subjects) ? new BySubject(read) : read);
        var rows = await read.CountAsync(stop);
        var run = isDry ? null : await BeginAsync(ledger, read, parsed, stop);
        var backfill = new Backfill(ledger, names, read.PlaceOf, report, parsed.GetValue(Batch), run?.Number, TimeProvider.System);
        try
        {
            await OperatorConsole.ShowAsync("Sorting", () => (sorted.Read, rows), async () =>
            {
                await sorted.SortAsync(row => backfill.TakeAsync(row, stop), backfill.LeaveOut, stop);
                return true;
            });
            await OperatorConsole.ShowAsync(isDry ? "Looking" : "Backfilling", () => (backfill.Progress.Rows, sorted.Read), async () =>
            {
                await backfill.RunAsync(sorted, stop);
                if (run is not null)
                {
                    await ServedBlocks.EndedAsync(ledger, TimeProvider.System, stop);
                    await ledger.Backfills.EndAsync(run.Number, TimeProvider.System.GetUtcNow(), stop);
                }

                return true;
            });
        }
        finally
        {
            BackfillConsole.Show(backfill.Progress, report, run?.Number, isJson);
        }

        return backfill.Progress is { Unknown: 0, Bad: 0 };
    }

    /// <summary>The run of what is read: the same rows, read in the same way, are the same run.</summary>
    private static async Task<BackfillRun> BeginAsync(OpenLedger ledger, IBackfillSource source, ParseResult parsed, CancellationToken stop)
    {
        var (name, identity) = await source.IdentifyAsync(stop);
        var map = parsed.GetValue(Map) is { } path ? await ContentHashes.OfFileAsync(path, stop) : null;
        var catalogue = parsed.GetValue(Catalogue) is { } named ? $"{await ContentHashes.OfFileAsync(named, stop)}\n{parsed.GetValue(Column)}\n" : "";
        var fingerprint = catalogue + string.Join('\n', identity, parsed.GetValue(ArtworkBy), parsed.GetValue(Files), map, parsed.GetValue(TimeFormat), parsed.GetValue(Subjects));
        return await ledger.Backfills.BeginAsync(name, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fingerprint))), TimeProvider.System.GetUtcNow(), stop);
    }

    private static async Task<bool> UndoAsync(LedgerChoice choice, ParseResult parsed, long number, bool isJson, CancellationToken stop)
    {
        await using var ledger = choice.Open(parsed);
        var run = (await ledger.Backfills.ReadAsync(stop)).FirstOrDefault(run => run.Number == number)
            ?? throw new SettingException($"There is no run {number}: --runs lists them. Runs of releases before runs had numbers cannot be undone.");
        if (run.UndoneAt is { } at)
        {
            OperatorConsole.WriteResult(isJson, new BackfillUndone(number, 0, 0, 0), $"Run {number} was undone at {OperatorCommands.TimeOf(at)}.");
            return true;
        }

        var undo = new BackfillUndo(ledger, run, TimeProvider.System);
        var (listeners, views) = (await ledger.Backfills.CountListenersAsync(number, stop), (Done: 0L, All: 0L));
        await OperatorConsole.ShowAsync("Undoing", () => (undo.Progress.Listeners + views.Done, listeners + views.All), async () =>
        {
            await undo.RunAsync((done, all) => views = (done, all), stop);
            return true;
        });
        var undone = undo.Progress;
        OperatorConsole.WriteResult(
            isJson, undone, FormattableString.Invariant($"Run {number} is undone: fresh again for {OperatorConsole.Counted(undone.Listeners, "listener")}: {OperatorConsole.Counted(undone.Artworks, "artwork")}. viewed_at has changed of {OperatorConsole.Counted(undone.Views, "artwork")}."));
        return true;
    }

    private static async Task<bool> ListAsync(LedgerChoice choice, ParseResult parsed, bool isJson, CancellationToken stop)
    {
        await using var ledger = choice.Open(parsed);
        var runs = await ledger.Backfills.ReadAsync(stop);
        OperatorConsole.WriteResult(isJson, runs, runs.Count == 0 ? "There are no runs." : string.Join('\n', runs.Select(run =>
            $"{run.Number}  {OperatorCommands.TimeOf(run.StartedAt)}  {StateOf(run)}  {run.Source}")));
        return true;

        static string StateOf(BackfillRun run) => run switch
        {
            { UndoneAt: { } at } => $"undone {OperatorCommands.TimeOf(at)}",
            { UndoBegunAt: not null } => "undone in part",
            { EndedAt: not null } => "done",
            _ => "stopped early",
        };
    }

    private static StreamWriter LeftOutFile(string path)
    {
        try
        {
            PrivateFiles.CreateFile(path);
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

    private static BackfillColumn? ColumnOf(ParseResult parsed) => (parsed.GetValue(ArtworkBy), parsed.GetValue(Catalogue), parsed.GetValue(Column)) switch
    {
        (ArtworkNaming.Column, { } catalogue, { } name) => parsed.GetValue(Files) is null ? BackfillColumn.Read(catalogue, name) : throw new SettingException("--artwork-by column takes no --files: the files are those of --catalogue."),
        (ArtworkNaming.Column, _, _) => throw new SettingException("--artwork-by column needs --catalogue with the CSV that was imported, and --column with the column that names its artworks."),
        (_, null, null) => null,
        _ => throw new SettingException("--catalogue and --column go with --artwork-by column."),
    };

    private static string? FolderOf(string? path) => path is null || Directory.Exists(path)
        ? path is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))
        : throw new SettingException($"There is no folder {path}.");

    /// <summary>The rows of a source, with subjects replaced by listener ids.</summary>
    private sealed class BySubject(IBackfillSource source) : IBackfillSource
    {
        public Task<(string Name, string Identity)> IdentifyAsync(CancellationToken cancellationToken) => source.IdentifyAsync(cancellationToken);

        public string PlaceOf(long number) => source.PlaceOf(number);

        public Task<long> CountAsync(CancellationToken cancellationToken) => source.CountAsync(cancellationToken);

        public IAsyncEnumerable<BackfillRow> ReadAsync(Action<LeftOutRow> onLeftOut, CancellationToken cancellationToken) =>
            source.ReadAsync(onLeftOut, cancellationToken).Select(row => row with { Listener = ListenerIds.OfSubject(row.Listener) });
    }
}

using System.CommandLine;
using System.Globalization;
using ArtFresh.Api;

namespace ArtFresh.Server;

/// <summary><c>backfill</c>: imports the impressions that another system recorded.</summary>
internal static class BackfillCommand
{
    private const int FaultsShownMax = 20;

    private static readonly Argument<string?> Csv = new("csv")
    {
        Description = "A CSV with the header listener,artwork,viewed_at (in any order; other columns are ignored). Fastest if sorted by listener.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> From = new("--from") { Description = "Instead of a CSV: the connection string of the other system's PostgreSQL." };
    private static readonly Option<string> Table = new("--table") { Description = "The table or view to read with --from.", DefaultValueFactory = _ => "impression" };
    private static readonly Option<string> ListenerColumn = new("--listener-column") { Description = "Column of the listener's id.", DefaultValueFactory = _ => "listener" };
    private static readonly Option<string> ArtworkColumn = new("--artwork-column") { Description = "Column of the artwork's name.", DefaultValueFactory = _ => "artwork" };
    private static readonly Option<string> ViewedAtColumn = new("--viewed-at-column") { Description = "Column of the time when the artwork was on screen.", DefaultValueFactory = _ => "viewed_at" };
    private static readonly Option<string?> Files = new("--files") { Description = "The folder that artworks were imported from; an artwork named by a file in it is found by the file's content." };
    private static readonly Option<bool> Subjects = new("--subjects") { Description = "The listener column holds the subject of the sign-in (a JWT's sub) instead of the listener's id." };
    private static readonly Option<int> Batch = new Option<int>("--batch") { Description = "Rows in one transaction.", DefaultValueFactory = _ => 2_000 }.Between(1, 100_000);

    public static Command Create()
    {
        var ledger = new LedgerChoice();
        var json = OperatorCommands.JsonOption();
        var backfill = new Command(
            "backfill",
            "Imports the impressions that another system recorded: sets viewed_at of the artworks (an earlier time wins) and adds them to the listeners' sets, so that they are never served to them again. "
            + "An artwork is named by its id, by the SHA-256 of the imported file, by that file (--files), or by the source or the title that the import recorded. "
            + "Servers may run meanwhile: once the command ends, they serve none of it to the listeners. Run it again to resume after a stop. "
            + "Exits with 0 if all rows were imported, 1 if some were skipped, 2 if it stopped early.")
        {
            Csv, From, Table, ListenerColumn, ArtworkColumn, ViewedAtColumn, Files, Subjects, Batch, json,
        };
        ledger.AddTo(backfill);
        backfill.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(() => RunAsync(ledger, parsed, parsed.GetValue(json), stop)));
        return backfill;
    }

    private static async Task<bool> RunAsync(LedgerChoice choice, ParseResult parsed, bool isJson, CancellationToken stop)
    {
        var source = SourceOf(parsed);
        await using var ledger = choice.Open(parsed);
        var faults = new List<(string Where, string Why)>();
        var backfill = new Backfill(ledger, FolderOf(parsed.GetValue(Files)), parsed.GetValue(Batch), TimeProvider.System);
        try
        {
            var rows = await source.CountAsync(stop);
            await OperatorConsole.ShowAsync("Backfilling", () => (backfill.Progress.Rows, rows), async () =>
            {
                await backfill.RunAsync(parsed.GetValue(Subjects) ? new BySubject(source) : source, (where, why) => Keep(faults, where, why), stop);
                await ServedBlocks.EndedAsync(ledger, TimeProvider.System, stop);
                return true;
            });
        }
        finally
        {
            await ((source as IAsyncDisposable)?.DisposeAsync() ?? ValueTask.CompletedTask);
            Show(backfill.Progress, faults, isJson);
        }

        return backfill.Progress is { Unknown: 0, Bad: 0 };
    }

    private static IBackfillSource SourceOf(ParseResult parsed) => (parsed.GetValue(Csv), parsed.GetValue(From)) switch
    {
        (null, null) or (not null, not null) => throw new SettingException("Name one source of impressions: a CSV, or --from with the connection string of a PostgreSQL database."),
        (null, { } from) => BackfillTable.Open(
            from, new BackfillColumns(parsed.GetValue(Table)!, parsed.GetValue(ListenerColumn)!, parsed.GetValue(ArtworkColumn)!, parsed.GetValue(ViewedAtColumn)!)),
        ({ } csv, null) => File.Exists(csv) ? new BackfillCsv(csv) : throw new SettingException($"There is no file {csv}."),
    };

    private static string? FolderOf(string? path) => path is null || Directory.Exists(path)
        ? path is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))
        : throw new SettingException($"There is no folder {path}.");

    private static void Keep(List<(string Where, string Why)> faults, string where, string why)
    {
        if (faults.Count < FaultsShownMax)
        {
            faults.Add((where, why));
        }
    }

    private static void Show(BackfillProgress done, List<(string Where, string Why)> faults, bool isJson)
    {
        if (isJson)
        {
            OperatorConsole.WriteJson(new { done.Rows, done.Added, done.Known, done.Unknown, done.Bad, LeftOut = faults.Select(fault => new { fault.Where, fault.Why }) });
            return;
        }

        foreach (var (where, why) in faults)
        {
            OperatorConsole.Say($"skipped: {where}: {why}");
        }

        OperatorConsole.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{done.Rows} impressions read: {done.Added} added to listeners' sets, {done.Known} known already, {done.Unknown} of artworks that do not exist, {done.Bad} malformed."));
    }

    /// <summary>The rows of a source, with subjects replaced by listener ids.</summary>
    private sealed class BySubject(IBackfillSource source) : IBackfillSource
    {
        public Task<long> CountAsync(CancellationToken cancellationToken) => source.CountAsync(cancellationToken);

        public IAsyncEnumerable<BackfillRow> ReadAsync(Action<string, string> onBadRow, CancellationToken cancellationToken) =>
            source.ReadAsync(onBadRow, cancellationToken).Select(row => row with { Listener = ListenerIds.OfSubject(row.Listener) });
    }
}

using System.CommandLine;
using System.Globalization;
using ArtFresh.Api;

namespace ArtFresh.Server;

/// <summary><c>backfill</c>: takes over what listeners were shown by a system before this one.</summary>
internal static class BackfillCommand
{
    private const int FaultsShownMax = 20;

    private static readonly Argument<string?> Csv = new("csv")
    {
        Description = "A CSV with the header listener,artwork,viewed_at (in any order; other columns are not looked at). Rows of one listener after the other are quickest.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> From = new("--from") { Description = "Instead of a CSV: how to connect to the PostgreSQL of the other system." };
    private static readonly Option<string> Table = new("--table") { Description = "Its table, or view.", DefaultValueFactory = _ => "impression" };
    private static readonly Option<string> ListenerColumn = new("--listener-column") { Description = "The listener's id.", DefaultValueFactory = _ => "listener" };
    private static readonly Option<string> ArtworkColumn = new("--artwork-column") { Description = "The artwork's name.", DefaultValueFactory = _ => "artwork" };
    private static readonly Option<string> ViewedAtColumn = new("--viewed-at-column") { Description = "When it was on screen.", DefaultValueFactory = _ => "viewed_at" };
    private static readonly Option<string?> Files = new("--files") { Description = "The folder that artworks were imported from: an artwork that is named by a file there is known by its content." };
    private static readonly Option<bool> Subjects = new("--subjects") { Description = "Listeners are named by the subject of their sign-in (a JWT's sub), not by their id here." };
    private static readonly Option<int> Batch = new Option<int>("--batch") { Description = "Rows in one transaction.", DefaultValueFactory = _ => 2_000 }.Between(1, 100_000);

    public static Command Create()
    {
        var ledger = new LedgerChoice();
        var json = OperatorCommands.JsonOption();
        var backfill = new Command(
            "backfill",
            "Takes over what listeners were shown by a system before this one: sets viewed_at of the artworks (an earlier one wins) and puts them into the listeners' sets, so that they are never fresh again. "
            + "An artwork is named by its id here, by the SHA-256 of the file that was imported, by that file (--files), or by the source or the title that the import recorded. "
            + "Run it again to go on where it stopped; the servers may go on meanwhile. What an open session has in stock by then, at most 128 artworks, may be on screen once more. "
            + "Ends with 0 when all rows were taken over, 1 when some were left out, 2 when it stopped.")
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
            await OperatorConsole.ShowAsync("Taking over", () => (backfill.Progress.Rows, rows), async () =>
            {
                await backfill.RunAsync(parsed.GetValue(Subjects) ? new BySubject(source) : source, (where, why) => Keep(faults, where, why), stop);
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
        (null, null) or (not null, not null) => throw new SettingException("Say where the impressions are: a CSV, or --from with the connection string of a PostgreSQL."),
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
            OperatorConsole.Say($"left out: {where}: {why}");
        }

        OperatorConsole.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{done.Rows} impressions read: {done.Added} went into listeners' sets, {done.Known} were there, {done.Unknown} are of artworks that there are not, {done.Bad} could not be read."));
    }

    /// <summary>The same rows, with listeners' ids in place of their subjects.</summary>
    private sealed class BySubject(IBackfillSource source) : IBackfillSource
    {
        public Task<long> CountAsync(CancellationToken cancellationToken) => source.CountAsync(cancellationToken);

        public IAsyncEnumerable<BackfillRow> ReadAsync(Action<string, string> onBadRow, CancellationToken cancellationToken) =>
            source.ReadAsync(onBadRow, cancellationToken).Select(row => row with { Listener = ListenerIds.OfSubject(row.Listener) });
    }
}

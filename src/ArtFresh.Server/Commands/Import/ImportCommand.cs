using System.CommandLine;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Server.Membership;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary><c>import &lt;folder or csv&gt;</c>: brings a catalogue in, beside a running server or without one.</summary>
internal static class ImportCommand
{
    private const int FaultsShownMax = 20;

    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A folder of SVG, PNG, JPEG or WebP files, or a CSV with the header file,title,author,source,licence,valence,energy." };
        var data = new Option<string>("--data") { Description = "The server's data directory.", DefaultValueFactory = _ => new ServerSettings().DataDirectory };
        var ledgerAt = OperatorCommands.LedgerOption("How to connect to a cluster's PostgreSQL; without it the ledger in the data directory.");
        var import = new Command("import", "Brings a catalogue in as artworks. Run it again to go on where it stopped.") { path, data, ledgerAt };
        import.SetAction((parsed, stop) => ImportAsync(parsed.GetValue(path)!, parsed.GetValue(data)!, parsed.GetValue(ledgerAt), stop));
        return import;
    }

    private static async Task<int> ImportAsync(string path, string data, string? ledgerAt, CancellationToken stop)
    {
        var faults = new List<CatalogueFault>();
        void OnFault(CatalogueFault fault)
        {
            lock (faults)
            {
                faults.Add(fault);
            }
        }

        CatalogueEntry[] entries;
        using var directory = DataDirectory.Open(data);
        try
        {
            entries = [.. CatalogueReader.Read(path, OnFault)];
        }
        catch (Exception wrong) when (wrong is FileNotFoundException or InvalidDataException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{path}: {wrong.Message}[/]");
            return 1;
        }

        CatalogueImport? import = null;
        try
        {
            import = await IntoAsync(directory, ledgerAt, stop);
            await AnsiConsole.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(progress => ShowAsync(progress, import, import.RunAsync(entries, OnFault, stop), entries.Length));
        }
        catch (ArgumentException malformed)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]--ledger is no connection string of PostgreSQL: {malformed.Message}[/]");
            return 1;
        }
        catch (LedgerUnavailableException failure)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{failure.Message} What was entered stays; run the import again.[/]");
            return 1;
        }
        catch (OperationCanceledException)
        {
            AnsiConsole.MarkupLine("Stopped. What was entered stays; run the import again to go on.");
        }

        var done = import?.Progress ?? default;
        foreach (var fault in faults.Take(FaultsShownMax))
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]left out[/] {fault.Where}: {fault.Reason}");
        }

        AnsiConsole.MarkupLineInterpolated(
            $"{done.Entered} artworks entered, {done.Known} known already, {faults.Count} left out, of {entries.Length} files.");
        return 0;
    }

    private static async Task<CatalogueImport> IntoAsync(DataDirectory directory, string? ledgerAt, CancellationToken stop)
    {
        if (ledgerAt is null)
        {
            var file = new SqliteDatabase(directory.Ledger);
            file.Upgrade(TimeProvider.System);
            return new CatalogueImport(new SqliteLedger(file, TimeProvider.System), new SqlCatalogue(file), new PictureStore(directory.Pictures), TimeProvider.System);
        }

        var database = new PostgresDatabase(ledgerAt);
        await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(10), stop);
        var pictures = new PictureStore(directory.Pictures, new PostgresPictures(database));
        return new CatalogueImport(new PostgresLedger(database, TimeProvider.System), new SqlCatalogue(database), pictures, TimeProvider.System);
    }

    private static async Task ShowAsync(ProgressContext progress, CatalogueImport import, Task running, int files)
    {
        var bar = progress.AddTask("Importing", maxValue: Math.Max(1, files));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask());
            bar.Value = import.Progress.Read;
            bar.Description = $"{import.Progress.Entered} artworks";
        }

        await running;
    }
}

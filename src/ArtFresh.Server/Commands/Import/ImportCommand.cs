using System.CommandLine;
using System.Globalization;
using ArtFresh.Art;
using ArtFresh.Grains.Artworks;

namespace ArtFresh.Server;

/// <summary><c>import &lt;folder or csv&gt;</c>: enters a catalogue's pictures as artworks. A server may run meanwhile.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string> Source = new("path") { Description = "A folder of SVG, PNG, JPEG or WebP files, or a CSV with the header file,title,author,source,licence,collection,digitalSourceType,valence,energy." };
    private static readonly Option<string?> Collection = new("--collection") { Description = "The collection of artworks for which the catalogue names none. The command collection says when it is served." };

    private static readonly Option<bool> Held = new("--held") { Description = "Has all new pictures wait until an operator has looked at them, on /ops or by the command held. Until then they are no artworks." };

    public static Command Create()
    {
        var choice = new LedgerChoice();
        var json = OperatorCommands.JsonOption();
        var import = new Command(
            "import",
            "Enters a catalogue's pictures as artworks. Servers may run meanwhile. Run it again to resume after a stop. Creates a ledger only in a directory named by --data. Exits with 0 if every file is an artwork, 1 if some were skipped, 2 if it stopped early.")
        {
            Source, Collection, Held, json,
        };
        choice.AddTo(import);
        import.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(() => ImportAsync(choice, parsed, parsed.GetValue(json), stop)));
        return import;
    }

    private static async Task<bool> ImportAsync(LedgerChoice choice, ParseResult parsed, bool isJson, CancellationToken stop)
    {
        var path = parsed.GetValue(Source)!;
        var faults = new List<CatalogueFault>();
        void OnFault(CatalogueFault fault)
        {
            lock (faults)
            {
                faults.Add(fault);
            }
        }

        CatalogueEntry[] entries;
        try
        {
            entries = [.. CatalogueReader.Read(path, OnFault)];
        }
        catch (Exception wrong) when (wrong is FileNotFoundException or InvalidDataException)
        {
            throw new SettingException($"{path}: {wrong.Message}");
        }

        if (entries.Length == 0 && faults.Count == 0)
        {
            throw new SettingException($"{path}: There is nothing to import: no SVG, PNG, JPEG or WebP file.");
        }

        await using var ledger = choice.OpenOrMake(parsed, out var directory);
        await ledger.UpgradeAsync(stop);
        await CollectionCommand.AddAsync(ledger.Collections, parsed.GetValue(Collection), stop);
        using var looks = new LookAlikeFinder(ledger.Alike);
        var import = new CatalogueImport(
            ledger.Writer, ledger.Catalogue, ledger.Held, await ReadRulesAsync(ledger, parsed, stop), looks, new PictureStore(directory.Pictures, ledger.Pictures), TimeProvider.System);
        try
        {
            await OperatorConsole.ShowAsync("Importing", () => (import.Progress.Read, entries.Length), async () =>
            {
                await import.RunAsync(entries, OnFault, stop);
                return true;
            });
        }
        finally
        {
            Show(import.Progress, faults, entries.Length, isJson);
        }

        return faults.Count == 0;
    }

    private static async Task<ImportRules> ReadRulesAsync(OpenLedger ledger, ParseResult parsed, CancellationToken stop)
    {
        var withdrawn = await ledger.Withdrawals.ReadChangesAsync(0, int.MaxValue, stop);
        var shelves = await ledger.Collections.ReadShelvesAsync(stop);
        return new ImportRules(
            [.. withdrawn.Where(change => change.IsWithdrawn)], await ledger.Held.ReadRefusedAsync(stop), parsed.GetValue(Collection), parsed.GetValue(Held),
            shelves.Where(shelf => shelf.IsHeld).Select(shelf => shelf.Collection!).ToHashSet());
    }

    private static void Show(ImportProgress done, List<CatalogueFault> faults, int files, bool isJson)
    {
        foreach (var fault in faults)
        {
            OperatorConsole.Complain($"skipped: {fault.Where}: {fault.Reason}");
        }

        OperatorConsole.WriteResult(
            isJson,
            new { done.Entered, done.Known, done.Unlicensed, done.Held, Files = files, LeftOut = faults.Select(fault => new { fault.Where, fault.Reason }) },
            string.Create(CultureInfo.InvariantCulture, $"{OperatorConsole.Counted(files, "file")}: {OperatorConsole.Counted(done.Entered, "artwork")} entered, {done.Known} known already, {faults.Count} skipped.{(done.Held > 0 ? $" Held until somebody looks ('held' lists them): {done.Held}." : "")}{(done.Unlicensed > 0 ? $" Without a licence: {done.Unlicensed}." : "")}"));
    }
}

using System.CommandLine;
using System.Globalization;
using ArtFresh.Art;

namespace ArtFresh.Server;

/// <summary><c>import &lt;folder or csv&gt;</c>: brings a catalogue in, beside a running server or without one.</summary>
internal static class ImportCommand
{
    private const int FaultsShownMax = 20;

    private static readonly Argument<string> Source = new("path") { Description = "A folder of SVG, PNG, JPEG or WebP files, or a CSV with the header file,title,author,source,licence,valence,energy." };

    public static Command Create()
    {
        var choice = new LedgerChoice();
        var json = OperatorCommands.JsonOption();
        var import = new Command(
            "import",
            "Brings a catalogue in as artworks. Run it again to go on where it stopped; servers may run meanwhile. Makes a new ledger only in a directory that --data names. Ends with 0 when every file is an artwork, 1 when some were left out, 2 when it stopped.")
        {
            Source, json,
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

        await using var ledger = choice.OpenOrMake(parsed, out var directory);
        await ledger.UpgradeAsync(stop);
        var import = new CatalogueImport(ledger.Writer, ledger.Catalogue, new PictureStore(directory.Pictures, ledger.Pictures), TimeProvider.System);
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

    private static void Show(ImportProgress done, List<CatalogueFault> faults, int files, bool isJson)
    {
        foreach (var fault in faults.Take(FaultsShownMax))
        {
            OperatorConsole.Complain($"left out: {fault.Where}: {fault.Reason}");
        }

        OperatorConsole.Answer(
            isJson,
            new { done.Entered, done.Known, Files = files, LeftOut = faults.Select(fault => new { fault.Where, fault.Reason }) },
            string.Create(CultureInfo.InvariantCulture, $"{done.Entered} artworks entered, {done.Known} known already, {faults.Count} left out, of {files} files."));
    }
}

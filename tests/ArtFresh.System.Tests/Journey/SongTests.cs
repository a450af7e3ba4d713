using System.Globalization;
using Xunit;

namespace ArtFresh.SystemTests.Journey;

/// <summary>The main job on real input: Debian's songs and drawings. By itself, because art must change on a bar.</summary>
[Collection(typeof(MachineToItself))]
public sealed class SongTests
{
    private const string OpenClipart = "/usr/share/openclipart/svg";
    private const int TimeoutMs = 120_000;
    private const int NextMax = 24;

    /// <summary>By how much a change may miss its bar on a machine that draws by software beside other tests.</summary>
    private const int OffBarMs = 150;

    /// <summary>How much of it is heard, and how many artworks come meanwhile.</summary>
    private static readonly (string Until, int ChangesMin, int ChangesMax) Heard = LongForm.IsOn ? ("1:00", 3, 20) : ("0:30", 2, 10);

    [Fact]
    public async Task SongIsPlayedWithImportedAndGeneratedArt()
    {
        Assert.SkipUnless(HouseSongs.Exist && Directory.Exists(OpenClipart), "Debian's fretsonfire-songs-sectoid or openclipart-svg is not installed");
        await using var visit = await Visit.StartAsync(async server =>
        {
            HouseSongs.CopyTo(server);
            var (exitCode, output) = await server.CommandAsync("import", await WriteCatalogueAsync(server.DataDirectory));
            // The exit status says whether drawings over the limits were skipped.
            Assert.Equal(output.Contains(" 0 skipped", StringComparison.Ordinal) ? 0 : 1, exitCode);
        });
        var page = await visit.OpenAsync();
        await page.Locator(".house-song").First.ClickAsync();

        // The song's own clock says how much of it has been heard.
        await page.WaitForFunctionAsync("until => document.querySelector('#song-position').textContent >= until", Heard.Until, new() { Timeout = TimeoutMs });
        var changes = await page.EvaluateAsync<double[]>("() => window.artfresh.player.changes.map(change => change.at)");
        Assert.InRange(changes.Length, Heard.ChangesMin, Heard.ChangesMax);
        Assert.True(changes.Zip(changes.Skip(1), (one, next) => next - one).Skip(1).All(gap => gap > 5_000), "art changed before six seconds were over");

        AssertOnBars(changes);

        await Visit.RestAsync(page);
        // The music chose five or so of the stock, by mood; whoever asks for the next ones comes to the other kind too.
        var (imported, generated) = (0L, 0L);
        for (var asked = 0; asked < NextMax && (imported == 0 || generated == 0); asked++)
        {
            await Visit.NextAsync(page);
            var ids = string.Join(',', await Visit.ShownIdsAsync(page));
            imported = visit.Ledger.Count($"select count(*) from artwork where generator = 'import' and artwork_id in ({ids})");
            generated = visit.Ledger.Count($"select count(*) from artwork where generator = 'neural' and artwork_id in ({ids})");
        }

        await page.EvaluateAsync("() => window.artfresh.client.flush()");
        var shown = await Visit.ShownIdsAsync(page);
        Assert.Equal(shown.Length, shown.Distinct().Count());
        Assert.True(imported > 0 && generated > 0, $"{imported} imported, {generated} generated of {shown.Length}");
        var impressions = await visit.Ledger.HoldsAsync(shown.Length);
        Assert.Equal(shown, impressions.Select(impression => impression.ArtworkId));
        Assert.Contains("none twice", await page.Locator("#tally").TextContentAsync() ?? "", StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage($"{changes.Length} artworks until {Heard.Until}; with the next ones {imported} imported and {generated} generated");
    }

    /// <summary>"Escape from chaosland" is known ahead, with four beats in a bar at 135 a minute: from bar to bar is a whole number of bars.</summary>
    private static void AssertOnBars(double[] changes)
    {
        const double bar = 4 * 60_000.0 / 135;
        var gap = changes[^1] - changes[^2];
        Assert.True(Math.Abs(gap - (Math.Round(gap / bar) * bar)) < OffBarMs, $"{gap:F0} ms between two changes, where a bar is {bar:F0} ms");
    }

    /// <summary>Real drawings, one in each cell of the mood grid, so that every mood has imported art first and generated art after it.</summary>
    private static async Task<string> WriteCatalogueAsync(string directory)
    {
        var files = Directory.GetFiles(Path.Combine(OpenClipart, "animals"), "*.svg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(64).ToArray();
        var folder = Directory.CreateDirectory(Path.Combine(directory, "catalogue")).FullName;
        var rows = new List<string> { "file,valence,energy" };
        for (var cell = 0; cell < files.Length; cell++)
        {
            File.Copy(files[cell], Path.Combine(folder, $"{cell}.svg"));
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"{cell}.svg,{((cell % 8) + 0.5) / 8},{((cell / 8) + 0.5) / 8}"));
        }

        var csv = Path.Combine(folder, "catalogue.csv");
        await File.WriteAllLinesAsync(csv, rows);
        return csv;
    }
}

using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>Imports Debian's openclipart beside a running server: all of it in the long form, one folder in the short one.</summary>
public sealed partial class CatalogueTests
{
    private const string OpenClipart = "/usr/share/openclipart";
    private const int Listeners = 16;
    private const int SessionsEach = 3;

    private static readonly Share Imported = LongForm.IsOn ? new(OpenClipart, 6_500, 400, 10_000) : new(OpenClipart + "/svg/animals", 250, 40, 1_000);

    [Fact]
    public async Task CatalogueIsImportedOnceAndServedToManyListenersWithoutARepeat()
    {
        Assert.SkipUnless(Directory.Exists(OpenClipart), "Debian's openclipart-svg is not installed");
        await using var server = new ServerProcess(Generous.Limits);
        await server.StartAsync();

        var (firstExit, first) = await server.CommandAsync("import", Imported.Folder);
        var (againExit, again) = await server.CommandAsync("import", Imported.Folder);

        // Some drawings exceed the limits; the exit status says whether files were skipped.
        Assert.All([(firstExit, first), (againExit, again)], run => Assert.Equal(run.Item2.Contains(" 0 skipped", StringComparison.Ordinal) ? 0 : 1, run.Item1));
        var entered = Entered(first);
        Assert.True(entered > Imported.EnteredMin, first);
        Assert.Equal(0, Entered(again));
        Assert.Equal(entered, server.Ledger.Count("select count(distinct picture_hash) from artwork where generator = 'import'"));
        Assert.True(server.Ledger.Count("select count(distinct author) from artwork") > Imported.AuthorsMin);

        var listeners = await Task.WhenAll(Enumerable.Range(0, Listeners).Select(i => TakeAsync(server.Address, i)));

        Assert.True(listeners.Sum(listener => listener.Served.Count) >= Imported.Taken);
        Assert.All(listeners, listener => Assert.Equal(listener.Served.Count, listener.Served.Distinct().Count()));
        AssertImportedComeFirst(server.Ledger, listeners);
    }

    /// <summary>
    /// Each listener is given a pool in the order of its ids, and what was imported has lower ids than what is made: whoever was served an artwork that was made had all
    /// that was imported into its pool set aside before, or what looks like it. So what was entered decides how much of it is served, whatever moods are asked for.
    /// </summary>
    private static void AssertImportedComeFirst(ServerLedger ledger, (string Id, List<long> Served)[] listeners)
    {
        var imported = ledger.Pools(isImported: true);
        var importedByPool = imported.ToLookup(artwork => artwork.Value, artwork => artwork.Key);
        var (made, alike) = (ledger.Pools(isImported: false), ledger.AlikeGroups());
        foreach (var (id, served) in listeners)
        {
            var setAside = ledger.SetAsideFor(id);
            var usedUp = served.Where(made.ContainsKey).Select(artwork => made[artwork]).Distinct();
            Assert.All(usedUp, pool => Assert.All(importedByPool[pool].Except(setAside), artwork => Assert.True(alike.TryGetValue(artwork, out var group) && group.Overlaps(setAside))));
        }

        var different = listeners.SelectMany(listener => listener.Served).Where(imported.ContainsKey).Distinct().Count();
        Assert.NotEqual(0, different);
        TestContext.Current.SendDiagnosticMessage($"{imported.Count} imported; {listeners.Sum(listener => listener.Served.Count)} served, {different} of them different imported ones");
    }

    [Fact]
    public async Task FilesThatDifferOnlyInMetadataAreOneArtworkAfterAnyNumberOfImports()
    {
        await using var server = new ServerProcess();
        var folder = Directory.CreateDirectory(Path.Combine(server.DataDirectory, "catalogue")).FullName;
        foreach (var title in new[] { "one", "two" })
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder, $"{title}.svg"),
                $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><title>{title}</title><circle cx="32" cy="32" r="20" fill="teal"/></svg>""",
                TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, Entered((await server.CommandAsync("import", folder)).Output));
        Assert.Equal(0, Entered((await server.CommandAsync("import", folder)).Output));
        Assert.Equal(1, server.Ledger.Count("select count(*) from artwork"));
    }

    /// <summary>Takes one listener's share in three concurrent sessions. An answer may be shorter than requested: it has what was ready in time.</summary>
    private static async Task<(string Id, List<long> Served)> TakeAsync(Uri address, int listener)
    {
        using var client = new HttpListenerClient(address);
        var id = await client.SignInAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, SessionsEach).Select(_ => client.OpenAsync()));
        var shares = await Task.WhenAll(sessions.Select(async (session, tab) =>
        {
            var random = new Random((listener * SessionsEach) + tab);
            var ids = new List<long>();
            while (ids.Count < Imported.Taken / (Listeners * SessionsEach) + 1)
            {
                var count = random.Next(1, 51);
                var answer = await client.FreshAsync(session, count, random.NextDouble(), random.NextDouble());
                Assert.InRange(answer.Length, 1, count);
                ids.AddRange(answer);
            }

            return ids;
        }));
        return (id, [.. shares.SelectMany(ids => ids)]);
    }

    private static int Entered(string output) => int.Parse(EnteredLine().Match(output.ReplaceLineEndings(" ")).Groups[1].Value, null);

    [GeneratedRegex(@"(\d+) artworks? entered")]
    private static partial Regex EnteredLine();

    /// <summary>The folder to import and the expected results.</summary>
    /// <param name="Taken">Artworks that all listeners together take.</param>
    private sealed record Share(string Folder, int EnteredMin, int AuthorsMin, int Taken);
}

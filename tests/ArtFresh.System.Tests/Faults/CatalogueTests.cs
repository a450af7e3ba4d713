using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

/// <summary>Imports Debian's openclipart beside a running server: all of it in the long form, one folder in the short one.</summary>
public sealed partial class CatalogueTests
{
    private const string OpenClipart = "/usr/share/openclipart";
    private const int Listeners = 16;
    private const int SessionsEach = 3;

    private static readonly Share s_share = LongForm.IsOn ? new(OpenClipart, 6_500, 400, 10_000, 500) : new(OpenClipart + "/svg/animals", 250, 40, 1_000, 100);

    [Fact]
    public async Task CatalogueIsImportedOnceAndServedToManyListenersWithoutARepeat()
    {
        Assert.SkipUnless(Directory.Exists(OpenClipart), "Debian's openclipart-svg is not installed");
        await using var server = new ServerProcess(
            "--ArtFresh:Limits:ListenerRequestsPerSecond", "100000", "--ArtFresh:Limits:ListenerRequestsBurst", "100000",
            "--ArtFresh:Limits:SignInsPerMinute", "100000", "--ArtFresh:Limits:ArtworksServedPerHour", "1000000", "--ArtFresh:Limits:SessionsPerHour", "1000000", "--ArtFresh:Limits:ListenersPerNetwork", "10000");
        await server.StartAsync();

        var (firstExit, first) = await server.CommandAsync("import", s_share.Folder);
        var (againExit, again) = await server.CommandAsync("import", s_share.Folder);

        // Some drawings exceed the limits; the exit status says whether files were skipped.
        Assert.All([(firstExit, first), (againExit, again)], run => Assert.Equal(run.Item2.Contains(" 0 skipped", StringComparison.Ordinal) ? 0 : 1, run.Item1));
        var entered = Entered(first);
        Assert.True(entered > s_share.EnteredMin, first);
        Assert.Equal(0, Entered(again));
        Assert.Equal(entered, server.Ledger.Count("select count(distinct picture_hash) from artwork where generator = 'import'"));
        Assert.True(server.Ledger.Count("select count(distinct author) from artwork") > s_share.AuthorsMin);

        var perListener = await Task.WhenAll(Enumerable.Range(0, Listeners).Select(i => TakeAsync(server.Address, i)));

        Assert.True(perListener.Sum(ids => ids.Count) >= s_share.Taken);
        Assert.All(perListener, ids => Assert.Equal(ids.Count, ids.Distinct().Count()));
        var served = perListener.SelectMany(ids => ids).Distinct().ToHashSet();
        var imported = server.Ledger.Count($"select count(*) from artwork where generator = 'import' and artwork_id in ({string.Join(',', served)})");
        Assert.True(imported > s_share.ServedMin, $"only {imported} imported artworks were served");
        TestContext.Current.SendDiagnosticMessage($"{entered} imported; {perListener.Sum(ids => ids.Count)} served, {imported} of them different imported ones");
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

    /// <summary>Takes one listener's share in three concurrent sessions. Each answer must have the requested length.</summary>
    private static async Task<List<long>> TakeAsync(Uri address, int listener)
    {
        using var client = new HttpListenerClient(address);
        await client.SignInAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, SessionsEach).Select(_ => client.OpenAsync()));
        var shares = await Task.WhenAll(sessions.Select(async (session, tab) =>
        {
            var random = new Random((listener * SessionsEach) + tab);
            var ids = new List<long>();
            while (ids.Count < s_share.Taken / (Listeners * SessionsEach) + 1)
            {
                var count = random.Next(1, 51);
                var answer = await client.FreshAsync(session, count, random.NextDouble(), random.NextDouble());
                Assert.Equal(count, answer.Length);
                ids.AddRange(answer);
            }

            return ids;
        }));
        return [.. shares.SelectMany(ids => ids)];
    }

    private static int Entered(string output) => int.Parse(EnteredLine().Match(output.ReplaceLineEndings(" ")).Groups[1].Value, null);

    [GeneratedRegex(@"(\d+) artworks entered")]
    private static partial Regex EnteredLine();

    /// <summary>The folder to import and the expected results.</summary>
    /// <param name="Taken">Artworks that all listeners together take.</param>
    /// <param name="ServedMin">Distinct imported artworks among those, at least.</param>
    private sealed record Share(string Folder, int EnteredMin, int AuthorsMin, int Taken, long ServedMin);
}

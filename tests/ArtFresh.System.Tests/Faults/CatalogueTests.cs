using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

/// <summary>The whole of Debian's openclipart, imported beside a running server.</summary>
public sealed partial class CatalogueTests
{
    private const string OpenClipart = "/usr/share/openclipart";
    private const int Listeners = 16;
    private const int SessionsEach = 3;
    private const int ArtworksInAll = 10_000;

    [Fact]
    public async Task WholeCatalogueIsImportedOnceAndServedToManyListenersAtOnceWithoutARepeat()
    {
        Assert.SkipUnless(Directory.Exists(OpenClipart), "Debian's openclipart-svg is not installed");
        await using var server = new ServerProcess(
            "--ArtFresh:Limits:ListenerRequestsPerSecond", "100000", "--ArtFresh:Limits:ListenerRequestsBurst", "100000",
            "--ArtFresh:Limits:SignInsPerMinute", "100000");
        await server.StartAsync();

        var (firstExit, first) = await server.CommandAsync("import", OpenClipart);
        var (againExit, again) = await server.CommandAsync("import", OpenClipart);

        Assert.Equal((0, 0), (firstExit, againExit));
        var entered = Entered(first);
        Assert.True(entered > 6_500, first);
        Assert.Equal(0, Entered(again));
        Assert.Equal(entered, server.Ledger.Count("select count(distinct picture_hash) from artwork where generator = 'import'"));
        Assert.True(server.Ledger.Count("select count(distinct author) from artwork") > 400);

        var perListener = await Task.WhenAll(Enumerable.Range(0, Listeners).Select(i => TakeAsync(server.Address, i)));

        Assert.True(perListener.Sum(ids => ids.Count) >= ArtworksInAll);
        Assert.All(perListener, ids => Assert.Equal(ids.Count, ids.Distinct().Count()));
        var served = perListener.SelectMany(ids => ids).Distinct().ToHashSet();
        var imported = server.Ledger.Count($"select count(*) from artwork where generator = 'import' and artwork_id in ({string.Join(',', served)})");
        Assert.True(imported > 500, $"only {imported} imported artworks were served");
        TestContext.Current.SendDiagnosticMessage($"{entered} imported; {perListener.Sum(ids => ids.Count)} served, {imported} of them different imported ones");
    }

    [Fact]
    public async Task FilesThatDifferInMetadataAloneAreOneArtworkHoweverOftenTheyAreImported()
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

    /// <summary>One listener's share, by three sessions at once; every answer must be as long as asked.</summary>
    private static async Task<List<long>> TakeAsync(Uri address, int listener)
    {
        using var client = new HttpListenerClient(address);
        await client.SignInAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, SessionsEach).Select(_ => client.OpenAsync()));
        var shares = await Task.WhenAll(sessions.Select(async (session, tab) =>
        {
            var random = new Random((listener * SessionsEach) + tab);
            var ids = new List<long>();
            while (ids.Count < ArtworksInAll / (Listeners * SessionsEach) + 1)
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
}

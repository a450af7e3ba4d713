using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Catalogue;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class CatalogueTests
{
    private static readonly int Neutral = MoodGrid.CellOf(Mood.Neutral);

    [Fact]
    public async Task ImportedAndGeneratedArtComeInTurns()
    {
        await using var silo = await StartAsync(ArtPreference.Mixed);
        var imported = await EnterAsync(silo, 40);
        await EnterGeneratedAsync(silo, 40);

        var art = await (await silo.OpenSessionAsync("guest-a")).Take(8);

        Assert.Equal([true, false, true, false, true, false, true, false], art.Select(artwork => imported.Contains(artwork.ArtworkId)));
    }

    [Fact]
    public async Task NothingIsMadeBeforeBothAreSpent()
    {
        await using var silo = await StartAsync(ArtPreference.Mixed);
        var imported = await EnterAsync(silo, 20);

        var art = (await (await silo.OpenSessionAsync("guest-a")).Take(20)).Ids();

        Assert.Equal(imported, art.Order());
    }

    [Fact]
    public async Task CatalogueComesBeforeAnyGeneratedArtWhateverItsMood()
    {
        await using var silo = await StartAsync(ArtPreference.Catalogue);
        await EnterGeneratedAsync(silo, 40);
        var near = await EnterAsync(silo, 20);
        var far = await EnterAsync(silo, 30, cell: MoodGrid.NearestCells(Mood.Neutral)[^1]);
        var session = await silo.OpenSessionAsync("guest-a");

        long[] first = [.. (await session.Take(20)).Ids(), .. (await session.Take(30)).Ids()];
        var rest = (await session.Take(10)).Ids();

        Assert.Equal(near, first[..20].Order());
        Assert.Equal(far, first[20..].Order());
        Assert.Empty(rest.Intersect([.. near, .. far]));
    }

    [Fact]
    public async Task GeneratedArtComesFirstIfItIsPreferred()
    {
        await using var silo = await StartAsync(ArtPreference.Generated);
        var imported = await EnterAsync(silo, 40);

        var art = (await (await silo.OpenSessionAsync("guest-a")).Take(20)).Ids();

        Assert.Empty(art.Intersect(imported));
    }

    [Fact]
    public async Task NewestCollectionComesFirstToRegularsToo()
    {
        await using var silo = await StartAsync(ArtPreference.Catalogue);
        await AddAsync(silo, "Old");
        await AddAsync(silo, "New");
        var old = await EnterAsync(silo, 200, "Old");
        var regular = await silo.OpenSessionAsync("guest-a");
        var before = (await regular.Take(10)).Ids();
        var fresh = await EnterAsync(silo, 30, "New");

        var served = new List<long>();
        while (fresh.Except(served).Any())
        {
            // What the session holds comes first.
            served.AddRange((await regular.Take(10)).Ids());
            Assert.InRange(served.Count, 1, 200);
        }

        Assert.NotEmpty(old.Except(before).Except(served));
        Assert.Equal(fresh, (await (await silo.OpenSessionAsync("guest-b")).Take(30)).Ids().Order());
    }

    [Fact]
    public async Task CollectionIsServedFromItsTimeOnUntilItsEndToRegularsToo()
    {
        await using var silo = await StartAsync(ArtPreference.Catalogue);
        var now = TimeProvider.System.GetUtcNow();
        await SetAsync(silo, "Shelf", now.AddHours(1), null);
        var shelf = await EnterAsync(silo, 100, "Shelf", waits: false);
        await EnterAsync(silo, 8);
        var regular = await silo.OpenSessionAsync("guest-a");
        Assert.Empty((await regular.Take(20)).Ids().Intersect(shelf));

        await SetAsync(silo, "Shelf", now.AddHours(-1), now.AddHours(1));
        await Eventually.Async(async () => (await regular.Take(5)).Ids().Intersect(shelf).Any());
        await SetAsync(silo, "Shelf", now.AddHours(-2), now.AddHours(-1));
        await Eventually.Async(() => Task.FromResult(ShelvesOf(silo).OpenIn(Neutral).All(open => open.Collection is null)));

        // The session still holds a block of it.
        for (var request = 0; request < 5; request++)
        {
            Assert.Empty((await regular.Take(5)).Ids().Intersect(shelf));
        }
    }

    [Fact]
    public async Task RequestForCollectionsGetsTheirArtAloneUntilNoneIsLeft()
    {
        await using var silo = await StartAsync(ArtPreference.Mixed);
        await AddAsync(silo, "One");
        await AddAsync(silo, "Two");
        await EnterAsync(silo, 30);
        var one = await EnterAsync(silo, 12, "One");
        var two = await EnterAsync(silo, 9, "Two", MoodGrid.NearestCells(Mood.Neutral)[^1]);
        var session = await silo.OpenSessionAsync("guest-a");
        var before = (await session.Take(4)).Ids();

        var served = new List<long>();
        TakeFreshResult taken;
        do
        {
            taken = await session.TakeFresh(new FreshRequest(5, Mood.Neutral, null, Collections: ["One", "Two"]));
            Assert.Equal(SessionOutcome.Done, taken.Outcome);
            served.AddRange(taken.Artworks.Ids());
        }
        while (!taken.Artworks.IsEmpty);

        Assert.Equal(one.Concat(two).Except(before).Order(), served.Order());
        Assert.Empty((await session.TakeFresh(new FreshRequest(5, Mood.Neutral, null, Collections: ["No such"]))).Artworks);
        Assert.Equal(5, (await session.Take(5)).Length);
    }

    /// <summary>Positions that listeners remember must not mean other artworks when a collection gets a shelf.</summary>
    [Fact]
    public async Task CollectionThatGetsAShelfLaterHidesNothingFromRegulars()
    {
        await using var silo = await StartAsync(ArtPreference.Catalogue);
        var first = await EnterAsync(silo, 64, "Late");
        var others = await EnterAsync(silo, 64);
        var regular = await silo.OpenSessionAsync("guest-a");
        var served = (await regular.Take(40)).Ids().ToList();

        await AddAsync(silo, "Late");
        await Eventually.Async(() => Task.FromResult(ShelvesOf(silo).OpenIn(Neutral).Any(shelf => shelf.Collection == "Late")));
        while (first.Concat(others).Except(served).Any())
        {
            served.AddRange((await regular.Take(20)).Ids());
            Assert.InRange(served.Count, 1, 400);
        }

        Assert.Equal(served.Count, served.Distinct().Count());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task ArtWithoutALicenceIsLeftOutIfOneIsRequired(bool isRequired)
    {
        await using var silo = await ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { Prefer = ArtPreference.Catalogue, LicenceRequired = isRequired } });
        var bare = await EnterAsync(silo, 20, waits: false);
        var licensed = await EnterAsync(silo, 4, licence: "CC0");

        var served = (await (await silo.OpenSessionAsync("guest-a")).Take(24)).Ids();

        Assert.Equal(isRequired ? licensed : [.. bare, .. licensed], served.Intersect([.. bare, .. licensed]).Order());
        Assert.Equal(24, served.Length);
    }

    private static Task<ArtFreshCluster> StartAsync(ArtPreference prefer) => ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { Prefer = prefer } });

    private static CatalogueShelves ShelvesOf(ArtFreshCluster silo) => silo.ServicesOf(0).GetRequiredService<CatalogueShelves>();

    private static ICollections CollectionsOf(ArtFreshCluster silo) => silo.ServicesOf(0).GetRequiredService<ICollections>();

    private static OperatorAct Act => new(TimeProvider.System.GetUtcNow(), "ann", "collection", null, "a test");

    private static Task AddAsync(ArtFreshCluster silo, string name) => CollectionsOf(silo).AddShelfAsync(name, Act, TestContext.Current.CancellationToken);

    private static Task SetAsync(ArtFreshCluster silo, string name, DateTimeOffset? from, DateTimeOffset? until) =>
        CollectionsOf(silo).SetWindowAsync(name, from, until, Act, TestContext.Current.CancellationToken);

    /// <param name="waits">Until the silo serves them.</param>
    /// <returns>The ids, ascending.</returns>
    private static async Task<long[]> EnterAsync(ArtFreshCluster silo, int count, string? collection = null, int? cell = null, bool waits = true, string? licence = null)
    {
        var (pool, content) = (cell ?? Neutral, Guid.CreateVersion7().ToString("N"));
        await silo.Writer().AppendAsync(new ArtworksMade(
            [.. Enumerable.Range(0, count).Select(i => new NewArtwork(
                pool, MoodGrid.CenterOf(pool), Artwork.Imported, null, $"{content}{i:d32}", $"{content}{i}", null, "A title", null, null, new ArtworkCredit(licence, Collection: collection)))],
            DateTimeOffset.UnixEpoch));
        var entered = (await CollectionsOf(silo).ReadImportedAsync(0, int.MaxValue, TestContext.Current.CancellationToken)).TakeLast(count).Select(artwork => artwork.ArtworkId).ToArray();
        if (waits)
        {
            await Eventually.Async(() => Task.FromResult(ShelvesOf(silo).OpenIn(pool).Any(shelf => shelf.Ids.Contains(entered[^1]))));
        }

        return entered;
    }

    private static async Task EnterGeneratedAsync(ArtFreshCluster silo, int count)
    {
        await silo.Writer().AppendAsync(new ArtworksMade(
            [.. Enumerable.Range(0, count).Select(i => new NewArtwork(Neutral, Mood.Neutral, "images-model", null, $"{i:d64}", $"g{i}", null, "A title", null, null))], DateTimeOffset.UnixEpoch));
        var pool = silo.Grains.GetGrain<IMoodPoolGrain>(Neutral);
        await Eventually.Async(async () => (await pool.ReadPositions([], 0)).Count >= count);
    }
}

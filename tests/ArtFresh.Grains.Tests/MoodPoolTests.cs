using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Catalogue;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class MoodPoolTests
{
    [Fact]
    public async Task EmptyPoolMakesArtOfTheRequestedMood()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var mood = new Mood(0.9, 0.1);

        var art = await (await silo.OpenSessionAsync("guest-a")).Take(50, mood);

        Assert.Equal(50, art.Length);
        Assert.All(art, artwork => Assert.Equal(MoodGrid.CellOf(mood), MoodGrid.CellOf(artwork.Mood)));
        Assert.Equal(50, art.Select(artwork => artwork.Genome).Distinct().Count());
    }

    [Fact]
    public async Task ListenersShareNewArt()
    {
        await using var silo = await ArtFreshCluster.StartAsync();

        var one = await (await silo.OpenSessionAsync("guest-a")).Take(10);
        var other = await (await silo.OpenSessionAsync("guest-b")).Take(50);

        Assert.Empty(one.Ids().Except(other.Ids()));
    }

    [Fact]
    public async Task NewestArtComesFirstToNewListenersAndToRegulars()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var regular = await silo.OpenSessionAsync("guest-regular");
        await regular.Take(40);
        var old = await EnterAsync(silo, 'a', 300);
        var visitors = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i => (await (await silo.OpenSessionAsync($"guest-{i}")).Take(50)).Ids()));
        // Of the newest stretch, which may have what was made since too, and of the one before where it is short.
        Assert.All(visitors, art => Assert.All(art, id => Assert.InRange(id, old[^128], long.MaxValue)));
        Assert.Equal(visitors.Length, visitors.Select(art => string.Join(' ', art)).Distinct().Count());

        var fresh = await EnterAsync(silo, 'b', 64);
        // The rest of the block that the session holds, and of the one on its way, comes first.
        var served = new HashSet<long>();
        for (var request = 0; request < 8; request++)
        {
            served.UnionWith((await regular.Take(40)).Ids());
        }

        Assert.Empty(fresh.Except(served));
        Assert.NotEmpty(old.Except(served));
    }

    [Fact]
    public async Task WholePoolIsServedAndThenWhatIsMade()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var old = await EnterAsync(silo, 'a', 900);
        var session = await silo.OpenSessionAsync("guest-a");
        var served = new List<long>();
        for (var request = 0; request < 40; request++)
        {
            served.AddRange((await session.Take(25)).Ids());
        }

        Assert.Empty(old.Except(served));
        Assert.Equal(served.Count, served.Distinct().Count());
    }

    /// <summary>The state in grain storage says what the listener has passed, so that its next activation asks for none of it again.</summary>
    [Fact]
    public void PlacesRememberWhatIsPassed()
    {
        var served = new ServedArtworks();
        foreach (var position in Enumerable.Range(128, 192).Concat(Enumerable.Range(1000, 30)))
        {
            served.PassedIn(5).Add(position);
        }

        foreach (var position in Enumerable.Range(0, 70))
        {
            served.PassedIn(6).Add(position);
        }

        var again = new ServedArtworks();
        again.TakePlaces(served.ToPlaces());

        Assert.Equal(Enumerable.Range(0, 1100).Except(Enumerable.Range(128, 192)), again.PassedIn(5).Order(0, 1100, 1).Order());
        Assert.Equal(Enumerable.Range(70, 100), again.PassedIn(6).Order(0, 170, 1).Order());
        Assert.Equal([(5, 0), (6, 70)], served.ToPlaces().Positions.OrderBy(pool => pool.Key).Select(pool => (pool.Key, pool.Value)));
    }

    /// <returns>The ids of pictures of an images API that the pool knows.</returns>
    private static async Task<long[]> EnterAsync(ArtFreshCluster silo, char name, int count)
    {
        var cell = MoodGrid.CellOf(Mood.Neutral);
        await silo.Writer().AppendAsync(new ArtworksMade(
            [.. Enumerable.Range(0, count).Select(i => new NewArtwork(cell, Mood.Neutral, "images-model", null, $"{name}{i:d63}", $"{name}{i}", null, $"{name}", null, null))], DateTimeOffset.UnixEpoch));
        var pool = silo.Grains.GetGrain<IMoodPoolGrain>(cell);
        return await Eventually.FindAsync(async () =>
            (await pool.ReadStretch(0, 1000)).Artworks.Where(artwork => artwork.Title == $"{name}").Select(artwork => artwork.ArtworkId).ToArray() is { } ids && ids.Length == count ? ids : null);
    }

    [Fact]
    public async Task ListenerWhoWouldWaitTooLongGetsArtOfANeighbouringMood()
    {
        await using var silo = await ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { NeuralDeadline = TimeSpan.Zero } });
        var near = MoodGrid.NearestCells(Mood.Neutral)[1];
        var imported = new NewArtwork(near, MoodGrid.CenterOf(near), "import", null, new string('a', 64), new string('b', 64), null, "A cat", "Somebody", "cat.svg");
        await silo.Writer().AppendAsync(new ArtworksMade([imported], DateTimeOffset.UnixEpoch));
        var shelves = silo.ServicesOf(0).GetRequiredService<CatalogueShelves>();
        await Eventually.Async(() => Task.FromResult(!shelves.OpenIn(near).IsEmpty));

        var art = await (await silo.OpenSessionAsync("guest-a")).Take(1);

        Assert.Equal("import", art[0].Generator);
    }

    [Theory, InlineData(1), InlineData(2)]
    public async Task GenomesHaveTheVersionThatIsSet(int version)
    {
        await using var silo = await ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { GenomeVersion = version } });

        var art = await (await silo.OpenSessionAsync("guest-a")).Take(12);

        Assert.All(art, artwork => Assert.StartsWith($"{version}-", artwork.Genome, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SlowGeneratorIsUsedWhenItKeepsUp()
    {
        var artist = new TestArtist();
        await using var silo = await ArtFreshCluster.StartAsync(new() { SlowArtist = artist });
        var pool = silo.Grains.GetGrain<IMoodPoolGrain>(9);

        var art = await Eventually.FindAsync(async () => (await pool.ReadStretch(0, 8)).Artworks is { Length: 8 } made ? made : (object?)null);

        Assert.NotNull(art);
        Assert.All((await pool.ReadStretch(0, 8)).Artworks, artwork => Assert.Equal("test-images", artwork.Generator));
    }

    [Fact]
    public async Task HeldPicturesOfASlowGeneratorAreServedToNobodyBeforeTheyAreApproved()
    {
        var artist = new TestArtist { IsQuick = true };
        var pools = new MoodPoolOptions { SlowHeld = true, SlowStock = 3, RefreshDelay = TimeSpan.FromMilliseconds(100), SlowDeadline = TimeSpan.FromMinutes(10) };
        await using var silo = await ArtFreshCluster.StartAsync(new() { SlowArtist = artist, Pools = pools });
        var (pool, desk) = (silo.Grains.GetGrain<IMoodPoolGrain>(9), silo.Grains.GetGrain<IHeldPicturesGrain>(0));
        // No request waits for a picture that an operator must see first.
        Assert.Equal(["neural"], (await pool.MakeStretch(0, 5, Mood.Neutral)).Artworks.Select(artwork => artwork.Generator).Distinct());
        Assert.NotNull(await Eventually.FindAsync(async () =>
        {
            await pool.ReadStretch(0, 50);
            return (await desk.Read(0, 10)).Waiting == 3 ? pool : null;
        }));
        for (var i = 0; i < 5; i++)
        {
            Assert.DoesNotContain((await pool.ReadStretch(0, 50)).Artworks, artwork => artwork.Generator == "test-images");
        }

        Assert.Equal(3, artist.Asked);
        var (first, second) = ((await desk.Read(0, 1)).Pictures[0].HeldId, (await desk.Read(1, 1)).Pictures[0].HeldId);
        Assert.True(await desk.Decide(first, isApproved: true, "ann", "because"));
        Assert.True(await desk.Decide(second, isApproved: false, "ann", "because"));
        Assert.False(await desk.Decide(first, isApproved: false, "ann", "because"));

        Assert.NotNull(await Eventually.FindAsync(async () =>
            (await pool.ReadStretch(0, 100)).Artworks.Count(artwork => artwork.Generator == "test-images") == 1 ? pool : null));
    }

    /// <summary>One guest asks for art in a loop, in every mood: each pool's stock would be painted again and again.</summary>
    [Fact]
    public async Task NetworkGetsNoMorePaintedThanItsDailyShare()
    {
        var artist = new TestArtist();
        var pools = new MoodPoolOptions { SlowDeadline = TimeSpan.FromMilliseconds(100), PaintedPerDay = 8, PaintedPerDayAndNetwork = 5 };
        await using var silo = await ArtFreshCluster.StartAsync(new() { SlowArtist = artist, Pools = pools });
        var session = await silo.OpenSessionAsync("guest-a");

        async Task TakeUntilPaintedAsync(ulong network, int pictures)
        {
            var moods = 0;
            async Task<object?> TakeAsync()
            {
                Assert.Equal(SessionOutcome.Done, (await session.TakeFresh(new FreshRequest(5, new Mood(moods++ % 10 / 10.0, 0.5), null, network))).Outcome);
                return artist.Asked >= pictures ? artist : null;
            }

            Assert.NotNull(await Eventually.FindAsync(TakeAsync));
            for (var i = 0; i < 10; i++)
            {
                await TakeAsync();
            }

            Assert.Equal(pictures, artist.Asked);
        }

        await TakeUntilPaintedAsync(network: 1, pictures: 5);
        await TakeUntilPaintedAsync(network: 2, pictures: 8);
    }

    /// <summary>An account with a password roams from network to network, and each would give it a share.</summary>
    [Fact]
    public async Task ListenerHasNoMorePaintedThanTheirShareWhereverTheyAre()
    {
        await using var cluster = await ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { PaintedPerDayAndListener = 2 } });
        async Task<bool> TakeAsync(string listener, ulong network)
        {
            RequestContext.Set(CallerListener.Key, listener);
            return await cluster.Grains.GetGrain<IPaintingBudgetGrain>(0).TryTake(network);
        }

        Assert.True(await TakeAsync("sub-a", 1));
        Assert.True(await TakeAsync("sub-a", 2));
        Assert.False(await TakeAsync("sub-a", 3));
        Assert.True(await TakeAsync("sub-b", 3));
    }

    [Fact]
    public async Task PaintingBudgetOutlivesARestart()
    {
        await using var cluster = await ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { PaintedPerDay = 2 } });
        Assert.True(await cluster.Grains.GetGrain<IPaintingBudgetGrain>(0).TryTake(1));

        await cluster.RestartAsync();

        Assert.True(await cluster.Grains.GetGrain<IPaintingBudgetGrain>(0).TryTake(1));
        Assert.False(await cluster.Grains.GetGrain<IPaintingBudgetGrain>(0).TryTake(2));
    }

    [Fact]
    public async Task NeuralGeneratorReplacesASlowOrBrokenOne()
    {
        var slow = new TestArtist { Painting = new TaskCompletionSource().Task, IsQuick = true };
        var down = new TestArtist { Painting = Task.FromException(new ArtGenerationException("The images API is down.")) };
        foreach (var artist in new[] { slow, down })
        {
            var pools = new MoodPoolOptions { SlowDeadline = TimeSpan.FromMilliseconds(100) };
            await using var silo = await ArtFreshCluster.StartAsync(new() { SlowArtist = artist, Pools = pools });

            var art = await (await silo.OpenSessionAsync("guest-a")).Take(20);

            Assert.Equal(20, art.Length);
            Assert.All(art, artwork => Assert.Equal("neural", artwork.Generator));
            Assert.True(artist.Asked > 0);
        }
    }

    [Fact]
    public async Task RequestWaitsForASlowGeneratorOnlyWhereItIsQuick()
    {
        var hanging = new TestArtist { Painting = new TaskCompletionSource().Task };
        // A request that waited would be over after its caller.
        await using var silo = await ArtFreshCluster.StartAsync(new() { SlowArtist = hanging, Pools = new MoodPoolOptions { SlowDeadline = TimeSpan.FromMinutes(10) } });

        var art = await (await silo.OpenSessionAsync("guest-a")).Take(20);

        Assert.Equal(20, art.Length);
        Assert.All(art, artwork => Assert.Equal("neural", artwork.Generator));
        Assert.True(hanging.Asked > 0);
    }

    [Fact]
    public async Task SlowGeneratorThatRestsIsNotAskedAndCostsNoBudget()
    {
        var resting = new TestArtist { IsAvailable = false };
        await using var silo = await ArtFreshCluster.StartAsync(new() { SlowArtist = resting, Pools = new MoodPoolOptions { PaintedPerDay = 1 } });

        await (await silo.OpenSessionAsync("guest-a")).Take(20);

        Assert.Equal(0, resting.Asked);
        Assert.True(await silo.Grains.GetGrain<IPaintingBudgetGrain>(0).TryTake(1));
    }

    [Fact]
    public async Task PaintingIsCancelledWhenItsSiloStops()
    {
        var hanging = new TestArtist { Painting = new TaskCompletionSource().Task };
        await using (var silo = await ArtFreshCluster.StartAsync(new() { SlowArtist = hanging }))
        {
            await (await silo.OpenSessionAsync("guest-a")).Take(1);
            Assert.NotNull(await Eventually.FindAsync(() => Task.FromResult(hanging.Asked > 0 ? hanging : null)));
            await silo.StopAsync();
        }

        Assert.True(hanging.Cancelled > 0);
    }
}

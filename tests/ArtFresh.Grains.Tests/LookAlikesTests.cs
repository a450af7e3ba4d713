using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Catalogue;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Pictures that look alike come in pairs: two ids that follow one another.</summary>
public sealed class LookAlikesTests
{
    private static readonly int Neutral = MoodGrid.CellOf(Mood.Neutral);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("import", 3)]
    [InlineData("import", 50)]
    [InlineData("images-model", 3)]
    [InlineData("images-model", 50)]
    public async Task EachListenerIsServedOneOfEachPairWhateverSessionsAndBlocks(string generator, int count)
    {
        await using var silo = await StartAsync();
        var entered = await EnterPairsAsync(silo, 40, generator);

        foreach (var listener in new[] { "guest-a", "guest-b" })
        {
            var sessions = new[] { await silo.OpenSessionAsync(listener), await silo.OpenSessionAsync(listener) };
            var served = new List<long>();
            for (var request = 0; request < 300 / count; request++)
            {
                served.AddRange((await sessions[request % 2].Take(count)).Ids());
            }

            Assert.Equal(served.Count, served.Distinct().Count());
            var pairs = served.Intersect(entered).Select(id => Pair(entered, id)).ToArray();
            Assert.Equal(pairs.Length, pairs.Distinct().Count());
            // A pool makes newer art meanwhile, which comes first.
            Assert.InRange(pairs.Length, generator == Artwork.Imported ? 40 : 1, 40);
        }

        Assert.NotEqual(await ServedOfAsync(silo, "guest-a", entered), await ServedOfAsync(silo, "guest-b", entered));
    }

    [Fact]
    public async Task BothAreServedWhereTheSettingIsOff()
    {
        await using var silo = await StartAsync(isOnce: false);
        var entered = await EnterPairsAsync(silo, 20, "import");

        var served = await TakeAllAsync(await silo.OpenSessionAsync("guest-a"));

        Assert.Equal(entered, served.Intersect(entered).Order());
    }

    [Fact]
    public async Task PairIsKnownAfterARestartAndToASiloThatComesLater()
    {
        await using var silo = await StartAsync();
        var entered = await EnterPairsAsync(silo, 80, "import");
        var before = (await (await silo.OpenSessionAsync("guest-a")).Take(4)).Ids();

        await silo.RestartAsync();
        var served = before.Concat(await TakeAllAsync(await silo.OpenSessionAsync("guest-a"))).Intersect(entered).ToArray();

        Assert.Equal(served.Length, served.Select(id => Pair(entered, id)).Distinct().Count());
        // What was set aside before and not served may be lost.
        Assert.InRange(served.Length, 10, 80);
    }

    [Fact]
    public async Task LookAlikeOfWhatIsWithdrawnIsServedUnlessTheListenerHadIt()
    {
        await using var silo = await StartAsync();
        var entered = await EnterPairsAsync(silo, 1, "import");
        var early = await silo.OpenSessionAsync("guest-a");
        var had = (await early.Take(1)).Ids().Single();
        Assert.Contains(had, entered);
        await WithdrawAsync(silo, had);

        Assert.Empty((await TakeAllAsync(early)).Intersect(entered));
        Assert.Equal(entered.Except([had]), (await TakeAllAsync(await silo.OpenSessionAsync("guest-b"))).Intersect(entered));
    }

    [Fact]
    public async Task WhatWasGivenBackIsServedAgainAndItsLookAlikeIsNot()
    {
        await using var silo = await StartAsync();
        var entered = await EnterPairsAsync(silo, 10, "import");
        var session = await silo.OpenSessionAsync("guest-a");
        var first = (await session.Take(4)).Ids();

        await session.Finish([.. first]);
        var served = (await TakeAllAsync(await silo.OpenSessionAsync("guest-a"))).Intersect(entered).ToArray();

        Assert.Equal(first.Order(), first.Intersect(served).Order());
        Assert.Equal(Enumerable.Range(0, 10), served.Select(id => Pair(entered, id)).Order());
    }

    [Fact]
    public async Task LookAlikeThatIsFoundLaterIsLeftOutFromThenOn()
    {
        await using var silo = await StartAsync();
        var entered = await EnterPairsAsync(silo, 1, "import");
        var regular = await silo.OpenSessionAsync("guest-a");
        await TakeAllAsync(regular);
        // A release before this one enters them without a comparison.
        var third = await EnterAsync(silo, "import");
        await silo.Writer().AppendAsync(new ArtworkCompared(third, 77, [entered[1]]));
        await Eventually.Async(() => Task.FromResult(AlikeOf(silo).GroupOf(third).Length == 3));

        Assert.DoesNotContain(third, await TakeAllAsync(regular));
        Assert.Single((await TakeAllAsync(await silo.OpenSessionAsync("guest-b"))).Intersect([.. entered, third]));
    }

    [Fact]
    public async Task GroupsJoinWhereOneLooksLikeBothAndEndAtTheirSize()
    {
        var pairs = new NoAlikes();
        using var alike = new AlikeArtworks(pairs, new SetEpochs());
        pairs.Pairs.AddRange([new AlikePair(1, 2, 1), new AlikePair(2, 11, 10), new AlikePair(5, 20, 2), new AlikePair(6, 20, 11)]);
        await alike.ReadAsync(20, Stop);

        Assert.All(new long[] { 1, 2, 10, 11, 20 }, id => Assert.Equal([1, 2, 10, 11, 20], alike.GroupOf(id).Order()));
        Assert.Empty(alike.GroupOf(3));

        pairs.Pairs.AddRange(Enumerable.Range(100, 200).Select(id => new AlikePair(id, id, id - 1)));
        await alike.ReadAsync(300, Stop);
        Assert.All(Enumerable.Range(99, 201), id => Assert.InRange(alike.GroupOf(id).Length, 1, AlikeArtworks.GroupMax));
    }

    [Fact]
    public async Task LookAlikesOfALedgerThatHasGoneBackAreReadAnew()
    {
        var (pairs, epochs) = (new NoAlikes(), new SetEpochs());
        using var alike = new AlikeArtworks(pairs, epochs);
        pairs.Pairs.AddRange([new AlikePair(1, 2, 1), new AlikePair(2, 4, 3)]);
        await alike.ReadAsync(4, Stop);

        pairs.Pairs[1] = new AlikePair(2, 6, 5);
        epochs.Known = new EpochList([new LedgerEpoch(2, 0, false, DateTimeOffset.UnixEpoch, "restored")]);
        await alike.ReadAsync(4, Stop);

        Assert.Equal((2, 0, 2), (alike.GroupOf(1).Length, alike.GroupOf(4).Length, alike.GroupOf(6).Length));
    }

    private static int Pair(long[] entered, long id) => Array.IndexOf(entered, id) / 2;

    private static AlikeArtworks AlikeOf(ArtFreshCluster silo) => silo.ServicesOf(0).GetRequiredService<AlikeArtworks>();

    private static Task<ArtFreshCluster> StartAsync(bool isOnce = true) =>
        ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { Prefer = ArtPreference.Catalogue, LookAlikesOnce = isOnce, RefreshDelay = TimeSpan.FromMilliseconds(200) } });

    /// <returns>The ids, ascending.</returns>
    private static async Task<long[]> EnterPairsAsync(ArtFreshCluster silo, int count, string generator)
    {
        var entered = new List<long>();
        for (var pair = 0; pair < count; pair++)
        {
            entered.Add(await EnterAsync(silo, generator));
            entered.Add(await EnterAsync(silo, generator, entered[^1]));
        }

        if (generator == Artwork.Imported)
        {
            var shelves = silo.ServicesOf(0).GetRequiredService<CatalogueShelves>();
            await Eventually.Async(() => Task.FromResult(shelves.OpenIn(Neutral).Any(shelf => shelf.Ids.Contains(entered[^1]))));
        }
        else
        {
            var pool = silo.Grains.GetGrain<IMoodPoolGrain>(Neutral);
            await Eventually.Async(async () => (await pool.ReadPositions([], 0)).Count >= entered.Count);
        }

        return [.. entered];
    }

    private static async Task<long> EnterAsync(ArtFreshCluster silo, string generator, params long[] looksLike)
    {
        var content = Guid.CreateVersion7().ToString("N");
        await silo.Writer().AppendAsync(new ArtworksMade(
            [new NewArtwork(Neutral, Mood.Neutral, generator, null, $"{content}{0:d32}", content, null, "A title", null, null, LookAlikes: looksLike)], DateTimeOffset.UnixEpoch));
        return (await silo.ServicesOf(0).GetRequiredService<IArtworkCatalogue>().FindContentAsync(content, Stop))!.Value;
    }

    private static async Task<long[]> TakeAllAsync(IListenerSessionGrain session)
    {
        var served = new List<long>();
        for (var request = 0; request < 12; request++)
        {
            served.AddRange((await session.Take(16)).Ids());
        }

        return [.. served];
    }

    private static async Task<string> ServedOfAsync(ArtFreshCluster silo, string listener, long[] entered)
    {
        var blocks = await silo.ServicesOf(0).GetRequiredService<IListenerHistory>().ReadBlocksAsync(listener, 0, Stop);
        return string.Join(' ', blocks.SelectMany(block => block.ArtworkIds).Intersect(entered).Order());
    }

    private static async Task WithdrawAsync(ArtFreshCluster silo, long artworkId)
    {
        await silo.Grains.GetGrain<IWithdrawalsGrain>(0).Withdraw(new WithdrawalWish(WithdrawBy.Id, artworkId.ToString(CultureInfo.InvariantCulture)), "ann", "because");
        await Eventually.Async(() => Task.FromResult(silo.ServicesOf(0).GetRequiredService<WithdrawnArtworks>().Contains(artworkId)));
    }
}

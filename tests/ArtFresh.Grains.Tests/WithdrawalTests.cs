using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class WithdrawalTests
{
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task WithdrawnArtworkIsServedNoMoreOnAnySiloAndItsSessionHearsOfItOnce()
    {
        await using var cluster = await ArtFreshCluster.StartAsync(new() { Silos = 3 });
        var sessions = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => cluster.OpenSessionAsync($"guest-{i}")));
        var first = await Task.WhenAll(sessions.Select(session => session.Take(4)));
        // Served to some already, in the blocks of all others, and ahead in the pool.
        var shown = first[0].Ids()[0];
        var pool = await cluster.Grains.GetGrain<IMoodPoolGrain>(Freshness.MoodGrid.CellOf(Mood.Neutral)).ReadStretch(0, 40);
        long[] gone = [shown, .. pool.Artworks.Ids().Except(first.SelectMany(art => art.Ids())).Take(8)];
        foreach (var id in gone)
        {
            Assert.Equal(new WithdrawalResult(1, 1), await WithdrawAsync(cluster, id));
        }

        var began = TimeProvider.System.GetTimestamp();
        var silos = Enumerable.Range(0, 3).Select(silo => cluster.ServicesOf(silo).GetRequiredService<WithdrawnArtworks>()).ToArray();
        await Eventually.Async(() => Task.FromResult(silos.All(silo => gone.All(silo.Contains))));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, Max);

        var told = new List<long>[sessions.Length];
        for (var i = 0; i < sessions.Length; i++)
        {
            told[i] = [];
            for (var request = 0; request < 12; request++)
            {
                var taken = await sessions[i].TakeFresh(new FreshRequest(4, Mood.Neutral, null));
                Assert.Equal(SessionOutcome.Done, taken.Outcome);
                Assert.Empty(taken.Artworks.Ids().Intersect(gone));
                told[i].AddRange(taken.Withdrawn.IsDefault ? [] : taken.Withdrawn);
            }
        }

        Assert.All(told.Zip(first), session => Assert.Equal(session.Second.Ids().Intersect(gone).Order(), session.First.Order()));
        Assert.Contains(shown, told[0]);
    }

    [Fact]
    public async Task BatchHearsOfItTooAndWhatIsUnderWayIsRecorded()
    {
        await using var cluster = await ArtFreshCluster.StartAsync();
        var session = await cluster.OpenSessionAsync("guest-a");
        var art = (await session.Take(3)).Ids();
        await WithdrawAsync(cluster, art[1]);
        await Eventually.Async(async () => await StateOf(cluster, art[1]) == ArtworkState.Withdrawn);

        var recorded = await session.Record(1, art);
        var again = await session.Record(4, (await session.Take(1)).Ids());

        Assert.Equal((3, SessionOutcome.Done), (recorded.Recorded, recorded.Outcome));
        Assert.Equal(art[1], Assert.Single(recorded.Withdrawn));
        Assert.True(again.Withdrawn.IsDefaultOrEmpty);
    }

    [Fact]
    public async Task WhoOpensASessionCanAskWhatWasWithdrawnSinceThen()
    {
        await using var cluster = await ArtFreshCluster.StartAsync();
        var art = (await (await cluster.OpenSessionAsync("guest-a")).Take(2)).Ids();
        await WithdrawAsync(cluster, art[0]);
        await Eventually.Async(async () => await StateOf(cluster, art[0]) == ArtworkState.Withdrawn);
        var opened = await cluster.Grains.GetGrain<IListenerSessionGrain>(SessionKey.Of("guest-b", Guid.CreateVersion7())).Open("r1");

        await WithdrawAsync(cluster, art[1]);
        await Eventually.Async(async () => await StateOf(cluster, art[1]) == ArtworkState.Withdrawn);

        var news = await cluster.Grains.GetGrain<IWithdrawalNewsGrain>(0).Tell(opened.LastWithdrawal!.Value);
        Assert.Equal(art[1], Assert.Single(news.ArtworkIds));
        Assert.Empty((await cluster.Grains.GetGrain<IWithdrawalNewsGrain>(0).Tell(news.Change)).ArtworkIds);
    }

    [Fact]
    public async Task RetriedRequestGetsNothingThatWasWithdrawnSince()
    {
        await using var cluster = await ArtFreshCluster.StartAsync();
        var session = await cluster.OpenSessionAsync("guest-a");
        var art = (await session.Take(3, requestId: "r")).Ids();
        await WithdrawAsync(cluster, art[0]);
        await Eventually.Async(async () => await StateOf(cluster, art[0]) == ArtworkState.Withdrawn);

        Assert.Equal(art[1..], (await session.TakeFresh(new FreshRequest(3, Mood.Neutral, "r"))).Artworks.Ids());
    }

    [Fact]
    public async Task PictureIsGoneAtEachWidthAndBackWhenItIsPutBack()
    {
        await using var cluster = await ArtFreshCluster.StartAsync();
        var session = await cluster.OpenSessionAsync("guest-a");
        var id = (await session.Take(1))[0].ArtworkId;
        await session.Record(1, id);
        await cluster.Grains.GetGrain<IListenerRecordsGrain>(0).Keep("guest-a", id);
        var drawn = (await DrawAsync(cluster, id, 256, isKnown: true))!;

        await WithdrawAsync(cluster, id);
        await Eventually.Async(async () => await StateOf(cluster, id) == ArtworkState.Withdrawn);

        foreach (var width in Limits.PictureWidths.ToArray())
        {
            var gone = await DrawAsync(cluster, id, width, isKnown: true);
            Assert.Equal((PictureOutcome.Withdrawn, 0), (gone!.Outcome, gone.Bytes.Length));
        }

        // A front end of the release before knows no such outcome.
        Assert.Null(await DrawAsync(cluster, id, 256, isKnown: false));
        Assert.Empty((await cluster.Grains.GetGrain<IListenerRecordsGrain>(0).ReadKept("guest-a", null, 10))!.Artworks);
        Assert.Empty((await cluster.Grains.GetGrain<IListenerRecordsGrain>(0).ReadShown("guest-a", null, 10))!.Artworks);

        Assert.Equal(new WithdrawalResult(1, 0), await WithdrawAsync(cluster, id));
        Assert.Equal(new WithdrawalResult(1, 1), await WithdrawAsync(cluster, id, isUndone: true));
        await Eventually.Async(async () => await StateOf(cluster, id) == ArtworkState.Live);
        Assert.Equal(drawn.Bytes, (await DrawAsync(cluster, id, 256, isKnown: true))!.Bytes);
        Assert.Single((await cluster.Grains.GetGrain<IListenerRecordsGrain>(0).ReadKept("guest-a", null, 10))!.Artworks);
        Assert.Equal(new WithdrawalResult(0, 0), await WithdrawAsync(cluster, 1_000_000));
    }

    private static Task<WithdrawalResult> WithdrawAsync(ArtFreshCluster cluster, long id, bool isUndone = false) =>
        cluster.Grains.GetGrain<IWithdrawalsGrain>(0).Withdraw(new WithdrawalWish(WithdrawBy.Id, $"{id}", isUndone), "ann", "a claim");

    private static async Task<ArtworkState> StateOf(ArtFreshCluster cluster, long id) => (await cluster.Grains.GetGrain<IArtworkGrain>(id).Describe())!.State;

    private static async Task<Picture?> DrawAsync(ArtFreshCluster cluster, long id, int width, bool isKnown)
    {
        if (isKnown)
        {
            RequestContext.Set(KnownOutcomes.Key, true);
        }

        try
        {
            return await cluster.Grains.GetGrain<IArtworkGrain>(id).DrawPicture(width);
        }
        finally
        {
            RequestContext.Clear();
        }
    }
}

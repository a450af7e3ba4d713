using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.ListenerSession;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class FreshStockTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly SentListener _listener = new();
    private readonly KnownArtworks _known = new();
    private readonly PassingClock _clock = new();
    private readonly NoWithdrawals _withdrawals = new();
    private readonly WithdrawnArtworks _withdrawn;

    public FreshStockTests() => _withdrawn = new WithdrawnArtworks(_withdrawals, new SetEpochs(), TimeProvider.System, NullLogger<WithdrawnArtworks>.Instance);

    public void Dispose() => _withdrawn.Dispose();

    /// <summary>What comes from another process is a copy each time; sessions that serve the same art keep one.</summary>
    [Fact]
    public async Task SessionsShareArtworkObjects()
    {
        var one = await Stock().TakeAsync(Request("a", 5));
        var other = await Stock().TakeAsync(Request("a", 5));

        Assert.Equal([1, 2, 3, 4, 5], one.Artworks.Select(artwork => artwork.ArtworkId));
        Assert.All(one.Artworks.Zip(other.Artworks), pair => Assert.Same(pair.First, pair.Second));
    }

    [Fact]
    public async Task RecentAnswersAreRepeatedAndOlderOnesForgotten()
    {
        var stock = Stock();
        var answers = new List<ImmutableArray<Artwork>>();
        for (var request = 0; request <= SessionLimits.AnswersKeptMax; request++)
        {
            answers.Add((await stock.TakeAsync(Request($"request-{request}", 3))).Artworks);
        }

        for (var request = 1; request <= SessionLimits.AnswersKeptMax; request++)
        {
            Assert.Equal(answers[request], (await stock.TakeAsync(Request($"request-{request}", 3))).Artworks);
        }

        var forgotten = (await stock.TakeAsync(Request("request-0", 3))).Artworks;
        Assert.Equal(3, forgotten.Length);
        Assert.Empty(forgotten.Intersect(answers.SelectMany(answer => answer)));
    }

    [Fact]
    public async Task RetryOfAWaitingRequestGetsTheSameAnswer()
    {
        _listener.Hold = new TaskCompletionSource();
        var stock = Stock();

        var (first, again, other) = (stock.TakeAsync(Request("a", 4)), stock.TakeAsync(Request("a", 4)), stock.TakeAsync(Request("b", 4)));
        Assert.False(first.IsCompleted || again.IsCompleted || other.IsCompleted);
        _listener.Hold.SetResult();

        Assert.Equal(4, (await first.WaitAsync(Cancellation)).Artworks.Length);
        Assert.Equal((await first).Artworks, (await again.WaitAsync(Cancellation)).Artworks);
        Assert.Equal((await first).Artworks, (await stock.TakeAsync(Request("a", 4))).Artworks);
        // Which of the two gets the first artworks is open.
        var all = (await first).Artworks.AddRange((await other.WaitAsync(Cancellation)).Artworks);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], all.Select(artwork => artwork.ArtworkId).Order());
    }

    [Fact]
    public async Task FailedAnswerIsNotRepeated()
    {
        _listener.Outcome = SessionOutcome.Unavailable;
        var stock = Stock();
        Assert.Equal(SessionOutcome.Unavailable, (await stock.TakeAsync(Request("a", 2))).Outcome);
        _listener.Outcome = SessionOutcome.Done;

        Assert.Equal([1, 2], (await stock.TakeAsync(Request("a", 2))).Artworks.Select(artwork => artwork.ArtworkId));
    }

    [Fact]
    public async Task RequestGetsTheRemainingArtWhenNoBlockComes()
    {
        var stock = Stock();
        await stock.TakeAsync(Request("a", 14));
        _listener.Outcome = SessionOutcome.Unavailable;

        var rest = (await stock.TakeAsync(Request("b", 50))).Artworks;
        Assert.Equal(Enumerable.Range(15, 34).Select(id => (long)id), rest.Select(artwork => artwork.ArtworkId));
        Assert.Equal(rest, (await stock.TakeAsync(Request("b", 50))).Artworks);
        Assert.Equal(SessionOutcome.Unavailable, (await stock.TakeAsync(Request("c", 1))).Outcome);
    }

    /// <summary>Each block takes a second and has two artworks: a request for fifty would wait for half a minute.</summary>
    [Fact]
    public async Task RequestGetsTheArtMadeWithinItsTime()
    {
        _listener.BlockArtworksMax = 2;
        _listener.BlockSet = () => _clock.Pass(TimeSpan.FromSeconds(1));

        var answer = await Stock().TakeAsync(Request("a", 50));

        Assert.Equal([1, 2, 3, 4, 5, 6], answer.Artworks.Select(artwork => artwork.ArtworkId));
    }

    [Fact]
    public async Task UnservedArtIsTakenOnceAndNothingIsServedAfterwards()
    {
        var stock = Stock();
        await stock.TakeAsync(Request("a", 5));

        Assert.Equal(Enumerable.Range(6, 11).Select(id => (long)id), stock.TakeUnserved());
        Assert.Empty(stock.TakeUnserved());
        Assert.Equal(SessionOutcome.SessionEnded, (await stock.TakeAsync(Request("b", 1))).Outcome);
    }

    [Fact]
    public async Task EndedBlockIsServedNoMoreAndOneOnItsWayIsVoid()
    {
        var stock = Stock();
        await stock.TakeAsync(Request("a", 5));
        Assert.Equal(Enumerable.Range(6, 11).Select(id => (long)id), stock.EndBlock(1));
        _listener.Hold = new TaskCompletionSource();
        var waiting = stock.TakeAsync(Request("b", 1));
        Assert.Empty(stock.EndBlock(2));

        _listener.Hold.SetResult();

        // The second block has 32 artworks, from 17 on.
        Assert.Equal([49], (await waiting).Artworks.Select(artwork => artwork.ArtworkId));
    }

    [Fact]
    public async Task RequestOfANewMoodWhileABlockIsOnItsWayGetsArtOfTheNewMood()
    {
        var stock = Stock();
        await stock.TakeAsync(Request("a", 5));
        _listener.Hold = new TaskCompletionSource();
        // Leaves 6 of 16, so the next block is requested ahead.
        await stock.TakeAsync(Request("b", 5));
        var moved = stock.TakeAsync(new FreshRequest(1, new Mood(0.9, 0.9), "c"));

        _listener.Hold.SetResult();

        Assert.True((await moved.WaitAsync(Cancellation)).HasMoved);
        Assert.False((await stock.TakeAsync(new FreshRequest(1, new Mood(0.9, 0.9), "d"))).HasMoved);
        // The second block has 32 artworks, from 17 on: of the old mood.
        Assert.Equal([49], (await moved.WaitAsync(Cancellation)).Artworks.Select(artwork => artwork.ArtworkId));
        Assert.Equal(Enumerable.Range(11, 38).Select(id => (long)id), _listener.Returned);
    }

    /// <summary>Each block takes a second: the last of eight would wait for all others.</summary>
    [Fact]
    public async Task RequestsOfManyMoodsAtOnceAreAnsweredInTime()
    {
        _listener.Hold = new TaskCompletionSource();
        _listener.BlockSet = () => _clock.Pass(TimeSpan.FromSeconds(1));
        var stock = Stock();
        // One after the other, as in a grain's turns.
        var turns = new TaskFactory(new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);
        var answers = Task.WhenAll(Enumerable.Range(0, 8).Select(
            i => turns.StartNew(() => stock.TakeAsync(new FreshRequest(1, new Mood(i / 8.0, 0.1), null)), Cancellation).Unwrap()).ToArray());
        await turns.StartNew(() => { }, Cancellation);

        _listener.Hold.SetResult();

        Assert.All(await answers, answer => Assert.Equal((SessionOutcome.Done, 1), (answer.Outcome, answer.Artworks.Length)));
        Assert.Equal(TimeSpan.FromSeconds(3), _clock.Passed);
    }

    [Fact]
    public async Task BlockIsServedForAnHourAndThenGivenBack()
    {
        var stock = Stock();
        await stock.TakeAsync(Request("a", 5));
        _clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal([6], (await stock.TakeAsync(Request("b", 1))).Artworks.Select(artwork => artwork.ArtworkId));
        _clock.Pass(TimeSpan.FromSeconds(1));

        var next = await stock.TakeAsync(Request("c", 1));

        Assert.Equal([17], next.Artworks.Select(artwork => artwork.ArtworkId));
        Assert.Equal(Enumerable.Range(7, 10).Select(id => (long)id), _listener.Returned);
    }

    [Fact]
    public async Task WithdrawnArtworkLeavesTheBlockTheWaitingRequestAndTheRepeatedAnswer()
    {
        var stock = Stock();
        await stock.TakeAsync(Request("a", 5));
        _listener.Hold = new TaskCompletionSource();
        // Takes 6 to 16, and waits for the block from 17 on.
        var waiting = stock.TakeAsync(Request("b", 13));
        _withdrawals.Changes.AddRange(new long[] { 2, 7, 18 }.Select((id, i) => new WithdrawalChange(i + 1, id, true, null)));
        await _withdrawn.ReadAsync();

        _listener.Hold.SetResult();

        Assert.Equal([6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20], (await waiting.WaitAsync(Cancellation)).Artworks.Select(artwork => artwork.ArtworkId));
        Assert.Equal([1, 3, 4, 5], (await stock.TakeAsync(Request("a", 5))).Artworks.Select(artwork => artwork.ArtworkId));
    }

    private static FreshRequest Request(string id, int count) => new(count, Mood.Neutral, id);

    private FreshStock Stock()
    {
        var services = new SessionServices(null!, null!, null!, null!, null!, null!, null!, null!, _known, _withdrawn, null!, new MoodPoolOptions(), _clock, null!);
        var impressions = new SessionImpressions(
            new SessionHistory("test", DateTimeOffset.UnixEpoch, false, [], [], new NumberIntervals(), 0, new BatchAccounts(), null), null);
        return new FreshStock(Guid.CreateVersion7(), _listener.ForSession(), services, () => impressions);
    }

    private sealed class PassingClock : TimeProvider
    {
        public TimeSpan Passed { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;

        public void Pass(TimeSpan time) => Passed += time;
    }

    /// <summary>Sets the same artworks aside for each session, in objects of their own as from another process.</summary>
    private sealed class SentListener
    {
        public TaskCompletionSource? Hold { get; set; }

        public List<long> Returned { get; } = [];

        public SessionOutcome Outcome { get; set; } = SessionOutcome.Done;

        public int BlockArtworksMax { get; set; } = int.MaxValue;

        public Action BlockSet { get; set; } = () => { };

        public IListenerGrain ForSession() => new Sent(this);

        private sealed class Sent(SentListener all) : IListenerGrain
        {
            public Task<OfferResult> Offer(OfferedArtworks offered) => throw new NotSupportedException();

            private int _given;
            private int _blockNumber;

            public async Task<Block> SetAside(BlockRequest request)
            {
                all.Returned.AddRange(request.Returned.Select(artwork => artwork.ArtworkId));
                await (all.Hold?.Task ?? Task.CompletedTask);
                if (all.Outcome != SessionOutcome.Done)
                {
                    return new Block(all.Outcome);
                }

                all.BlockSet();
                var (first, count) = (_given + 1, Math.Min(request.Count, all.BlockArtworksMax));
                _given += count;
                return new Block(SessionOutcome.Done, ++_blockNumber, [.. Enumerable.Range(first, count).Select(Artwork)]);
            }

            public Task<ClaimResult> JudgeForeign(ForeignArtworks foreign) => throw new NotSupportedException();

            public Task<ClaimResult> Claim(Guid sessionId, ImmutableArray<long> artworkIds) => throw new NotSupportedException();

            public Task<SessionOutcome> TakeBack(Guid sessionId, ImmutableArray<long> artworkIds) => throw new NotSupportedException();

            public Task<SessionOutcome> TakeBackRest(Guid sessionId, ImmutableArray<long> artworkIds) => throw new NotSupportedException();

            public Task<bool> Fold(long blockNumber) => throw new NotSupportedException();

            public Task Forget() => throw new NotSupportedException();

            public Task<bool> Has(long artworkId) => throw new NotSupportedException();

            public Task<JoinOutcome> Join(string guest) => throw new NotSupportedException();

            public Task<HandedOver> HandOver() => throw new NotSupportedException();

            public Task<SessionOutcome> EndBlocks() => throw new NotSupportedException();

            private static Artwork Artwork(int id) => new(id, "neural", $"genome-{id}", null, Mood.Neutral, DateTimeOffset.UnixEpoch, "Title", null);
        }
    }
}

using System.Collections.Immutable;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Catalogue;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Art is drawn so slowly that what somebody waits for does not fit into the time there is.</summary>
public sealed class SlowStudioTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly WithdrawnArtworks Withdrawn = new(new NoWithdrawals(), new SetEpochs(), TimeProvider.System, NullLogger<WithdrawnArtworks>.Instance);
    private static readonly AlikeArtworks Alike = new(new NoAlikes(), new SetEpochs());
    private static readonly int Pool = MoodGrid.CellOf(Mood.Neutral);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 3)]
    [InlineData(60, 1)]
    public async Task AtLeastOneArtworkIsDrawnWithinTheTimeLimit(int secondsPerReading, int expected)
    {
        using var studio = new Studio();
        var artist = new NeuralArtist(Pool, studio, new SteppingClock(TimeSpan.FromSeconds(secondsPerReading)), new RecentLooks(), genomeVersion: 1);

        var drawn = await artist.DrawAsync(Mood.Neutral, 5, TimeSpan.FromSeconds(8), () => true);

        Assert.Equal(expected, drawn.Length);
    }

    [Fact]
    public async Task PickTakesTooFewArtworksRatherThanWait()
    {
        var pick = new FreshPick(new ServedArtworks(), new FreshRule(), Withdrawn, Alike, 0, 0, 10, 10, new MoodPoolOptions(), new SteppingClock(TimeSpan.FromSeconds(0.4)));

        await pick.TakeFromAsync(new SlowPool(), Pool, Mood.Neutral);

        Assert.Equal([1, 2, 3], pick.Artworks.Select(artwork => artwork.ArtworkId));
    }

    [Fact]
    public async Task PickWithoutArtworksWaitsBeyondTheDeadline()
    {
        var pick = new FreshPick(new ServedArtworks(), new FreshRule(), Withdrawn, Alike, 0, 0, 10, 10, new MoodPoolOptions(), new SteppingClock(TimeSpan.FromSeconds(60)));

        await pick.TakeFromAsync(new SlowPool(), Pool, Mood.Neutral);

        Assert.Equal([1], pick.Artworks.Select(artwork => artwork.ArtworkId));
    }

    /// <summary>A model that paints the same again and again must not keep a request.</summary>
    [Fact]
    public async Task PickStopsAtTheDeadlineWhenAllThatIsMadeLooksAlike()
    {
        var (served, looks) = (new ServedArtworks(), new NoAlikes());
        served.Apply(new LoggedBlock(1, BlockKind.SetAside, Guid.Empty, [1], []));
        looks.Pairs.AddRange(Enumerable.Range(2, 60).Select(id => new AlikePair(id, id, 1)));
        using var alike = new AlikeArtworks(looks, new SetEpochs());
        await alike.ReadAsync(100, Cancellation);
        var (pool, clock) = (new SlowPool(), new SteppingClock(TimeSpan.FromSeconds(0.3)));
        var pick = new FreshPick(served, new FreshRule(), Withdrawn, alike, 0, 0, 10, 10, new MoodPoolOptions(), clock);

        await pick.TakeFromAsync(pool, Pool, Mood.Neutral);

        Assert.Empty(pick.Artworks);
        Assert.InRange(pool.Made, 2, 10);
    }

    [Fact]
    public async Task PoolOnASiloOfTheReleaseBeforeIsReadInItsOrder()
    {
        var served = new ServedArtworks();
        served.PassedIn(Pool).Add(0);
        var pick = new FreshPick(served, new FreshRule(), Withdrawn, Alike, 0, 0, 2, 2, new MoodPoolOptions(), new SteppingClock(TimeSpan.Zero));

        await pick.TakeFromAsync(new SlowPool { IsOlder = true }, Pool, Mood.Neutral);
        pick.Commit(served);

        Assert.Equal([2, 3], pick.Artworks.Select(artwork => artwork.ArtworkId));
        Assert.Equal(3, served.PassedIn(Pool).PassedBefore);
    }

    /// <summary>A pool's drawing is queued ahead, and a request comes to wait for it while those of other pools stand before and behind.</summary>
    [Fact]
    public async Task AwaitedDrawingOvertakesTheQueue()
    {
        using var studio = new Studio(threads: 1);
        using var free = new ManualResetEventSlim();
        var order = new List<string>();
        var isAwaited = false;
        var busy = studio.RunAsync(() => { free.Wait(Cancellation); return 0; }, () => true);
        Task<int>[] drawings =
        [
            studio.RunAsync(() => Note(order, "ahead"), () => false),
            studio.RunAsync(() => Note(order, "awaited since"), () => Volatile.Read(ref isAwaited)),
            studio.RunAsync(() => Note(order, "awaited"), () => true),
        ];

        Volatile.Write(ref isAwaited, true);
        free.Set();
        await Task.WhenAll([busy, .. drawings]).WaitAsync(Cancellation);

        Assert.Equal(["awaited since", "awaited", "ahead"], order);
    }

    private static int Note(List<string> order, string name)
    {
        order.Add(name);
        return order.Count;
    }

    /// <summary>Each reading is this much later than the one before.</summary>
    private sealed class SteppingClock(TimeSpan step) : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += step.Ticks;
    }

    /// <summary>Has one artwork more each time it is asked to make some.</summary>
    private sealed class SlowPool : IMoodPoolGrain
    {
        public Task<PoolStretch> ReadStretch(int position, int count) => Task.FromResult(new PoolStretch([], position));

        public int Made { get; private set; }

        public Task<PoolStretch> MakeStretch(int position, int count, Mood mood)
        {
            Made++;
            return Task.FromResult(new PoolStretch([new Artwork(position + 1, "neural", "g", null, mood, DateTimeOffset.UnixEpoch, "A title", null)], position + 1));
        }

        public bool IsOlder { get; init; }

        public Task<PoolPositions> ReadPositions(ImmutableArray<int> positions, int left) => IsOlder ? throw new TypeLoadException() : Task.FromResult(new PoolPositions([], 0));

        public Task<int> PositionAfter(long artworkId) => throw new NotSupportedException();
    }
}

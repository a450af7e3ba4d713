using System.Collections.Concurrent;
using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class DrawingQueueTests : IDisposable
{
    private const ulong Attacker = 1;
    private const ulong Honest = 2;
    private const ulong Other = 3;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly ManualResetEventSlim _begun = new();
    private readonly ManualResetEventSlim _free = new();
    private readonly ConcurrentQueue<string> _drawn = new();
    private readonly SettableClock _clock = new();

    public void Dispose()
    {
        _begun.Dispose();
        _free.Dispose();
    }

    /// <summary>Ten large pictures of one network were asked for before: an honest small one waits for the piece that is being drawn, not for them.</summary>
    [Fact]
    public async Task SmallPictureOfAnotherNetworkWaitsForNoMoreThanAPiece()
    {
        var queue = Queue();
        var large = Enumerable.Range(0, 10).Select(i => queue.DrawAsync(Attacker, 1024, Pieces("large", 16))).ToArray();
        var small = queue.DrawAsync(Honest, 512, Pieces("small", 4));

        _free.Set();
        await small.WaitAsync(Cancellation);

        Assert.InRange(_drawn.ToArray().TakeWhile(name => name != "small").Count(), 0, 1);
        await Task.WhenAll(large).WaitAsync(Cancellation);
        Assert.Equal((10 * 16) + 4, _drawn.Count);
    }

    /// <summary>A network that had pictures a while ago comes before one that has them drawn now, though it had more within the minute.</summary>
    [Fact]
    public async Task EarlierDrawingsCountLess()
    {
        var queue = Queue();
        _free.Set();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => queue.DrawAsync(Honest, 1024, Pieces("earlier", 1)))).WaitAsync(Cancellation);
        _clock.Passed = TimeSpan.FromSeconds(10);
        await queue.DrawAsync(Attacker, 1024, Pieces("one", 1)).WaitAsync(Cancellation);
        _free.Reset();
        _begun.Reset();
        Task[] others = [.. Enumerable.Range(0, 3).Select(i => queue.DrawAsync(Attacker, 1024, Pieces("large", 1)))];
        _begun.Wait(Cancellation);

        var small = queue.DrawAsync(Honest, 512, Pieces("small", 1));
        _free.Set();
        await Task.WhenAll([small, .. others]).WaitAsync(Cancellation);

        Assert.Equal(["large", "small", "large", "large"], _drawn.Skip(5));
    }

    [Fact]
    public async Task NarrowestPictureOfANetworkComesFirst()
    {
        var queue = Queue();
        var large = queue.DrawAsync(Honest, 1024, Pieces("1024", 2));
        _begun.Wait(Cancellation);
        Task[] others = [.. new[] { 512, 256 }.Select(width => queue.DrawAsync(Honest, width, Pieces($"{width}", 2)))];

        _free.Set();
        await Task.WhenAll([large, .. others]).WaitAsync(Cancellation);

        Assert.Equal(["1024", "256", "256", "512", "512", "1024"], _drawn);
    }

    [Fact]
    public async Task OnlyTheNetworkThatSpentItsQuotaIsRefused()
    {
        List<Task<DrawingRefusal?>> waiting = [];
        var queue = Queue(pixelsPerMinute: 1024 * 1024 * 3);
        for (var i = 0; i < 3; i++)
        {
            waiting.Add(queue.DrawAsync(Attacker, 1024, Pieces("", 1)));
        }

        _clock.Passed = TimeSpan.FromSeconds(15);
        Assert.Equal(new DrawingRefusal(PictureOutcome.Drawn, TimeSpan.FromSeconds(45)), await queue.DrawAsync(Attacker, 256, Pieces("", 1)).WaitAsync(Cancellation));
        waiting.Add(queue.DrawAsync(Honest, 1024, Pieces("", 1)));
        _free.Set();
        Assert.All(await Task.WhenAll(waiting).WaitAsync(Cancellation), Assert.Null);
    }

    [Fact]
    public async Task QuotaIsFullAgainAfterAMinute()
    {
        var queue = Queue(pixelsPerMinute: 1024 * 1024);
        _free.Set();
        await queue.DrawAsync(Attacker, 1024, Pieces("", 1)).WaitAsync(Cancellation);
        Assert.Equal(PictureOutcome.Drawn, (await queue.DrawAsync(Attacker, 1024, Pieces("", 1)).WaitAsync(Cancellation))?.Outcome);

        _clock.Passed = TimeSpan.FromMinutes(1);

        Assert.Null(await queue.DrawAsync(Attacker, 1024, Pieces("", 1)).WaitAsync(Cancellation));
    }

    /// <summary>Two networks ask for more than is drawn in time: what is too much is refused at once, each keeps a half, and others are drawn as if nobody waited.</summary>
    [Fact]
    public async Task TooMuchIsRefusedAtOnceToThoseWhoAskForMost()
    {
        var queue = Queue();
        var first = Enumerable.Range(0, 58).Select(_ => queue.DrawAsync(Attacker, 1024, Pieces("first", 1))).ToArray();
        var alone = first.Count(picture => !picture.IsCompleted);
        var second = Enumerable.Range(0, 58).Select(_ => queue.DrawAsync(Other, 1024, Pieces("second", 1))).ToArray();
        var honest = Enumerable.Range(0, 4).Select(_ => queue.DrawAsync(Honest, 512, Pieces("honest", 1))).ToArray();

        // A slow core draws a million pixels a second.
        Assert.Equal(DrawingQueue.WaitMax.TotalSeconds, alone, 1.0);
        Assert.Equal(second.Count(picture => !picture.IsCompleted), first.Count(picture => !picture.IsCompleted), 1.0);
        Assert.All(honest, picture => Assert.False(picture.IsCompleted));
        var refused = await Task.WhenAll(first.Concat(second).Where(picture => picture.IsCompleted)).WaitAsync(Cancellation);
        Assert.All(refused, refusal => Assert.Equal(PictureOutcome.Crowded, refusal!.Outcome));
        Assert.All(refused, refusal => Assert.InRange(refusal!.RetryAfter, TimeSpan.FromSeconds(1), DrawingQueue.WaitMax));
        _free.Set();
        Assert.All(await Task.WhenAll(honest).WaitAsync(Cancellation), Assert.Null);
        // At most a piece of each of the others.
        Assert.InRange(_drawn.TakeWhile(name => name != "honest").Count(), 0, 2);
    }

    /// <summary>Who asks for one picture is told that the server is busy, not that their network is.</summary>
    [Fact]
    public async Task ManyNetworksWithOnePictureEachSaturateTheServer()
    {
        var queue = Queue();
        var pictures = Enumerable.Range(1, 40).Select(network => queue.DrawAsync((ulong)network, 1024, Pieces("", 1))).ToArray();

        Assert.Equal(PictureOutcome.Saturated, (await pictures.First(picture => picture.IsCompleted))?.Outcome);
        Assert.InRange(pictures.Count(picture => picture.IsCompleted), 27, 30);
        _free.Set();
        await Task.WhenAll(pictures).WaitAsync(Cancellation);
    }

    /// <summary>A wide picture is passed by each narrower one of its network; it is refused before its caller gives up.</summary>
    [Fact]
    public async Task OverduePictureIsRefused()
    {
        var queue = Queue();
        var begun = queue.DrawAsync(Honest, 256, Pieces("", 2));
        _begun.Wait(Cancellation);
        var overdue = queue.DrawAsync(Honest, 1024, Pieces("", 1));
        _clock.Passed = DrawingQueue.PatienceMax;
        var later = queue.DrawAsync(Honest, 256, Pieces("", 1));
        _free.Set();

        Assert.Equal(PictureOutcome.Crowded, (await overdue.WaitAsync(Cancellation))?.Outcome);
        Assert.Null(await later.WaitAsync(Cancellation));
        await begun.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task FailedDrawingFailsOnlyItsCaller()
    {
        var queue = Queue();
        _free.Set();
        var failing = queue.DrawAsync(Honest, 256, Enumerable.Range(0, 1).Select(int (_) => throw new InvalidDataException("no picture")));
        var good = queue.DrawAsync(Honest, 256, Pieces("good", 1));

        await Assert.ThrowsAsync<InvalidDataException>(() => failing.WaitAsync(Cancellation));
        await good.WaitAsync(Cancellation);
    }

    private DrawingQueue Queue(long pixelsPerMinute = long.MaxValue) => new(threads: 1, pixelsPerMinute, _clock);

    private IEnumerable<int> Pieces(string name, int count)
    {
        for (var piece = 0; piece < count; piece++)
        {
            _begun.Set();
            _free.Wait(Cancellation);
            _drawn.Enqueue(name);
            yield return 1024 * 1024 / count;
        }
    }

    private sealed class SettableClock : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }
}

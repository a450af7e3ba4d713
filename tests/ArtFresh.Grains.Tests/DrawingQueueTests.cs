using System.Collections.Concurrent;
using ArtFresh.Grains.Artworks;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class DrawingQueueTests : IDisposable
{
    private const ulong Attacker = 1;
    private const ulong Honest = 2;

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

    /// <summary>A hundred large pictures of one network were asked for before: an honest small one waits for the piece that is being drawn, not for them.</summary>
    [Fact]
    public async Task SmallPictureOfAnotherNetworkWaitsForNoMoreThanAPiece()
    {
        var queue = Queue();
        var large = Enumerable.Range(0, 40).Select(i => queue.TryDraw(Attacker, 1024, Pieces("large", 16), out _)!).ToArray();
        var small = queue.TryDraw(Honest, 512, Pieces("small", 4), out _)!;

        _free.Set();
        await small.WaitAsync(Cancellation);

        Assert.InRange(_drawn.ToArray().TakeWhile(name => name != "small").Count(), 0, 1);
        await Task.WhenAll(large).WaitAsync(Cancellation);
        Assert.Equal((40 * 16) + 4, _drawn.Count);
    }

    /// <summary>A network that had pictures a while ago comes before one that has them drawn now, though it had more within the minute.</summary>
    [Fact]
    public async Task EarlierDrawingsCountLess()
    {
        var queue = Queue();
        _free.Set();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => queue.TryDraw(Honest, 1024, Pieces("earlier", 1), out _)!)).WaitAsync(Cancellation);
        _clock.Passed = TimeSpan.FromSeconds(10);
        await queue.TryDraw(Attacker, 1024, Pieces("one", 1), out _)!.WaitAsync(Cancellation);
        _free.Reset();
        _begun.Reset();
        Task[] others = [.. Enumerable.Range(0, 3).Select(i => queue.TryDraw(Attacker, 1024, Pieces("large", 1), out _)!)];
        _begun.Wait(Cancellation);

        var small = queue.TryDraw(Honest, 512, Pieces("small", 1), out _)!;
        _free.Set();
        await Task.WhenAll([small, .. others]).WaitAsync(Cancellation);

        Assert.Equal(["large", "small", "large", "large"], _drawn.Skip(5));
    }

    [Fact]
    public async Task NarrowestPictureOfANetworkComesFirst()
    {
        var queue = Queue();
        var large = queue.TryDraw(Honest, 1024, Pieces("1024", 2), out _)!;
        _begun.Wait(Cancellation);
        Task[] others = [.. new[] { 512, 256 }.Select(width => queue.TryDraw(Honest, width, Pieces($"{width}", 2), out _)!)];

        _free.Set();
        await Task.WhenAll([large, .. others]).WaitAsync(Cancellation);

        Assert.Equal(["1024", "256", "256", "512", "512", "1024"], _drawn);
    }

    [Fact]
    public void OnlyTheNetworkThatSpentItsQuotaIsRefused()
    {
        var queue = Queue(pixelsPerMinute: 1024 * 1024 * 3);
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(queue.TryDraw(Attacker, 1024, Pieces("", 1), out _));
        }

        _clock.Passed = TimeSpan.FromSeconds(20);
        Assert.Null(queue.TryDraw(Attacker, 256, Pieces("", 1), out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(40), retryAfter);
        Assert.NotNull(queue.TryDraw(Honest, 1024, Pieces("", 1), out _));
        _free.Set();
    }

    [Fact]
    public async Task QuotaIsFullAgainAfterAMinute()
    {
        var queue = Queue(pixelsPerMinute: 1024 * 1024);
        _free.Set();
        await queue.TryDraw(Attacker, 1024, Pieces("", 1), out _)!.WaitAsync(Cancellation);
        Assert.Null(queue.TryDraw(Attacker, 1024, Pieces("", 1), out _));

        _clock.Passed = TimeSpan.FromMinutes(1);

        Assert.NotNull(queue.TryDraw(Attacker, 1024, Pieces("", 1), out _));
    }

    [Fact]
    public async Task FailedDrawingFailsOnlyItsCaller()
    {
        var queue = Queue();
        _free.Set();
        var failing = queue.TryDraw(Honest, 256, Enumerable.Range(0, 1).Select(int (_) => throw new InvalidDataException("no picture")), out _)!;
        var good = queue.TryDraw(Honest, 256, Pieces("good", 1), out _)!;

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

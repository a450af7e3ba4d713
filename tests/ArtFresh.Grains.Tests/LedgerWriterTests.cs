using System.Diagnostics.Metrics;
using System.Threading.Channels;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class LedgerWriterTests : IAsyncDisposable
{
    private readonly HeldLedger _ledger = new();
    private readonly SetEpochs _epochs = new();
    private readonly Stage _stage = new();
    private readonly Lines _log = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly LedgerWriter _writer;

    public LedgerWriterTests()
    {
        _writer = new LedgerWriter(_ledger, _epochs, new LedgerNews(), new RecentBatches(), new UncheckedBlocks(), _log, _services.GetRequiredService<IMeterFactory>());
        _writer.Participate(_stage);
    }

    [Fact]
    public async Task NothingIsWrittenFromStateOfAnEpochThatIsOver()
    {
        _epochs.Known = EpochsUpTo(7);
        await _stage.StartAsync();
        var first = _writer.AppendAsync(Entry(), 7);
        Assert.Equal(1, await _ledger.NextAsync());
        _epochs.Known = EpochsUpTo(8);
        var (older, newer, stateless) = (_writer.AppendAsync(Entry(), 7), _writer.AppendAsync(Entry(), 8), _writer.AppendAsync(Entry()));
        _ledger.Release();
        Assert.Equal(2, await _ledger.NextAsync());
        _ledger.Release();

        Assert.Equal(LedgerVerdict.Committed, await first);
        Assert.Equal(LedgerVerdict.Unavailable, await older);
        Assert.Equal(LedgerVerdict.Committed, await newer);
        Assert.Equal(LedgerVerdict.Committed, await stateless);
        Assert.Equal(2, _ledger.Writers);
    }

    private static EpochList EpochsUpTo(long number) => new([new LedgerEpoch(number, 0, false, DateTimeOffset.UnixEpoch, "test")]);

    [Fact]
    public async Task NoEntryWaitsLongerThanTwoCommits()
    {
        await _stage.StartAsync();
        var first = _writer.AppendAsync(Entry());
        Assert.Equal(1, await _ledger.NextAsync());

        var others = Enumerable.Range(0, 5_000).Select(_ => _writer.AppendAsync(Entry())).ToArray();
        _ledger.Release();
        Assert.Equal(LedgerVerdict.Committed, await first);
        Assert.Equal(5_000, await _ledger.NextAsync());

        _ledger.Release();
        Assert.All(await Task.WhenAll(others), verdict => Assert.Equal(LedgerVerdict.Committed, verdict));
    }

    [Fact]
    public async Task EntryBeyondTheQueuesLimitIsRefusedAtOnce()
    {
        await _stage.StartAsync();
        _ = _writer.AppendAsync(Entry());
        await _ledger.NextAsync();

        var waiting = Enumerable.Range(0, LedgerWriter.QueuedEntriesMax).Select(_ => _writer.AppendAsync(Entry())).ToArray();
        Assert.Equal(LedgerVerdict.Unavailable, await _writer.AppendAsync(Entry()));

        _ledger.Release();
        await _ledger.NextAsync();
        _ledger.Release();
        Assert.All(await Task.WhenAll(waiting), verdict => Assert.Equal(LedgerVerdict.Committed, verdict));
    }

    /// <summary>Clients try again: on a full disk each try would be a line.</summary>
    [Fact]
    public async Task CommitsThatFailAreLoggedOnceInAWhile()
    {
        await _stage.StartAsync();
        _ledger.Fault = new InvalidOperationException("the disk is full");
        for (var i = 0; i < 50; i++)
        {
            var failed = _writer.AppendAsync(Entry());
            await _ledger.NextAsync();
            _ledger.Release();
            Assert.Equal(LedgerVerdict.Unavailable, await failed);
        }

        Assert.InRange(_log.All.Count(line => line.Level == LogLevel.Error), 1, 5);
        _ledger.Fault = null;
        var committed = _writer.AppendAsync(Entry());
        await _ledger.NextAsync();
        _ledger.Release();
        Assert.Equal(LedgerVerdict.Committed, await committed);
        Assert.Contains(_log.All, line => line.Text.Contains("50 commits of 50 entries had failed", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    private static SessionEnded Entry() => new(Guid.CreateVersion7(), DateTimeOffset.UnixEpoch);

    /// <summary>Says how many entries each commit has, and completes it on request.</summary>
    private sealed class HeldLedger : ILedger
    {
        private readonly Channel<int> _began = Channel.CreateUnbounded<int>();
        private readonly Channel<bool> _released = Channel.CreateUnbounded<bool>();

        public Task<int> NextAsync() => _began.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(2));

        public void Release() => _released.Writer.TryWrite(true);

        public int Writers { get; private set; }

        public Exception? Fault { get; set; }

        public Task<long> StartWriterAsync(CancellationToken cancellationToken) => Task.FromResult((long)++Writers);

        public Task<string?> FindFaultAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task<LedgerVerdict[]> EnterAsync(IReadOnlyList<OutsideEntry> entries, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> AdvanceAsync(TallyAdvanced advanced, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken)
        {
            _began.Writer.TryWrite(group.Entries.Count);
            await _released.Reader.ReadAsync(cancellationToken);
            return Fault is { } fault ? throw fault : [.. group.Entries.Select(_ => LedgerVerdict.Committed)];
        }
    }

    /// <summary>The one stage of a silo's life that the writer takes part in.</summary>
    private sealed class Stage : ISiloLifecycle, IDisposable
    {
        private ILifecycleObserver? _observer;

        public int HighestCompletedStage => 0;

        public int LowestStoppedStage => 0;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            _observer = observer;
            return this;
        }

        public Task StartAsync() => _observer!.OnStart(TestContext.Current.CancellationToken);

        public void Dispose()
        {
        }
    }

    private sealed class Lines : ILogger<LedgerWriter>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<(LogLevel Level, string Text)> _all = [];

        public IReadOnlyCollection<(LogLevel Level, string Text)> All => _all;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _all.Enqueue((logLevel, formatter(state, exception)));
    }
}

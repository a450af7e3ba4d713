using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Freshness;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ArtFresh.Grains.MoodPool;

/// <summary>How pools keep ahead of their listeners.</summary>
public sealed class MoodPoolOptions
{
    /// <summary>How often a pool reads artworks that no message announced: those of an import, or of a lost message.</summary>
    public TimeSpan RefreshDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Artworks of a slow generator that a pool keeps beyond the last one asked for.</summary>
    public int SlowStock { get; set; } = 8;

    /// <summary>
    /// How long a request waits at one time for art of its own mood to be drawn: after it the request takes what was drawn, else what pools near by have.
    /// </summary>
    public TimeSpan NeuralDeadline { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request waits for a slow generator before the neural one steps in.</summary>
    public TimeSpan SlowDeadline { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a request waits in all: it then gets what there is, and is refused only where that is nothing.</summary>
    public TimeSpan FreshDeadline { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Pictures that a slow generator may be asked for in a day (UTC).</summary>
    public int PaintedPerDay { get; set; } = 1_000;

    /// <summary>Of them, those for one network.</summary>
    public int PaintedPerDayAndNetwork { get; set; } = 200;

    /// <summary>The last time after a request's start at which waiting once more still ends within <see cref="FreshDeadline"/>.</summary>
    internal TimeSpan LastWait => FreshDeadline - NeuralDeadline;
}

/// <inheritdoc cref="IMoodPoolGrain"/>
/// <remarks>Reentrant: reading goes on while more is made. An artwork's position never changes: ids only grow and are read in their order.</remarks>
[GrainType("mood-pool"), Reentrant, ImplicitStreamSubscription(LedgerStreams.Artworks)]
public sealed partial class MoodPoolGrain(
    IArtworkCatalogue catalogue,
    KnownArtworks known,
    LedgerWriter ledger,
    MoodPoolOptions options,
    Studio studio,
    IEnumerable<ISlowArtist> slowArtists,
    TimeProvider clock,
    ILogger<MoodPoolGrain> logger) : Grain, IMoodPoolGrain, IStreamSubscriptionObserver, IAsyncObserver<ArtworksEntered>
{
    /// <summary>Generated artworks that a pool keeps beyond the last one handed out, so that requests rarely wait for a drawing.</summary>
    private const int NeuralStock = 32;

    /// <summary>Artworks of that stock made at a time: a request that arrives meanwhile waits for no more than these.</summary>
    private const int NeuralStep = 8;

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly List<long> _ids = [];
    private readonly DescriptorCache _descriptors = new(catalogue, known);
    private readonly ISlowArtist? _slowArtist = slowArtists.FirstOrDefault();
    private NeuralArtist? _artist;
    private Task<bool>? _making;
    private Task? _painting;
    private int _pool;
    private int _askedTo;
    private int _waiting;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _pool = (int)this.GetPrimaryKeyLong();
        if (_pool < 0 || _pool >= MoodGrid.CellCount)
        {
            throw new ArgumentOutOfRangeException(nameof(cancellationToken), _pool, "There is no such pool.");
        }

        _artist = new NeuralArtist(_pool, studio, clock, await catalogue.ReadPerceptualHashesAsync(_pool, NeuralArtist.RecentMax, cancellationToken));
        await RefreshAsync();
        this.RegisterGrainTimer(_ => TryRefreshAsync(), new GrainTimerCreationOptions(options.RefreshDelay, options.RefreshDelay) { Interleave = true });
    }

    /// <inheritdoc/>
    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<ArtworksEntered>().ResumeAsync(this);

    /// <inheritdoc/>
    public Task OnNextAsync(ArtworksEntered item, StreamSequenceToken? token = null) => TryRefreshAsync();

    /// <inheritdoc/>
    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<PoolStretch> ReadStretch(int position, int count)
    {
        CallLimits.CheckStretch(position, count);
        var end = Math.Min(position + count, _ids.Count);
        _askedTo = Math.Max(_askedTo, end);
        PaintAheadIfLow();
        MakeAheadIfLow();
        if (position >= end)
        {
            return new PoolStretch([], position);
        }

        var artworks = await _descriptors.ReadAsync(_ids, position, end);
        return new PoolStretch(artworks, end);
    }

    /// <inheritdoc/>
    public async Task<PoolStretch> MakeStretch(int position, int count, Mood mood)
    {
        CallLimits.CheckMaking(position, count, mood);
        await RefreshAsync();
        if (_ids.Count <= position && _slowArtist is not null)
        {
            PaintAheadIfLow();
            await Task.WhenAny(PaintedAsync(position), Task.Delay(options.SlowDeadline, clock));
        }

        _waiting++;
        try
        {
            var tooLate = Task.Delay(options.NeuralDeadline, clock);
            while (_ids.Count <= position)
            {
                // Requests that wait share what is made: it is fresh to each. When the studio is busy, art of a mood near by is better than none.
                var making = _making ??= MakeAsync(mood, count);
                if (await Task.WhenAny(making, tooLate) == tooLate || !await making)
                {
                    return new PoolStretch([], position);
                }
            }
        }
        finally
        {
            _waiting--;
        }

        return await ReadStretch(position, count);
    }

    private void MakeAheadIfLow()
    {
        // Not before the first request: most pools of a new catalogue are never asked for.
        if (_slowArtist is null && _making is null && _askedTo > 0 && _ids.Count - _askedTo < NeuralStock)
        {
            _making = MakeAsync(MoodGrid.CenterOf(_pool), NeuralStep);
            _making.Ignore();
        }
    }

    private async Task<bool> MakeAsync(Mood mood, int count)
    {
        var committed = false;
        try
        {
            // Half of the deadline: whoever waits gets what was drawn by then, and not nothing because the rest takes longer.
            var drawn = await _artist!.DrawAsync(mood, count, options.NeuralDeadline / 2, () => Volatile.Read(ref _waiting) > 0);
            committed = await ledger.AppendAsync(new ArtworksMade(drawn, clock.GetUtcNow())) == LedgerVerdict.Committed;
            await RefreshAsync();
            return committed;
        }
        finally
        {
            _making = null;
            if (committed)
            {
                MakeAheadIfLow();
            }
        }
    }

    private async Task TryRefreshAsync()
    {
        try
        {
            await RefreshAsync();
        }
        catch (LedgerUnavailableException failure)
        {
            LogNotRefreshed(logger, _pool, failure);
        }
    }

    private async Task RefreshAsync()
    {
        // One at a time, each with its own read: joining a read that began before a commit would miss what it committed.
        await _refreshing.WaitAsync();
        try
        {
            _ids.AddRange(await catalogue.ReadPoolAsync(_pool, _ids.Count == 0 ? 0 : _ids[^1], CancellationToken.None));
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private void PaintAheadIfLow()
    {
        if (_slowArtist is not null && _painting is null && _ids.Count - _askedTo < options.SlowStock)
        {
            _painting = PaintAheadAsync(_slowArtist, RequestContext.Get(CallerNetwork.Key) as ulong? ?? 0);
        }
    }

    private async Task PaintAheadAsync(ISlowArtist artist, ulong network)
    {
        await Task.Yield();
        try
        {
            while (_ids.Count - _askedTo < options.SlowStock)
            {
                if (!await GrainFactory.GetGrain<IPaintingBudgetGrain>(0).TryTake(network))
                {
                    return;
                }

                var painted = await artist.PaintAsync(_pool, MoodGrid.CenterOf(_pool), CancellationToken.None);
                await ledger.AppendAsync(new ArtworksMade([painted], clock.GetUtcNow()));
                var known = _ids.Count;
                await RefreshAsync();
                if (_ids.Count == known)
                {
                    // The same picture twice: the generator has nothing new at the moment.
                    return;
                }
            }
        }
#pragma warning disable CA1031 // Whatever the images API does, the neural generator stands in and the next request tries again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogPaintingFailed(logger, _pool, failure);
        }
        finally
        {
            _painting = null;
        }
    }

    private async Task PaintedAsync(int position)
    {
        while (_ids.Count <= position && _painting is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading the new artworks of pool {Pool} failed; retrying at the next interval")]
    private static partial void LogNotRefreshed(ILogger logger, int pool, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The images API made nothing for pool {Pool}; using the neural generator")]
    private static partial void LogPaintingFailed(ILogger logger, int pool, Exception failure);
}

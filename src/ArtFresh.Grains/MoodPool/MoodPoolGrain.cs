using System.Collections.Immutable;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Artworks;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace ArtFresh.Grains.MoodPool;

/// <inheritdoc cref="IMoodPoolGrain"/>
/// <remarks>Reentrant: artworks are read while more are made. An artwork's position never changes, because ids only grow and are read in order.</remarks>
[GrainType("mood-pool"), Reentrant, ImplicitStreamSubscription(LedgerStreams.Artworks)]
public sealed partial class MoodPoolGrain(
    IArtworkCatalogue catalogue,
    IHeldPictures held,
    KnownArtworks known,
    WithdrawnArtworks withdrawn,
    LedgerWriter ledger,
    ILedgerEpochs epochs,
    MoodPoolOptions options,
    Studio studio,
    IEnumerable<ISlowArtist> slowArtists,
    TimeProvider clock,
    ILogger<MoodPoolGrain> logger) : Grain, IMoodPoolGrain, IStreamSubscriptionObserver, IAsyncObserver<ArtworksEntered>
{
    /// <summary>Generated artworks that a pool keeps in stock beyond the last one returned, so that requests rarely wait for a drawing.</summary>
    private const int NeuralStock = 32;

    /// <summary>Artworks of that stock made at once, which bounds the wait of a request that arrives meanwhile.</summary>
    private const int NeuralStep = 8;

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly List<long> _ids = [];
    private readonly List<NewArtwork> _drawn = [];
    private readonly CancellationTokenSource _leaving = new();
    private readonly DescriptorCache _descriptors = new(catalogue, known);
    private readonly ISlowArtist? _slowArtist = slowArtists.FirstOrDefault();
    private NeuralArtist? _artist;
    private Task<bool>? _making;
    private Task? _painting;
    private Task? _drawing;
    private int _pool;
    private long _epoch;
    private int _askedTo;
    private int _waiting;
    private DateTimeOffset _paintAgainAt = DateTimeOffset.MinValue;
    private bool _isPaintingAlike;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _pool = (int)this.GetPrimaryKeyLong();
        if (_pool < 0 || _pool >= MoodGrid.CellCount)
        {
            throw new ArgumentOutOfRangeException(nameof(cancellationToken), _pool, "There is no such pool.");
        }

        _artist = new NeuralArtist(
            _pool,
            studio,
            clock,
            RecentLooks.OfGenomes(await catalogue.ReadNewestGenomesAsync(_pool, RecentLooks.Max, cancellationToken)),
            options.GenomeVersion);
        await RefreshAsync();
        this.RegisterGrainTimer(_ => TryRefreshAsync(), new GrainTimerCreationOptions(options.RefreshDelay, options.RefreshDelay) { Interleave = true });
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _leaving.CancelAsync();

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
        if (_epoch != epochs.Known.Current)
        {
            await RefreshAsync();
        }

        var (wanted, next) = Servable(position, count);
        _askedTo = Math.Max(_askedTo, next);
        PaintAheadIfLow();
        MakeAheadIfLow();
        return wanted.Count == 0 ? new PoolStretch([], next) : new PoolStretch(await _descriptors.ReadAsync(wanted, _ids, next), next);
    }

    /// <inheritdoc/>
    public async Task<PoolPositions> ReadPositions(ImmutableArray<int> positions, int left)
    {
        CallLimits.CheckPositions(positions, left);
        if (_epoch != epochs.Known.Current)
        {
            await RefreshAsync();
        }

        var count = _ids.Count;
        var wanted = positions.Where(position => position < count).Select(position => _ids[position]).Where(IsServable).ToList();
        if (!positions.IsEmpty)
        {
            _askedTo = Math.Max(_askedTo, count - Math.Min(count, left));
            PaintAheadIfLow();
            MakeAheadIfLow();
        }

        return new PoolPositions(wanted.Count == 0 ? [] : await _descriptors.ReadAsync(wanted, _ids, DescriptorCache.AheadOf(positions.Min())), count);
    }

    private bool IsServable(long artworkId) => !withdrawn.Contains(artworkId);

    /// <summary>The next ids from a position on that may be served, and the position after them. Those left out keep their positions, which listeners remember.</summary>
    private (List<long> Ids, int Next) Servable(int position, int count)
    {
        var ids = new List<long>(Math.Min(count, Math.Max(0, _ids.Count - position)));
        while (position < _ids.Count && ids.Count < count)
        {
            var id = _ids[position++];
            if (IsServable(id))
            {
                ids.Add(id);
            }
        }

        return (ids, position);
    }

    /// <inheritdoc/>
    public async Task<PoolStretch> MakeStretch(int position, int count, Mood mood)
    {
        CallLimits.CheckMaking(position, count, mood);
        await RefreshAsync();
        PaintAheadIfLow();
        if (_ids.Count <= position && !options.SlowHeld && !_isPaintingAlike && _slowArtist?.IsExpectedWithin(options.SlowDeadline) == true)
        {
            await Task.WhenAny(PaintedAsync(position), Task.Delay(options.SlowDeadline, clock));
        }

        _waiting++;
        try
        {
            var tooLate = Task.Delay(options.NeuralDeadline, clock);
            while (_ids.Count <= position)
            {
                // Waiting requests share what is made, which is fresh to each. When the studio is busy, art of a neighbouring mood is better than none.
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

    /// <inheritdoc/>
    public async Task<int> PositionAfter(long artworkId)
    {
        if (_epoch != epochs.Known.Current)
        {
            await RefreshAsync();
        }

        var at = _ids.BinarySearch(artworkId);
        return at < 0 ? ~at : at + 1;
    }

    private void MakeAheadIfLow()
    {
        // Not before the first request: most pools of a new catalogue get none.
        if (_askedTo == 0 || _leaving.IsCancellationRequested)
        {
            return;
        }

        if (_slowArtist is not null)
        {
            // Drawn, and not committed: what has a place in the pool would come before what is painted later. Not beside a request: the artist draws for one caller at a time.
            _drawing ??= _making is null && _drawn.Count < NeuralStock ? DrawAheadAsync() : null;
            _drawing?.Ignore();
        }
        else if (_making is null && _ids.Count - _askedTo < NeuralStock)
        {
            _making = MakeAsync(MoodGrid.CenterOf(_pool), NeuralStep);
            _making.Ignore();
        }
    }

    private async Task DrawAheadAsync()
    {
        await Task.Yield();
        try
        {
            _drawn.AddRange(await DrawAsync(MoodGrid.CenterOf(_pool), 1));
        }
        finally
        {
            _drawing = null;
        }

        MakeAheadIfLow();
    }

    /// <summary>Draws for half of the deadline, so that a waiting request gets the artworks drawn by then rather than none because the rest take longer.</summary>
    private Task<ImmutableArray<NewArtwork>> DrawAsync(Mood mood, int count) =>
        _artist!.DrawAsync(mood, count, options.NeuralDeadline / 2, () => Volatile.Read(ref _waiting) > 0);

    private async Task<ImmutableArray<NewArtwork>> DrawnOrDrawAsync(Mood mood, int count)
    {
        if (_drawn.Count == 0 && _drawing is not null)
        {
            await _drawing;
        }

        if (_drawn.Count == 0)
        {
            return await DrawAsync(mood, count);
        }

        var taken = _drawn.GetRange(0, Math.Min(count, _drawn.Count));
        _drawn.RemoveRange(0, taken.Count);
        return [.. taken];
    }

    private async Task<bool> MakeAsync(Mood mood, int count)
    {
        // What is drawn ahead and refused at once would otherwise end before the task is kept, and be kept for good.
        await Task.Yield();
        var committed = false;
        try
        {
            var drawn = await DrawnOrDrawAsync(mood, count);
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
        // One read after the other: a caller that joined a running read could miss artworks committed after its start.
        await _refreshing.WaitAsync();
        try
        {
            if (_epoch != epochs.Known.Current)
            {
                // Some of them may be lost.
                (_epoch, _askedTo) = (epochs.Known.Current, 0);
                _ids.Clear();
            }

            var known = _ids.Count == 0 ? 0 : _ids[^1];
            _ids.AddRange(await catalogue.ReadPoolAsync(_pool, known, CancellationToken.None));
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private void PaintAheadIfLow()
    {
        if (_slowArtist is { IsAvailable: true } && _painting is null && _ids.Count - _askedTo < options.SlowStock && clock.GetUtcNow() >= _paintAgainAt)
        {
            _painting = PaintAheadAsync(_slowArtist, RequestContext.Get(CallerNetwork.Key) as ulong? ?? 0);
        }
    }

    private async Task PaintAheadAsync(ISlowArtist artist, ulong network)
    {
        await Task.Yield();
        try
        {
            while (artist.IsAvailable && _ids.Count - _askedTo < options.SlowStock)
            {
                if (options.SlowHeld && _ids.Count - _askedTo + await held.CountWaitingAsync(_pool, _leaving.Token) >= options.SlowStock)
                {
                    // Not counted again for each request.
                    _paintAgainAt = clock.GetUtcNow() + options.RefreshDelay;
                    return;
                }

                if (!await GrainFactory.GetGrain<IPaintingBudgetGrain>(0).TryTake(network))
                {
                    return;
                }

                var painted = await artist.PaintAsync(_pool, MoodGrid.CenterOf(_pool), _leaving.Token);
                if (!await TakeInAsync(painted))
                {
                    // The generator returned a picture that exists already, so it has nothing new at the moment.
                    return;
                }

                _isPaintingAlike = options.LookAlikesOnce && painted.LookAlikes is { Count: > 0 };
                if (_isPaintingAlike)
                {
                    // New to some listeners only: no request waits for the next one, and the API is not paid for many.
                    _paintAgainAt = clock.GetUtcNow() + options.RefreshDelay;
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // The pool is leaving this silo.
        }
#pragma warning disable CA1031 // Whatever the images API does, the neural generator replaces it, and a later request tries again.
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

    /// <summary>Has a picture wait for an operator, or enters it as an artwork.</summary>
    /// <returns>False if it was known.</returns>
    private async Task<bool> TakeInAsync(NewArtwork painted)
    {
        if (options.SlowHeld)
        {
            return await held.HoldAsync([painted], clock.GetUtcNow(), _leaving.Token) > 0;
        }

        await ledger.AppendAsync(new ArtworksMade([painted], clock.GetUtcNow()));
        var known = _ids.Count;
        await RefreshAsync();
        return _ids.Count > known;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The images API made no picture for pool {Pool}; the neural generator replaces it")]
    private static partial void LogPaintingFailed(ILogger logger, int pool, Exception failure);
}

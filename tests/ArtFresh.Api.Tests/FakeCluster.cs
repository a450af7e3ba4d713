using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

/// <summary>Grains in memory behind a grain factory. They keep sessions apart by key as the real ones do, and record what they were asked.</summary>
public class FakeCluster
{
    public const long KnownArtworksMax = 1_000_000;

    public ConcurrentDictionary<string, FakeSession> Sessions { get; } = new();

    public ConcurrentDictionary<long, FakeArtwork> Artworks { get; } = new();

    public ConcurrentDictionary<string, FakeListener> Listeners { get; } = new();

    public FakeQueries Queries { get; } = new();

    public FakeWatch Watch { get; } = new();

    public FakeRecords Records { get; } = new();

    public FakeFrontEnds FrontEnds { get; } = new();

    public FakeWithdrawals Withdrawals { get; } = new();

    public FakeHeld Held { get; } = new();

    /// <summary>What the silos say of their grains.</summary>
    public Task<SimpleGrainStatistic[]> Statistics { get; set; } = Task.FromResult<SimpleGrainStatistic[]>([]);

    /// <summary>What each answer of a session names as withdrawn from now on.</summary>
    public ImmutableArray<long> Withdrawn { get; set; }

    public Delivery Delivery { get; set; } = Delivery.Batch;

    /// <summary>What every session answers from now on in place of its own outcome.</summary>
    public SessionOutcome? Forced { get; set; }

    /// <summary>Whether a session that answers <see cref="Forced"/> says that it is busy.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Grains that no silo has.</summary>
    public HashSet<Type> Missing { get; } = [];

    /// <summary>What every call to a session or an artwork throws from now on.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Calls wait for this one.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public IGrainFactory CreateGrainFactory()
    {
        var factory = DispatchProxy.Create<IGrainFactory, FactoryProxy>();
        ((FactoryProxy)factory).Cluster = this;
        return factory;
    }

    public FakeSession OnlySession => Assert.Single(Sessions).Value;

    /// <summary>Released once for each call that has come in, before <see cref="Gate"/>.</summary>
    public SemaphoreSlim Entered { get; } = new(0);

    internal async Task EnterAsync()
    {
        Entered.Release();
        await Gate;
        if (Fault is { } fault)
        {
            throw fault;
        }
    }

    private object Find(Type grain, object key) => grain switch
    {
        // As Orleans says it.
        _ when Missing.Contains(grain) => throw new ArgumentException($"Could not find an implementation for interface {grain}"),
        _ when grain == typeof(IListenerSessionGrain) => Sessions.GetOrAdd((string)key, _ => new FakeSession(this)),
        _ when grain == typeof(IListenerGrain) => Listeners.GetOrAdd((string)key, _ => new FakeListener()),
        _ when grain == typeof(IArtworkGrain) => Artworks.GetOrAdd((long)key, id => new FakeArtwork(this, id)),
        _ when grain == typeof(ILedgerQueryGrain) => Queries,
        _ when grain == typeof(IReleaseWatchGrain) => Watch,
        _ when grain == typeof(INetworkKeysGrain) => new FakeNetworkKeys(),
        _ when grain == typeof(IListenerRecordsGrain) => Records,
        _ when grain == typeof(IFrontEndsGrain) => FrontEnds,
        _ when grain == typeof(IWithdrawalsGrain) => Withdrawals,
        _ when grain == typeof(IWithdrawalNewsGrain) => Withdrawals,
        _ when grain == typeof(IHeldPicturesGrain) => Held,
        _ when grain == typeof(IManagementGrain) => CreateManagement(),
        _ => throw new NotSupportedException($"The front end has no business with {grain}."),
    };

    private IManagementGrain CreateManagement()
    {
        var management = DispatchProxy.Create<IManagementGrain, ManagementProxy>();
        ((ManagementProxy)management).Cluster = this;
        return management;
    }

    public class ManagementProxy : DispatchProxy
    {
        internal FakeCluster Cluster { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IManagementGrain.GetSimpleGrainStatistics) ? Cluster.Statistics : throw new NotSupportedException(targetMethod.Name);
    }

    public class FactoryProxy : DispatchProxy
    {
        internal FakeCluster Cluster { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IGrainFactory.GetGrain) && targetMethod.IsGenericMethod
                ? Cluster.Find(targetMethod.ReturnType, args![0]!)
                : throw new NotSupportedException(targetMethod.Name);
    }
}

/// <summary>One key for all days.</summary>
public sealed class FakeNetworkKeys : INetworkKeysGrain
{
    public static ImmutableArray<byte> Key { get; } = [.. Enumerable.Repeat((byte)7, 32)];

    public static DateTimeOffset MadeAt { get; } = new(2026, 3, 4, 5, 6, 0, TimeSpan.Zero);

    public Task<NetworkKey> Today() => Task.FromResult(new NetworkKey(new DateOnly(2026, 3, 4), Key, MadeAt));
}

/// <summary>Knows artworks up to <see cref="FakeCluster.KnownArtworksMax"/>.</summary>
public sealed class FakeWithdrawals : IWithdrawalsGrain, IWithdrawalNewsGrain
{
    /// <summary>Artworks in the order of their withdrawals, the first by change 1.</summary>
    public List<long> Withdrawn { get; } = [];

    public Task<WithdrawalNews> Tell(long afterChange) => Task.FromResult(new WithdrawalNews(Withdrawn.Count, [.. Withdrawn.Skip((int)afterChange)]));

    public List<(WithdrawalWish Wish, string Actor, string Reason)> Asked { get; } = [];

    public Task<WithdrawalResult> Withdraw(WithdrawalWish wish, string actor, string reason)
    {
        Asked.Add((wish, actor, reason));
        return Task.FromResult(long.Parse(wish.Value, System.Globalization.CultureInfo.InvariantCulture) > FakeCluster.KnownArtworksMax ? new WithdrawalResult(0, 0) : new WithdrawalResult(1, 1));
    }
}

/// <summary>Two pictures wait: an import's and an images API's.</summary>
public sealed class FakeHeld : IHeldPicturesGrain
{
    private static readonly ImmutableArray<HeldPicture> Waiting =
    [
        new(3, Artwork.Imported, Mood.Neutral, DateTimeOffset.UnixEpoch, "Three", "Ada", new ArtworkCredit("CC0", "https://pictures.test/3", "Boats", "digitalArt"), null),
        new(4, "model", new Mood(0.25, 0.75), DateTimeOffset.UnixEpoch, "Four", null, null, "A prompt"),
    ];

    public List<(long HeldId, bool IsApproved, string Actor, string Reason)> Decided { get; } = [];

    public List<(long After, int Count)> Read { get; } = [];

    Task<HeldPage> IHeldPicturesGrain.Read(long afterHeldId, int count)
    {
        Read.Add((afterHeldId, count));
        return Task.FromResult(new HeldPage([.. Waiting.Where(picture => picture.HeldId > afterHeldId).Take(count)], Waiting.Length));
    }

    public Task<Picture?> DrawPicture(long heldId, int width) =>
        Task.FromResult(Waiting.Any(picture => picture.HeldId == heldId) ? new Picture([7, (byte)(width / 256)], "image/webp") : null);

    public Task<bool> Decide(long heldId, bool isApproved, string actor, string reason)
    {
        Decided.Add((heldId, isApproved, actor, reason));
        return Task.FromResult(Waiting.Any(picture => picture.HeldId == heldId));
    }
}

/// <summary>As many front ends as a test says.</summary>
public sealed class FakeFrontEnds : IFrontEndsGrain
{
    private int _notes;

    public int Count { get; set; } = 1;

    /// <summary>How often a front end has come.</summary>
    public int Notes => Volatile.Read(ref _notes);

    public Task<int> Note(Guid frontEnd)
    {
        Interlocked.Increment(ref _notes);
        return Task.FromResult(Count);
    }
}

public sealed class FakeSession(FakeCluster cluster) : IListenerSessionGrain
{
    private readonly HashSet<long> _seen = [];
    private long _next = 1;

    public string? Release { get; private set; }

    public List<ImpressionBatch> Batches { get; } = [];

    public Task<bool> Fold(long blockNumber) => throw new NotSupportedException();

    public Task Forget() => Task.CompletedTask;

    public List<FreshRequest> Wishes { get; } = [];

    public ImmutableArray<long>? Unshown { get; private set; }

    public async Task<OpenSessionResult> Open(string release)
    {
        await cluster.EnterAsync();
        if (cluster.Forced is { } forced)
        {
            return new OpenSessionResult(forced);
        }
        Release = release;
        return new OpenSessionResult(SessionOutcome.Done, cluster.Delivery, GenomeSeeds.Of(3), LastWithdrawal: 7);
    }

    public async Task<TakeFreshResult> TakeFresh(FreshRequest request)
    {
        await cluster.EnterAsync();
        if (Refusal(endedToo: true) is { } refusal)
        {
            return new TakeFreshResult(refusal);
        }
        var hasMoved = Wishes.Count > 0 && Wishes[^1].Mood != request.Mood;
        Wishes.Add(request);
        return new TakeFreshResult(SessionOutcome.Done, [.. Enumerable.Range(0, request.Count).Select(_ => FakeArtwork.Make(_next++, request.Mood))], cluster.Withdrawn, hasMoved);
    }

    public async Task<RecordBatchResult> RecordBatch(ImpressionBatch batch)
    {
        await cluster.EnterAsync();
        if (Refusal(endedToo: false) is { } refusal)
        {
            return new RecordBatchResult(refusal, IsBusy: cluster.IsBusy);
        }
        Batches.Add(batch);
        var unknown = batch.ArtworkIds.Where(id => id > FakeCluster.KnownArtworksMax).ToImmutableArray();
        var recorded = batch.ArtworkIds.Count(id => id <= FakeCluster.KnownArtworksMax && _seen.Add(id));
        // The real grain leaves the array out when there is nothing in it.
        return new RecordBatchResult(
            SessionOutcome.Done, recorded, batch.ArtworkIds.Length - recorded - unknown.Length, 0, unknown.IsEmpty ? default : unknown, _seen.Count);
    }

    /// <summary>What asking how much has arrived throws from now on.</summary>
    public Exception? HighWaterFault { get; set; }

    public async Task<long?> HighWater()
    {
        await cluster.EnterAsync();
        if (HighWaterFault is { } fault)
        {
            throw fault;
        }
        return Release is null ? null : _seen.Count;
    }

    /// <summary>What opening the session again does, if the ledger has lost it.</summary>
    public SessionOutcome Reopening { get; set; } = SessionOutcome.SessionNotFound;

    /// <summary>As when the ledger has gone back to before it.</summary>
    public void Lose() => Release = null;

    public async Task<SessionOutcome> Reopen()
    {
        await cluster.EnterAsync();
        Release = Reopening == SessionOutcome.Done ? ReleaseName.Unknown : Release;
        return Reopening;
    }

    public async Task<SessionOutcome> Finish(ImmutableArray<long> unshown)
    {
        await cluster.EnterAsync();
        if (Refusal(endedToo: true) is { } refusal)
        {
            return refusal;
        }
        Unshown = unshown;
        return SessionOutcome.Done;
    }

    public Task<ImmutableArray<long>> EndBlock(long blockNumber) => throw new NotSupportedException();

    public Task<ImmutableArray<long>> Disown(ImmutableArray<long> artworkIds, long blockNumber) => throw new NotSupportedException();

    public Task<GivenUp> GiveUp(ImmutableArray<long> artworkIds, long blockNumber) => throw new NotSupportedException();

    private SessionOutcome? Refusal(bool endedToo) =>
        cluster.Forced ?? (Release is null ? SessionOutcome.SessionNotFound : endedToo && Unshown is not null ? SessionOutcome.SessionEnded : null);
}

public sealed class FakeListener : IListenerGrain
{
    public List<string> Guests { get; } = [];

    /// <summary>What a joining answers.</summary>
    public JoinOutcome Outcome { get; set; } = JoinOutcome.Joined;

    public Task<JoinOutcome> Join(string guest)
    {
        Guests.Add(guest);
        return Task.FromResult(Outcome);
    }

    public Task<Block> SetAside(BlockRequest request) => throw new NotSupportedException();

    public Task<ClaimResult> JudgeForeign(ForeignArtworks foreign) => throw new NotSupportedException();

    public Task<ClaimResult> Claim(Guid sessionId, ImmutableArray<long> artworkIds) => throw new NotSupportedException();

    public Task<SessionOutcome> TakeBack(Guid sessionId, ImmutableArray<long> artworkIds) => throw new NotSupportedException();

    public Task<SessionOutcome> TakeBackRest(Guid sessionId, ImmutableArray<long> artworkIds) => throw new NotSupportedException();

    public Task<bool> Has(long artworkId) => throw new NotSupportedException();

    public Task<bool> Fold(long blockNumber) => throw new NotSupportedException();

    public Task Forget() => throw new NotSupportedException();

    public List<OfferedArtworks> Offers { get; } = [];

    public Task<OfferResult> Offer(OfferedArtworks offered)
    {
        Offers.Add(offered);
        return Task.FromResult(new OfferResult(SessionOutcome.Done, offered.ArtworkIds.Length, [.. offered.ArtworkIds.Where(id => id > FakeCluster.KnownArtworksMax)]));
    }

    public Task<HandedOver> HandOver() => throw new NotSupportedException();

    public Task<SessionOutcome> EndBlocks() => throw new NotSupportedException();
}

public sealed class FakeQueries : ILedgerQueryGrain
{
    public Task<bool> Ledger { get; set; } = Task.FromResult(true);

    public int LedgerChecks { get; private set; }

    public (int Days, string? Release)? Asked { get; private set; }

    public int Summaries => _summaries;

    private int _summaries;

    public Task<LegacyCounts> CountLegacy() => Task.FromResult(new LegacyCounts(1, 2, 3, 4, 5));

    public Task<KpiSummary> SummarizeKpis(int days, string? release)
    {
        Asked = (days, release);
        Interlocked.Increment(ref _summaries);
        ImmutableArray<KpiFigure> figures = [new("delivery", 99, 100, 0.99, 0.9, "pass") { Unit = "share", Relation = "over" }];
        return Task.FromResult(new KpiSummary(release, ["r1", "r2"], figures, [new KpiDay(new DateOnly(2026, 3, 4), true, figures)]));
    }

    public Task<ClusterState> DescribeCluster() => Task.FromResult(new ClusterState("1.0.0", 3, 3, [new SiloState("10.0.0.1:1", "active")]));

    public Task<SessionState?> DescribeSession(string listenerId, Guid sessionId) =>
        Task.FromResult(listenerId == "guest-a" ? new SessionState("r1", false, 4, 3, 1) : null);

    public Task<bool> CheckLedger()
    {
        LedgerChecks++;
        return Ledger;
    }
}

using System.Collections.Immutable;

namespace ArtFresh.Contracts;

/// <summary>One trigger of the release watch with its verdict on a release.</summary>
/// <param name="Name">camelCase, such as <c>batchSuccess</c>.</param>
/// <param name="Verdict"><c>pass</c>, <c>fail</c> or <c>inconclusive</c>: too few samples is not a pass.</param>
/// <param name="Value">The value measured over the window; null if nothing was observed.</param>
/// <param name="Threshold">The limit that it is compared with.</param>
/// <param name="Samples">Number of samples.</param>
/// <param name="WindowMinutes">The length of the window.</param>
[GenerateSerializer, Immutable, Alias("trigger-state")]
public sealed record TriggerState(
    [property: Id(0)] string Name,
    [property: Id(1)] string Verdict,
    [property: Id(2)] double? Value,
    [property: Id(3)] double Threshold,
    [property: Id(4)] long Samples,
    [property: Id(5)] int WindowMinutes)
{
    /// <summary><c>evidence</c>: the server observed it; <c>claim</c>: clients reported it. A server of an older release sends none: <c>claim</c>.</summary>
    [Id(6)]
    public string Source { get => field ?? "claim"; init; } = "claim";

    /// <summary>Unit of value and threshold: <c>share</c>, <c>count</c>, <c>ms</c> or <c>multiple</c> (a burn rate). A server of an older release sends none: <c>share</c>.</summary>
    [Id(7)]
    public string Unit { get => field ?? "share"; init; } = "share";

    /// <summary>How many networks a claim comes from; 0 for evidence.</summary>
    [Id(8)]
    public int Networks { get; init; }
}

/// <summary>The release watch's verdict on a release.</summary>
/// <param name="Verdict"><c>pass</c>, <c>fail</c> or <c>inconclusive</c>. A fail stays until every trigger that failed passes again.</param>
/// <param name="Delivery"><c>batch</c> or <c>single</c>: how its clients must deliver.</param>
/// <param name="FailedAt">When its latest failure was recorded; null if it never failed.</param>
/// <param name="Evidence">The triggers at that time, as JSON.</param>
/// <param name="Action">The watch's action: <c>none</c>, <c>delivery: single</c>, or the result of the operator's command.</param>
/// <param name="RecoveredAt">When that failure ended; null while it lasts.</param>
[GenerateSerializer, Immutable, Alias("release-health")]
public sealed record ReleaseHealth(
    [property: Id(0)] string Release,
    [property: Id(1)] DateTimeOffset FirstSeenAt,
    [property: Id(2)] DateTimeOffset LastSeenAt,
    [property: Id(3)] string Verdict,
    [property: Id(4)] string Delivery,
    [property: Id(5)] ImmutableArray<TriggerState> Triggers,
    [property: Id(6)] DateTimeOffset? FailedAt = null,
    [property: Id(7)] string? Evidence = null,
    [property: Id(8)] string? Action = null,
    [property: Id(9)] DateTimeOffset? RecoveredAt = null);

/// <summary>Something that an operator or a trigger did.</summary>
/// <param name="Id">Ascending.</param>
/// <param name="Actor">Who: <c>watch</c>, or how the operator was known.</param>
/// <param name="What">What was done, kebab-case, such as <c>switch-delivery</c>.</param>
/// <param name="Release">The release concerned, if one.</param>
[GenerateSerializer, Immutable, Alias("audit-entry")]
public sealed record AuditEntry(
    [property: Id(0)] long Id,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Actor,
    [property: Id(3)] string What,
    [property: Id(4)] string? Release,
    [property: Id(5)] string Detail);

/// <summary>Judges each release against its triggers, and takes the configured action when one fails. One for the cluster; the key is 0.</summary>
[GrainInterfaceType("release-watch"), Alias("release-watch")]
public interface IReleaseWatchGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that releases are watched from now on. Doing it again changes nothing.</summary>
    [Alias("begin")] Task Begin();

    /// <summary>Looks at the counters now.</summary>
    [Alias("judge")] Task Judge();

    /// <summary>All releases of the last days, the latest first, as they were at the last look.</summary>
    [Alias("show-releases")] Task<ImmutableArray<ReleaseHealth>> ShowReleases();

    /// <summary>Has a release's clients deliver so from now on, and begins to judge it anew.</summary>
    /// <returns>How it stands after that.</returns>
    [Alias("switch-delivery")] Task<ReleaseHealth> SwitchDelivery(string release, Delivery delivery, string actor, string reason);

    /// <summary>Vouches for a release: it has figures of its own from now on.</summary>
    [Alias("know")] Task Know(string release, string actor, string reason);

    /// <summary>What was done last, the latest first.</summary>
    [Alias("read-audit")] Task<ImmutableArray<AuditEntry>> ReadAudit(int count);
}

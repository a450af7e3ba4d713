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
/// <param name="Actor"><c>watch</c>, or the operator's name or address.</param>
/// <param name="What">The action, in kebab-case, such as <c>switch-delivery</c>.</param>
/// <param name="Release">The release concerned, if any.</param>
[GenerateSerializer, Immutable, Alias("audit-entry")]
public sealed record AuditEntry(
    [property: Id(0)] long Id,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Actor,
    [property: Id(3)] string What,
    [property: Id(4)] string? Release,
    [property: Id(5)] string Detail);

/// <summary>Whose claims are struck from the figures: a listener's, or those of the listeners of a network on a day.</summary>
/// <param name="Network">The network's hash on that day; 0 for a listener.</param>
/// <param name="IsLifted">Whether they count again.</param>
/// <param name="KeyMadeAt">When the key was made that the hash is under: only batches since then are of this network, and so are later ones. Null where only the hash is known.</param>
[GenerateSerializer, Immutable, Alias("claim-strike")]
public sealed record ClaimStrike(
    [property: Id(0)] string? ListenerId,
    [property: Id(1)] int Network,
    [property: Id(2)] DateOnly Day,
    [property: Id(3)] bool IsLifted = false,
    [property: Id(4)] DateTimeOffset? KeyMadeAt = null);

/// <summary>Judges each release against its triggers, and takes the configured action when one fails. One for the cluster; the key is 0.</summary>
[GrainInterfaceType("release-watch"), Alias("release-watch")]
public interface IReleaseWatchGrain : IGrainWithIntegerKey
{
    /// <summary>Judges every release, unless that was done within half an interval: each silo calls it once an interval.</summary>
    [Alias("begin")] Task Begin();

    /// <summary>Reads the counters and judges every release at once.</summary>
    [Alias("judge")] Task Judge();

    /// <summary>All releases of the last days as last judged, the latest first.</summary>
    [Alias("show-releases")] Task<ImmutableArray<ReleaseHealth>> ShowReleases();

    /// <summary>Switches the delivery of a release's clients, and judges the release anew from this moment.</summary>
    /// <returns>The release after the switch.</returns>
    [Alias("switch-delivery")] Task<ReleaseHealth> SwitchDelivery(string release, Delivery delivery, string actor, string reason);

    /// <summary>Makes a release known: it has figures of its own from now on.</summary>
    [Alias("know")] Task Know(string release, string actor, string reason);

    /// <summary>Strikes claims from the figures or counts them again, and judges every release anew.</summary>
    /// <returns>Listeners that were struck, or are counted again.</returns>
    [Alias("strike")] Task<int> Strike(ClaimStrike strike, string actor, string reason);

    /// <summary>The last rows of the audit, the latest first.</summary>
    [Alias("read-audit")] Task<ImmutableArray<AuditEntry>> ReadAudit(int count);
}

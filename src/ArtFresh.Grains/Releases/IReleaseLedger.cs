using ArtFresh.Contracts;

namespace ArtFresh.Grains.Releases;

/// <summary>A failure of a release, written once.</summary>
/// <param name="Episode">1 for the first failure of the release, and so on.</param>
/// <param name="Evidence">The triggers as they stood, as JSON.</param>
/// <param name="Action">What was done about it; null until it is done.</param>
/// <param name="RecoveredAt">Null while it lasts.</param>
public sealed record ReleaseFailure(string Release, int Episode, DateTimeOffset FailedAt, string Evidence, string? Action, DateTimeOffset? RecoveredAt);

/// <summary>How a release's clients are to deliver.</summary>
public sealed record ReleasePolicy(string Release, Delivery Delivery, DateTimeOffset ChangedAt);

/// <summary>When a release was counted first and last, by the hour.</summary>
public sealed record ReleaseSeen(string Release, DateTimeOffset FirstHour, DateTimeOffset LastHour);

/// <summary>What an operator or a trigger does, before it has a number.</summary>
public sealed record OperatorAct(DateTimeOffset At, string Actor, string What, string? Release, string Detail);

/// <summary>What operators and triggers did, written down for good.</summary>
public interface IOperatorAudit
{
    /// <summary>Adds a row; it is on disk when this returns.</summary>
    Task AppendAsync(OperatorAct act, CancellationToken cancellationToken);

    /// <summary>The latest rows, the latest first.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadAsync(int count, CancellationToken cancellationToken);
}

/// <summary>The ledger as the release watch reads it, and what the watch writes down.</summary>
public interface IReleaseLedger
{
    /// <summary>Policies that somebody has set; a release without one delivers batches.</summary>
    Task<IReadOnlyList<ReleasePolicy>> ReadPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>Sets a policy and writes who did it, in one transaction.</summary>
    Task SetPolicyAsync(ReleasePolicy policy, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Releases with a counter in an hour of at least <paramref name="from"/>.</summary>
    Task<IReadOnlyList<ReleaseSeen>> ReadReleasesAsync(DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>The latest failure of each release.</summary>
    Task<IReadOnlyList<ReleaseFailure>> ReadFailuresAsync(CancellationToken cancellationToken);

    /// <summary>Writes a failure and the act that records it, in one transaction.</summary>
    /// <returns>False when that episode is written already: nothing was changed.</returns>
    Task<bool> WriteFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>Completes a failure's row with its action or its end, and writes the act, in one transaction.</summary>
    Task UpdateFailureAsync(ReleaseFailure failure, OperatorAct act, CancellationToken cancellationToken);

    /// <summary>The counters of each minute from <paramref name="from"/> on; <c>Hour</c> is the minute.</summary>
    Task<IReadOnlyList<Ledger.CounterAdded>> ReadMinutesAsync(DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>Forgets the minutes before <paramref name="before"/>.</summary>
    Task TrimMinutesAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

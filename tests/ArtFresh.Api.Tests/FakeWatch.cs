using System.Collections.Immutable;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

/// <summary>A release watch that knows one release and remembers what it was asked.</summary>
public sealed class FakeWatch : IReleaseWatchGrain
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 5, 6, 0, TimeSpan.Zero);

    public (string Release, Contracts.Delivery Delivery, string Actor, string Reason)? Switched { get; private set; }

    public int? AuditRowsAsked { get; private set; }

    public Task Begin() => throw new NotSupportedException();

    public Task Judge() => throw new NotSupportedException();

    /// <summary>The delivery of its release's clients.</summary>
    public string Delivery { get; set; } = "single";

    public Task<ImmutableArray<ReleaseHealth>> ShowReleases() => Task.FromResult<ImmutableArray<ReleaseHealth>>(
        [new ReleaseHealth("r1", At, At, "fail", Delivery, [new TriggerState("batchSuccess", "fail", 0.5, 0.9, 100, 30)], At, "[]", "delivery: single")]);

    public async Task<ReleaseHealth> SwitchDelivery(string release, Contracts.Delivery delivery, string actor, string reason)
    {
        Switched = (release, delivery, actor, reason);
        return (await ShowReleases())[0] with { Release = release };
    }

    public (string Release, string Actor, string Reason)? Known { get; private set; }

    public Task Know(string release, string actor, string reason)
    {
        Known = (release, actor, reason);
        return Task.CompletedTask;
    }

    public (ClaimStrike Strike, string Actor, string Reason)? Struck { get; private set; }

    /// <summary>How many listeners a strike finds.</summary>
    public int StruckListeners { get; set; } = 3;

    public Task<int> Strike(ClaimStrike strike, string actor, string reason)
    {
        Struck = (strike, actor, reason);
        return Task.FromResult(StruckListeners);
    }

    public Task<ImmutableArray<AuditEntry>> ReadAudit(int count)
    {
        AuditRowsAsked = count;
        return Task.FromResult<ImmutableArray<AuditEntry>>([new AuditEntry(7, At, "watch", "fail", "r1", "batchSuccess")]);
    }
}

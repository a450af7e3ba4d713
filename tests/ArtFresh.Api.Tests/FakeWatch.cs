using System.Collections.Immutable;
using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

/// <summary>A release watch that keeps what it is told.</summary>
public sealed class FakeWatch : IReleaseWatchGrain
{
    private static readonly DateTimeOffset Seen = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public ReleaseHealth Health { get; set; } = new("r1", Seen, Seen, "pass", "batch", [new TriggerState("batchSuccess", "pass", 1, 0.9, 60, 5)]);

    public Task Begin() => Task.CompletedTask;

    public Task Judge() => Task.CompletedTask;

    public Task<ImmutableArray<ReleaseHealth>> ShowReleases() => Task.FromResult<ImmutableArray<ReleaseHealth>>([Health]);

    public Task<ReleaseHealth> SwitchDelivery(string release, Delivery delivery, string actor, string reason)
    {
        Health = Health with { Release = release, Delivery = delivery == Delivery.Single ? "single" : "batch" };
        return Task.FromResult(Health);
    }

    public Task<ImmutableArray<AuditEntry>> ReadAudit(int count) => Task.FromResult<ImmutableArray<AuditEntry>>([new AuditEntry(1, Seen, "watch", "fail", "r1", "why")]);
}

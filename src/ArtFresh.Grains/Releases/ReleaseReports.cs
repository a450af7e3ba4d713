using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Releases;

/// <summary>How releases stand and how they are switched, for a command beside the servers: it judges by what the watch judges by, and decides nothing.</summary>
public static class ReleaseReports
{
    /// <summary>Releases that were not counted for so long are not shown.</summary>
    internal static readonly TimeSpan ReleasesKept = TimeSpan.FromDays(30);

    /// <summary>Sessions with gaps are looked for so far back: one that is silent for a day may have been open for another.</summary>
    internal static readonly TimeSpan GapsKept = TimeSpan.FromDays(2);

    /// <summary>All releases of the last days, the latest first.</summary>
    public static async Task<ImmutableArray<ReleaseHealth>> ReadAsync(IReleaseLedger ledger, IAuditLedger counters, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var look = await ReleaseLook.ReadAsync(ledger, await counters.ReadGapsAsync(now - GapsKept, null, cancellationToken), now, cancellationToken);
        var policies = (await ledger.ReadPoliciesAsync(cancellationToken)).ToDictionary(policy => policy.Release);
        var failures = (await ledger.ReadFailuresAsync(cancellationToken)).ToDictionary(failure => failure.Release);
        return
        [
            .. InOrder(await ledger.ReadReleasesAsync(now - ReleasesKept, cancellationToken)).Select(seen =>
            {
                var policy = policies.GetValueOrDefault(seen.Release);
                var triggers = look.Judge(seen.Release, policy?.ChangedAt);
                return HealthOf(seen, triggers, failures.GetValueOrDefault(seen.Release), policy?.Delivery ?? Delivery.Batch, look);
            }),
        ];
    }

    /// <summary>Switches how a release delivers; back to batches also ends its failure, if one lasts. Servers know it within seconds.</summary>
    public static async Task SwitchAsync(
        IReleaseLedger ledger, string release, Delivery delivery, string actor, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var word = DeliveryWords.Of(delivery);
        await ledger.SetPolicyAsync(new ReleasePolicy(release, delivery, now), new OperatorAct(now, actor, "switch-delivery", release, $"{word}: {reason}"), cancellationToken);
        if (delivery == Delivery.Batch
            && (await ledger.ReadFailuresAsync(cancellationToken)).SingleOrDefault(last => last.Release == release && last.RecoveredAt is null) is { } failure)
        {
            await ledger.UpdateFailureAsync(
                failure with { RecoveredAt = now, Action = failure.Action ?? "none" },
                new OperatorAct(now, actor, "recover", release, $"switched to batch: {reason}"),
                cancellationToken);
        }
    }

    internal static IEnumerable<ReleaseSeen> InOrder(IEnumerable<ReleaseSeen> releases) =>
        releases.OrderByDescending(release => release.LastHour).ThenByDescending(release => release.FirstHour).ThenBy(release => release.Release, StringComparer.Ordinal);

    internal static ReleaseHealth HealthOf(ReleaseSeen release, ImmutableArray<Trigger> triggers, ReleaseFailure? failure, Delivery delivery, ReleaseLook look) => new(
        release.Release,
        release.FirstHour,
        look.Minutes[release.Release].Select(minute => minute.Hour).DefaultIfEmpty(release.LastHour).Max(),
        KpiSummaries.WordOf(ReleaseVerdict.Of(triggers, failure is { RecoveredAt: null })),
        DeliveryWords.Of(delivery),
        ReleaseLook.StatesOf(triggers),
        failure?.FailedAt,
        failure?.Evidence,
        failure?.Action,
        failure?.RecoveredAt);
}

using System.Collections.Immutable;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Releases;

/// <summary>Reads the health of releases and switches their delivery for commands, which run beside the servers. Judges by the watch's triggers, and begins no failure.</summary>
public static class ReleaseOperations
{
    /// <summary>Releases without counts for this time are not shown.</summary>
    internal static readonly TimeSpan ReleasesKept = TimeSpan.FromDays(30);

    /// <summary>How far back sessions with gaps are read: a session may be open for a day and silent for another.</summary>
    internal static readonly TimeSpan GapsKept = TimeSpan.FromDays(2);

    /// <summary>All releases of the last days, the latest first.</summary>
    /// <param name="known">The releases to show.</param>
    /// <param name="quorum">The number of networks that a claim needs.</param>
    public static async Task<ImmutableArray<ReleaseHealth>> ReadAsync(
        IReleaseLedger ledger, ILedgerFigures counters, KnownReleases known, int quorum, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await known.RefreshAsync(cancellationToken);
        var gaps = await counters.ReadGapsAsync(now - GapsKept, null, cancellationToken);
        var reading = await ReleaseReading.ReadAsync(ledger, gaps, known.LabelOf, now, cancellationToken);
        var policies = (await ledger.ReadPoliciesAsync(cancellationToken)).ToDictionary(policy => policy.Release);
        var failures = (await ledger.ReadFailuresAsync(cancellationToken)).ToDictionary(failure => failure.Release);
        return
        [
            .. InOrder(await ledger.ReadReleasesAsync(now - ReleasesKept, cancellationToken), known).Select(seen =>
            {
                var policy = policies.GetValueOrDefault(seen.Release);
                var triggers = reading.Judge(seen.Release, policy?.ChangedAt, quorum);
                return HealthOf(seen, triggers, failures.GetValueOrDefault(seen.Release), policy?.Delivery ?? Delivery.Batch, reading);
            }),
        ];
    }

    /// <summary>Switches a release's delivery; a switch to batches also ends its failure. Servers apply it within seconds.</summary>
    public static async Task SwitchAsync(
        IReleaseLedger ledger, string release, Delivery delivery, string actor, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var word = DeliveryWords.Of(delivery);
        await ledger.KnowAsync(release, new OperatorAct(now, actor, "know-release", release, reason), cancellationToken);
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

    /// <summary>Strikes claims from the figures, or counts them again. Servers apply it at the next reading. The audit, which nobody is erased from, has the hash of a listener's id.</summary>
    /// <returns>Listeners that are struck by it, or are counted again.</returns>
    public static async Task<int> StrikeAsync(
        IClaimStrikes strikes, IErasures erasures, ClaimStrike strike, string actor, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var whose = strike.ListenerId is { } named
            ? $"listener {ErasureProof.NameOf(await erasures.ProofOfAsync(named, cancellationToken))}"
            : string.Create(CultureInfo.InvariantCulture, $"network {strike.Network} of {strike.Day:yyyy-MM-dd}");
        var act = new OperatorAct(now, actor, strike.IsLifted ? "lift-strike" : "strike-claims", null, $"{whose}: {reason}");
        return await ((strike.ListenerId, strike.IsLifted) switch
        {
            ({ } listenerId, false) => strikes.StrikeAsync(listenerId, act, cancellationToken),
            ({ } listenerId, true) => strikes.LiftAsync(listenerId, act, cancellationToken),
            (null, false) => strikes.StrikeAsync(strike.Network, strike.Day, strike.KeyMadeAt, act, cancellationToken),
            (null, true) => strikes.LiftAsync(strike.Network, strike.Day, act, cancellationToken),
        });
    }

    /// <summary>The known releases, and all others as one.</summary>
    internal static IEnumerable<ReleaseSeen> InOrder(IEnumerable<ReleaseSeen> releases, KnownReleases known) =>
        releases.GroupBy(release => known.LabelOf(release.Release))
            .Select(group => new ReleaseSeen(group.Key, group.Min(seen => seen.FirstHour), group.Max(seen => seen.LastHour)))
            .OrderByDescending(release => release.LastHour).ThenByDescending(release => release.FirstHour).ThenBy(release => release.Release, StringComparer.Ordinal);

    internal static ReleaseHealth HealthOf(ReleaseSeen release, ImmutableArray<Trigger> triggers, ReleaseFailure? failure, Delivery delivery, ReleaseReading reading) => new(
        release.Release,
        release.FirstHour,
        reading.Minutes[release.Release].Select(minute => minute.Hour).DefaultIfEmpty(release.LastHour).Max(),
        KpiSummaries.WordOf(ReleaseVerdict.Of(triggers, failure is { RecoveredAt: null })),
        DeliveryWords.Of(delivery),
        ReleaseReading.StatesOf(triggers),
        failure?.FailedAt,
        failure?.Evidence,
        failure?.Action,
        failure?.RecoveredAt);
}

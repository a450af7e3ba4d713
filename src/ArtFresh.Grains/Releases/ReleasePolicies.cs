using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using ArtFresh.Contracts;
using ArtFresh.Grains.Ledger;

namespace ArtFresh.Grains.Releases;

/// <summary>How each release delivers, as this silo read it last. A silo that cannot read goes on as before.</summary>
public sealed class ReleasePolicies
{
    private readonly IReleaseLedger _ledger;
    private volatile FrozenDictionary<string, Delivery> _deliveries = FrozenDictionary<string, Delivery>.Empty;
    private volatile string[] _failing = [];

    /// <param name="ledger">Where policies and failures are written.</param>
    /// <param name="meters">Told which releases fail, and which deliver one by one.</param>
    public ReleasePolicies(IReleaseLedger ledger, IMeterFactory meters)
    {
        _ledger = ledger;
        var meter = meters.Create(LedgerMetrics.MeterName);
        meter.CreateObservableGauge(
            "artfresh.releases.failing", () => _failing.Select(release => new Measurement<int>(1, Release(release))), "{release}", "1 for each release that fails its triggers");
        meter.CreateObservableGauge(
            "artfresh.releases.single",
            () => _deliveries.Where(policy => policy.Value == Delivery.Single).Select(policy => new Measurement<int>(1, Release(policy.Key))),
            "{release}",
            "1 for each release whose clients are to deliver one by one");
    }

    /// <summary>How a release's clients are to deliver.</summary>
    public Delivery Of(string release) => _deliveries.GetValueOrDefault(release, Delivery.Batch);

    /// <summary>Reads them again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var policies = await _ledger.ReadPoliciesAsync(cancellationToken).ConfigureAwait(false);
        _deliveries = policies.ToFrozenDictionary(policy => policy.Release, policy => policy.Delivery);
        var failures = await _ledger.ReadFailuresAsync(cancellationToken).ConfigureAwait(false);
        _failing = [.. failures.Where(failure => failure.RecoveredAt is null).Select(failure => failure.Release).Take(ReleaseMetrics.ReleasesMax)];
    }

    private static KeyValuePair<string, object?> Release(string release) => new("release", release);
}

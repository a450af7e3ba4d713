using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using ArtFresh.Contracts;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Releases;

/// <summary>The releases' delivery policies as this silo last read them. A failed read leaves them unchanged.</summary>
public sealed class ReleasePolicies
{
    private readonly IReleaseLedger _ledger;
    private readonly KnownReleases _known;
    private volatile FrozenDictionary<string, Delivery> _deliveries = FrozenDictionary<string, Delivery>.Empty;
    private volatile string[] _failing = [];

    /// <param name="ledger">Has the policies and failures.</param>
    /// <param name="releases">Has the releases to export gauges for.</param>
    /// <param name="meters">Creates the gauges of failing and of single-delivery releases.</param>
    /// <param name="known">Is refreshed together with the policies.</param>
    public ReleasePolicies(IReleaseLedger ledger, ReleaseMetrics releases, KnownReleases known, IMeterFactory meters)
    {
        (_ledger, _known) = (ledger, known);
        var meter = meters.Create(LedgerMetrics.MeterName);
        IEnumerable<Measurement<int>> Of(Func<string, bool> isSo) =>
            releases.Releases.Union(_failing).Select(release => new Measurement<int>(isSo(release) ? 1 : 0, new KeyValuePair<string, object?>("release", release)));
        meter.CreateObservableGauge("artfresh.releases.failing", () => Of(_failing.Contains), "{release}", "1 for a release that fails its triggers");
        meter.CreateObservableGauge(
            "artfresh.releases.single", () => Of(release => this.Of(release) == Delivery.Single), "{release}", "1 for a release whose clients are to deliver one by one");
    }

    /// <summary>The delivery of a release's clients.</summary>
    public Delivery Of(string release) => _deliveries.GetValueOrDefault(release, Delivery.Batch);

    /// <summary>Reads the policies again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _known.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var policies = await _ledger.ReadPoliciesAsync(cancellationToken).ConfigureAwait(false);
        _deliveries = policies.ToFrozenDictionary(policy => policy.Release, policy => policy.Delivery);
        var failures = await _ledger.ReadFailuresAsync(cancellationToken).ConfigureAwait(false);
        _failing = [.. failures.Where(failure => failure.RecoveredAt is null).Select(failure => failure.Release).Take(ReleaseMetrics.ReleasesMax)];
    }
}

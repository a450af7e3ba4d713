using System.Collections.Immutable;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Releases;

/// <inheritdoc cref="IReleaseWatchGrain"/>
/// <remarks>
/// Counters and decisions are in the ledger, so that a restart changes no verdict. A failure's row is fenced by its number, so that only one of two activations writes it.
/// </remarks>
[GrainType("release-watch")]
public sealed partial class ReleaseWatchGrain(
    IReleaseLedger ledger,
    IOperatorAudit audit,
    IClaimStrikes strikes,
    IErasures erasures,
    ILedgerFigures counters,
    ReleasePolicies policies,
    KnownReleases known,
    ReleaseResponse response,
    ReleaseWatchOptions options,
    TimeProvider clock,
    ILogger<ReleaseWatchGrain> logger) : Grain, IReleaseWatchGrain
{
    private static readonly TimeSpan GapDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TrimDelay = TimeSpan.FromHours(1);

    private readonly Dictionary<string, DateTimeOffset> _quietSince = [];
    private readonly HashSet<(string Release, string Alert)> _alerting = [];
    private ImmutableArray<ReleaseHealth> _health = [];
    private IReadOnlyList<SessionGap> _gaps = [];
    private DateTimeOffset _readAt;
    private DateTimeOffset _gapsReadAt;
    private DateTimeOffset _trimmedAt;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Alerts that were sent and are not over, from the audit.
        foreach (var row in (await audit.ReadAsync(Limits.AuditRowsMax, cancellationToken)).Where(row => row.Actor == ReleaseResponse.Watch && row.Release is not null).Reverse())
        {
            if (row.What == "alert")
            {
                _alerting.Add((row.Release!, row.Detail));
            }
            else if (row.What == "alert-over")
            {
                _alerting.Remove((row.Release!, row.Detail));
            }
        }
    }

    /// <inheritdoc/>
    public async Task Begin()
    {
        // Every silo calls this in each interval; one reading serves all.
        if (clock.GetUtcNow() - _readAt >= options.Interval / 2)
        {
            await Judge();
        }
    }

    /// <inheritdoc/>
    public async Task Judge()
    {
        var now = clock.GetUtcNow();
        var reading = await ReadAsync(now);
        var seen = await ledger.ReadReleasesAsync(now - ReleaseOperations.ReleasesKept, CancellationToken.None);
        var changed = (await ledger.ReadPoliciesAsync(CancellationToken.None)).ToDictionary(policy => policy.Release);
        var failures = (await ledger.ReadFailuresAsync(CancellationToken.None)).ToDictionary(failure => failure.Release);
        var health = ImmutableArray.CreateBuilder<ReleaseHealth>(seen.Count);
        foreach (var release in ReleaseOperations.InOrder(seen, known))
        {
            var policy = changed.GetValueOrDefault(release.Release);
            var triggers = reading.Judge(release.Release, policy?.ChangedAt, options.Quorum);
            var failure = failures.GetValueOrDefault(release.Release);
            if (!ReleaseName.IsRobot(release.Release))
            {
                failure = await DecideAsync(release.Release, triggers, failure, now);
                await AlertAsync(release.Release, triggers, now);
            }

            health.Add(ReleaseOperations.HealthOf(release, triggers, failure, policies.Of(release.Release), reading));
        }

        _health = health.ToImmutable();
        _readAt = now;
        response.Deliver();
        if (now - _trimmedAt >= TrimDelay)
        {
            await ledger.TrimMinutesAsync(now - CounterAdded.MinutesKept, CancellationToken.None);
            _trimmedAt = now;
        }
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<ReleaseHealth>> ShowReleases()
    {
        await Begin();
        return _health;
    }

    /// <inheritdoc/>
    public async Task<ReleaseHealth> SwitchDelivery(string release, Delivery delivery, string actor, string reason)
    {
        CallLimits.CheckRelease(release);
        CallLimits.CheckReason(actor);
        CallLimits.CheckReason(reason);
        var now = clock.GetUtcNow();
        await ReleaseOperations.SwitchAsync(ledger, release, delivery, actor, reason, now, CancellationToken.None);
        await policies.RefreshAsync(CancellationToken.None);
        _quietSince.Remove(release);
        await Judge();
        return _health.FirstOrDefault(known => known.Release == release)
            ?? new ReleaseHealth(release, now, now, KpiSummaries.WordOf(KpiVerdict.Inconclusive), DeliveryWords.Of(delivery), []);
    }

    /// <inheritdoc/>
    public async Task Know(string release, string actor, string reason)
    {
        CallLimits.CheckRelease(release);
        CallLimits.CheckReason(actor);
        CallLimits.CheckReason(reason);
        await ledger.KnowAsync(release, new OperatorAct(clock.GetUtcNow(), actor, "know-release", release, reason), CancellationToken.None);
        await policies.RefreshAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task<int> Strike(ClaimStrike strike, string actor, string reason)
    {
        CallLimits.Check(strike);
        CallLimits.CheckReason(actor);
        CallLimits.CheckReason(reason);
        var struck = await ReleaseOperations.StrikeAsync(strikes, erasures, strike, actor, reason, clock.GetUtcNow(), CancellationToken.None);
        _gapsReadAt = default;
        await Judge();
        return struck;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<AuditEntry>> ReadAudit(int count)
    {
        CallLimits.CheckRows(count);
        return [.. await audit.ReadAsync(count, CancellationToken.None)];
    }

    private async Task<ReleaseReading> ReadAsync(DateTimeOffset now)
    {
        if (now - _gapsReadAt >= GapDelay)
        {
            _gaps = await counters.ReadGapsAsync(now - ReleaseOperations.GapsKept, null, CancellationToken.None);
            _gapsReadAt = now;
        }

        return await ReleaseReading.ReadAsync(ledger, _gaps, known.LabelOf, now, CancellationToken.None);
    }

    /// <summary>Begins or ends a failure by the triggers, and takes the action of a failure that an earlier activation left without one.</summary>
    private async Task<ReleaseFailure?> DecideAsync(string release, ImmutableArray<Trigger> triggers, ReleaseFailure? last, DateTimeOffset now)
    {
        var failing = ReleaseVerdict.FailingIn(triggers);
        if (last is null or { RecoveredAt: not null })
        {
            return failing.IsEmpty ? last : await BeginFailureAsync(release, triggers, failing, (last?.Episode ?? 0) + 1, now) ?? last;
        }

        if (last.Action is null)
        {
            last = await RespondAsync(last, ReleaseReading.FailedIn(last.Evidence));
        }

        if (!ReleaseVerdict.IsQuiet(triggers, ReleaseReading.FailedIn(last.Evidence)))
        {
            _quietSince.Remove(release);
            return last;
        }

        _quietSince.TryAdd(release, now);
        return now - _quietSince[release] < ReleaseVerdict.RecoveryTime ? last : await RecoverAsync(last, now);
    }

    private async Task<ReleaseFailure?> BeginFailureAsync(
        string release, ImmutableArray<Trigger> triggers, ImmutableArray<string> failing, int episode, DateTimeOffset now)
    {
        var failure = new ReleaseFailure(release, episode, now, ReleaseReading.EvidenceOf(triggers), null, null);
        var names = string.Join(", ", failing);
        await response.NotifyAsync(string.Create(CultureInfo.InvariantCulture, $"fail/{release}/{episode}"), NewsOf(failure, failing));
        if (!await ledger.WriteFailureAsync(failure, new OperatorAct(now, ReleaseResponse.Watch, "fail", release, names), CancellationToken.None))
        {
            return null;
        }

        LogFailed(logger, release, names, failure.Evidence);
        return await RespondAsync(failure, failing);
    }

    private async Task<ReleaseFailure> RespondAsync(ReleaseFailure failure, IReadOnlyCollection<string> failing)
    {
        if (await response.ActAsync(failure, NewsOf(failure, failing)) is not { } action)
        {
            return failure;
        }

        var done = failure with { Action = action };
        await ledger.UpdateFailureAsync(done, new OperatorAct(clock.GetUtcNow(), ReleaseResponse.Watch, "act", failure.Release, done.Action), CancellationToken.None);
        await policies.RefreshAsync(CancellationToken.None);
        return done;
    }

    private static ReleaseNews NewsOf(ReleaseFailure failure, IReadOnlyCollection<string> failing) =>
        new(failure.Release, "fail", failure.FailedAt, [.. failing], failure.Evidence);

    private async Task<ReleaseFailure> RecoverAsync(ReleaseFailure failure, DateTimeOffset now)
    {
        var ended = failure with { RecoveredAt = now, Action = failure.Action ?? ReleaseResponse.Nothing };
        await response.NotifyAsync(
            string.Create(CultureInfo.InvariantCulture, $"recover/{failure.Release}/{failure.Episode}"), new ReleaseNews(failure.Release, "recover", now, [], failure.Evidence));
        await ledger.UpdateFailureAsync(
            ended, new OperatorAct(now, ReleaseResponse.Watch, "recover", failure.Release, "every trigger that failed passes again"), CancellationToken.None);
        await policies.RefreshAsync(CancellationToken.None);
        _quietSince.Remove(failure.Release);
        LogRecovered(logger, failure.Release);
        return ended;
    }

    /// <summary>Sends an alert when it begins and when it is over. Too few samples do not end an alert.</summary>
    private async Task AlertAsync(string release, ImmutableArray<Trigger> triggers, DateTimeOffset now)
    {
        foreach (var trigger in triggers.Where(trigger => trigger.IsAlert))
        {
            var key = (release, trigger.Name);
            var begins = trigger.Verdict == KpiVerdict.Fail && !_alerting.Contains(key);
            var ends = trigger.Verdict == KpiVerdict.Pass && _alerting.Contains(key);
            if (begins || ends)
            {
                var what = begins ? "alert" : "alert-over";
                await audit.AppendAsync(new OperatorAct(now, ReleaseResponse.Watch, what, release, trigger.Name), CancellationToken.None);
                _ = begins ? _alerting.Add(key) : _alerting.Remove(key);
                LogAlert(logger, what, release, trigger.Name, trigger.Value);
                await response.NotifyAsync(
                    string.Create(CultureInfo.InvariantCulture, $"{what}/{release}/{trigger.Name}/{now.ToUnixTimeMilliseconds()}"),
                    new ReleaseNews(release, what, now, [trigger.Name], ReleaseReading.EvidenceOf(triggers)));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "[Impressions] release {Release} failed: {Triggers}. {Evidence}")]
    private static partial void LogFailed(ILogger logger, string release, string triggers, string evidence);

    [LoggerMessage(Level = LogLevel.Information, Message = "[Impressions] release {Release} has recovered")]
    private static partial void LogRecovered(ILogger logger, string release);

    [LoggerMessage(Level = LogLevel.Warning, Message = "[Impressions] {What} for release {Release}: {Trigger} at {Value}")]
    private static partial void LogAlert(ILogger logger, string what, string release, string trigger, double? value);
}

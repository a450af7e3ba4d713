using System.Collections.Immutable;

namespace ArtFresh.Freshness;

/// <summary>
/// How a release stands, with hysteresis: one failing trigger begins a failure, which ends when every trigger that failed has passed
/// conclusively for a while. Silence is no recovery: the watch's own response to a failure can silence the release.
/// </summary>
public static class ReleaseVerdict
{
    /// <summary>How long the triggers must pass before a failure is over.</summary>
    public static readonly TimeSpan RecoveryTime = TimeSpan.FromMinutes(10);

    /// <summary>The triggers that fail a release, by name.</summary>
    public static ImmutableArray<string> FailingIn(ImmutableArray<Trigger> triggers) =>
        [.. triggers.Where(trigger => trigger is { IsAlert: false, Verdict: KpiVerdict.Fail }).Select(trigger => trigger.Name)];

    /// <summary>The verdict: fail while a failure lasts, pass when every trigger passes.</summary>
    public static KpiVerdict Of(ImmutableArray<Trigger> triggers, bool isFailing) =>
        isFailing ? KpiVerdict.Fail
        : triggers.All(trigger => trigger.IsAlert || trigger.Verdict == KpiVerdict.Pass) ? KpiVerdict.Pass
        : KpiVerdict.Inconclusive;

    /// <summary>Whether the triggers that a failure began with pass, and no other fails.</summary>
    public static bool IsQuiet(ImmutableArray<Trigger> triggers, IReadOnlyCollection<string> failed) =>
        FailingIn(triggers).IsEmpty && triggers.All(trigger => trigger.Verdict == KpiVerdict.Pass || !failed.Contains(trigger.Name));
}

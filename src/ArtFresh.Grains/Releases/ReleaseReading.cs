using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Releases;

/// <summary>All releases' counters in the ledger at one moment.</summary>
/// <param name="Now">The time of the reading.</param>
/// <param name="Minutes">The counters of the last six hours, by minute.</param>
/// <param name="Networks">The networks' claims in those minutes.</param>
/// <param name="Gaps">Sessions with missing numbers.</param>
internal sealed record ReleaseReading(
    DateTimeOffset Now, ILookup<string, CounterAdded> Minutes, ILookup<string, NetworksAdded> Networks, ILookup<string, SessionGap> Gaps)
{
    /// <summary>Reads the counters. Unknown releases are read as <see cref="ReleaseName.Other"/>.</summary>
    /// <param name="ledger">Has the counters.</param>
    /// <param name="gaps">Sessions with missing numbers.</param>
    /// <param name="labelOf">The name under which a release is judged.</param>
    /// <param name="now">The time of the reading.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<ReleaseReading> ReadAsync(
        IReleaseLedger ledger, IEnumerable<SessionGap> gaps, Func<string, string> labelOf, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var from = now - ReleaseTriggers.SixHours - TimeSpan.FromMinutes(1);
        var minutes = await ledger.ReadMinutesAsync(from, cancellationToken);
        var networks = await ledger.ReadNetworksAsync(from, cancellationToken);
        return new ReleaseReading(
            now, minutes.ToLookup(minute => labelOf(minute.Release)), networks.ToLookup(minute => labelOf(minute.Release)), gaps.ToLookup(gap => labelOf(gap.Release)));
    }

    /// <summary>Judges a release by its counters after a time, so that a switched policy is judged anew.</summary>
    /// <param name="quorum">The number of networks that a claim needs.</param>
    public ImmutableArray<Trigger> Judge(string release, DateTimeOffset? since, int quorum) => ReleaseTriggers.Judge(
        window =>
        {
            var from = Now - window;
            var counts = ReleaseCounters.Sum(Minutes[release].Where(minute => minute.Hour.AddMinutes(1) > from && (since is null || minute.Hour >= since)));
            return new WatchWindow(counts, VoicesOf(release, from, since));
        },
        quorum);

    private static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    private NetworkVoices VoicesOf(string release, DateTimeOffset from, DateTimeOffset? since)
    {
        var voices = new NetworkVoices();
        foreach (var minute in Networks[release].Where(minute => minute.Minute.AddMinutes(1) > from && (since is null || minute.Minute >= since)))
        {
            foreach (var (network, count) in minute.Counts.All)
            {
                voices.Add(DayOf(minute.Minute), network, count);
            }
        }

        foreach (var gap in Gaps[release])
        {
            if (KpiSummaries.LostAt(gap, Now) is { } at && at > from && at >= (since ?? at))
            {
                voices.Add(DayOf(gap.LastBatchAt), gap.Network, new NetworkCount(0, 0, 0, gap.Missing, 0, 0));
            }
        }

        return voices;
    }

    /// <summary>The triggers in the wire format.</summary>
    public static ImmutableArray<TriggerState> StatesOf(ImmutableArray<Trigger> triggers) =>
    [
        .. triggers.Select(trigger => new TriggerState(
            trigger.Name, KpiSummaries.WordOf(trigger.Verdict), trigger.Value, trigger.Threshold, trigger.Samples, (int)trigger.Window.TotalMinutes)
        {
            Source = KpiSummaries.WordOf(trigger.Source),
            Unit = KpiSummaries.WordOf(trigger.Unit),
            Networks = trigger.Networks,
        }),
    ];

    /// <summary>The triggers as JSON, stored as the evidence of a failure. <see cref="FailedIn"/> reads it.</summary>
    public static string EvidenceOf(ImmutableArray<Trigger> triggers) => JsonSerializer.Serialize(StatesOf(triggers), EvidenceJson.Default.ImmutableArrayTriggerState);

    /// <summary>Names of the triggers that failed, from a failure's evidence.</summary>
    public static IReadOnlyCollection<string> FailedIn(string evidence) =>
    [
        .. JsonSerializer.Deserialize(evidence, EvidenceJson.Default.ImmutableArrayTriggerState)
            .Where(trigger => trigger.Verdict == "fail").Select(trigger => trigger.Name),
    ];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImmutableArray<TriggerState>))]
internal sealed partial class EvidenceJson : JsonSerializerContext;

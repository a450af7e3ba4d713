using System.Collections.Immutable;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>What each network claims, added up from some batches. Batches without a network are nobody's.</summary>
/// <param name="batches">The newest batches: what is before them stays as it is.</param>
/// <param name="gaps">Sessions with missing numbers.</param>
/// <param name="now">The time of the reading.</param>
internal sealed class NetworkHearing(IEnumerable<LoggedBatch> batches, IReadOnlyCollection<SessionGap> gaps, DateTimeOffset now)
{
    private readonly (DateOnly Day, int Network, CounterSums Sums)[] _networks =
        [.. batches.Where(batch => batch.Network > 0).GroupBy(batch => (Day: DayOf(batch.ReceivedAt), batch.Network)).Select(own => (own.Key.Day, own.Key.Network, SumsOf(own)))];

    /// <summary>The figures of some counters and all gaps, as the networks give them.</summary>
    public ImmutableArray<Kpi> Judge(ImmutableArray<Kpi> figures, IReadOnlyCollection<CounterAdded> counters)
    {
        var missing = gaps.ToLookup(gap => (DayOf(gap.LastBatchAt), gap.Network));
        return HeardClaims.Judge(
            figures,
            [.. _networks.Select(one => new NetworkClaims(one.Day, ReleaseCounters.Sum(one.Sums.All), KpiSummaries.Missing(missing[(one.Day, one.Network)], now)))],
            leftOut => Without(counters, [.. leftOut.Select(place => _networks[place])]));
    }

    private ImmutableArray<Kpi> Without(IEnumerable<CounterAdded> counters, (DateOnly Day, int Network, CounterSums Sums)[] leftOut)
    {
        var taken = leftOut.SelectMany(one => one.Sums.All).Select(counter => counter with { Amount = -counter.Amount });
        // What was counted before the batches were struck, or under another name, may be less.
        var left = counters.Concat(taken).GroupBy(counter => counter.Counter).Select(one => new CounterAdded("", now, one.Key, Math.Max(0, one.Sum(counter => counter.Amount))));
        var others = gaps.Where(gap => !leftOut.Any(one => one.Network == gap.Network && one.Day == DayOf(gap.LastBatchAt)));
        return ReleaseKpis.From(ReleaseCounters.Sum(left), KpiSummaries.Missing(others, now)).All;
    }

    private static CounterSums SumsOf(IEnumerable<LoggedBatch> batches)
    {
        var sums = new CounterSums(TimeSpan.FromHours(1));
        foreach (var batch in batches)
        {
            var tallied = new TalliedBatch(batch);
            tallied.AddArrival(sums.Of("", batch.ReceivedAt), []);
            tallied.AddSession(sums.Of("", batch.ReceivedAt));
        }

        return sums;
    }

    private static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);
}

using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Computes the key figures of some days from the ledger's counters, for a grain or an operator's command.</summary>
public static class KpiSummaries
{
    /// <summary>The source of a figure that the server observed itself.</summary>
    public const string Evidence = "evidence";

    /// <summary>How many of the newest batches tell which networks a claim comes from, so that a reading costs the same however long the history is.</summary>
    private const int HeardBatchesMax = 5_000;

    /// <summary>After this long without a batch, a session's missing numbers count as lost.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromDays(1);

    /// <summary>Computes the figures of the last <paramref name="days"/> days, today included.</summary>
    /// <param name="release">One release; null for all together, except robots'.</param>
    /// <param name="labelOf">The name under which a release is counted by now: the release's own if it is known, or <see cref="ReleaseName.Other"/>.</param>
    public static async Task<KpiSummary> ReadAsync(
        ILedgerFigures figures, TimeProvider clock, int days, string? release, Func<string, string> labelOf, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var first = DateOnly.FromDateTime(now.UtcDateTime).AddDays(1 - days);
        var from = new DateTimeOffset(first, TimeOnly.MinValue, TimeSpan.Zero);
        // Of what is counted as another, all rows must be read.
        var only = release is null or ReleaseName.Other || labelOf(release) != release ? null : release;
        var read = await figures.ReadCountersAsync(from, only, cancellationToken);
        // What sessions were served and have lost is kept by the name that the client gave. What they recorded was counted under the release's name if it was known then.
        var own = read.Where(counter => counter.Counter != ReleaseCounters.SessionServed).Select(counter => counter.Release).ToHashSet();
        string NameOf(string given) => own.Contains(given) ? given : labelOf(given);
        bool IsWanted(string counted) => release is null ? !ReleaseName.IsRobot(counted) : counted == release;
        CounterAdded[] counters = [.. read.Select(counter => counter with { Release = NameOf(counter.Release) }).Where(counter => IsWanted(counter.Release))];
        SessionGap[] gaps = [.. (await figures.ReadGapsAsync(from, only, cancellationToken)).Where(gap => IsWanted(NameOf(gap.Release)))];
        var lossAt = await figures.ReadLastLossAsync(cancellationToken);
        var summary = Summarize([]);
        if (!summary.Days.Select(day => day.Figures).Append(summary.Figures).Any(figures => figures.Any(figure => figure.Verdict == WordOf(KpiVerdict.Doubt))))
        {
            return summary;
        }

        var batches = await figures.ReadNewestBatchesAsync(from, HeardBatchesMax, cancellationToken);
        return Summarize([.. batches.Where(batch => IsWanted(NameOf(batch.Release)))]);

        KpiSummary Summarize(LoggedBatch[] batches)
        {
            var byDay = counters.ToLookup(counter => DateOnly.FromDateTime(counter.Hour.UtcDateTime));
            var gapsByDay = gaps.ToLookup(gap => DateOnly.FromDateTime(gap.OpenedAt.UtcDateTime));
            var batchesByDay = batches.ToLookup(batch => DateOnly.FromDateTime(batch.ReceivedAt.UtcDateTime));
            return new KpiSummary(
                release,
                [.. counters.Select(counter => counter.Release).Distinct().Order(StringComparer.Ordinal)],
                Figures(counters, gaps, batches, now, from < lossAt),
                [
                    .. Enumerable.Range(0, days).Select(first.AddDays).Select(day => new KpiDay(
                        day, byDay[day].Any(), Figures([.. byDay[day]], [.. gapsByDay[day]], [.. batchesByDay[day]], now, new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) < lossAt))),
                ]);
        }
    }

    /// <summary>When a session's missing numbers became lost: at its end, or after a day of silence; null while they may still arrive.</summary>
    public static DateTimeOffset? LostAt(SessionGap gap, DateTimeOffset now) =>
        gap.EndedAt ?? (gap.LastBatchAt + SilenceMax <= now ? gap.LastBatchAt + SilenceMax : null);

    /// <summary>The missing numbers of some sessions, as lost or still awaited.</summary>
    public static MissingNumbers Missing(IEnumerable<SessionGap> gaps, DateTimeOffset now)
    {
        var sum = default(MissingNumbers);
        foreach (var gap in gaps)
        {
            sum += LostAt(gap, now) is not null ? new MissingNumbers(gap.Missing, 0) : new MissingNumbers(0, gap.Missing);
        }

        return sum;
    }

    /// <summary>A verdict's name on the wire.</summary>
    public static string WordOf(KpiVerdict verdict) => verdict switch
    {
        KpiVerdict.Pass => "pass",
        KpiVerdict.Fail => "fail",
        KpiVerdict.Doubt => "doubt",
        _ => "inconclusive",
    };

    /// <summary>A source as it stands on the wire.</summary>
    public static string WordOf(FigureSource source) => source == FigureSource.Evidence ? Evidence : "claim";

    /// <summary>A unit's name on the wire.</summary>
    public static string WordOf(KpiUnit unit) => unit switch
    {
        KpiUnit.Count => "count",
        KpiUnit.Milliseconds => "ms",
        KpiUnit.Multiple => "multiple",
        _ => "share",
    };

    private static string WordOf(KpiRelation relation) => relation switch
    {
        KpiRelation.Exactly => "exactly",
        KpiRelation.Under => "under",
        KpiRelation.Over => "over",
        _ => "any",
    };

    /// <param name="isEvidenceLost">Whether the ledger has gone back since: it does not know all that sessions of the span were served.</param>
    private static ImmutableArray<KpiFigure> Figures(CounterAdded[] counters, SessionGap[] gaps, LoggedBatch[] batches, DateTimeOffset now, bool isEvidenceLost)
    {
        var all = ReleaseKpis.From(ReleaseCounters.Sum(counters), Missing(gaps, now), isEvidenceLost).All;
        return
        [
            .. (batches.Length == 0 ? all : new NetworkHearing(batches, gaps, now).Judge(all, counters)).Select(kpi => new KpiFigure(
                kpi.Name, kpi.Numerator, kpi.Denominator, kpi.Value, kpi.Target, WordOf(kpi.Verdict))
            {
                Unit = WordOf(kpi.Unit),
                Relation = WordOf(kpi.Relation),
                Source = WordOf(kpi.Source),
                IsPromise = kpi.IsPromise,
            }),
        ];
    }
}

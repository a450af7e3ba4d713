using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>What may be told to listeners of some days, and why it may not.</summary>
internal static class Announcement
{
    /// <summary>Figures that stand for a promise: one that fails keeps the announcement back.</summary>
    private static readonly Dictionary<string, string> Promises = new()
    {
        ["withoutViewedAt"] = "impressions were recorded of artworks without viewed_at",
        ["duplicatesRecorded"] = "artworks were served to listeners who had them",
        ["lost"] = "impressions never arrived",
    };

    /// <summary>A sentence for each reason why nothing may be announced; empty when it may be.</summary>
    /// <param name="legacy">Legacy art of those days, as the ledger shows it.</param>
    public static IReadOnlyList<string> Refusals(KpiSummary summary, IReadOnlyCollection<LegacyFinding> legacy) =>
    [
        .. summary.Days.Where(day => !day.Observed).Select(day => $"{day.Day:yyyy-MM-dd} was not observed: of that day nothing can be promised."),
        .. summary.Figures.Where(figure => figure.Verdict == "fail" && Promises.ContainsKey(figure.Name))
            .Select(figure => string.Create(CultureInfo.InvariantCulture, $"A promise was broken: {Promises[figure.Name]} ({figure.Name}: {figure.Numerator} of {figure.Denominator}).")),
        .. legacy.GroupBy(finding => finding.Kind).Select(kind => string.Create(
            CultureInfo.InvariantCulture,
            $"A promise was broken: the ledger shows legacy art ({OperatorCommands.WordOf(kind.Key)}: {kind.Count()}, the first artwork {kind.First().ArtworkId} at {OperatorCommands.TimeOf(kind.First().At)}).")),
        .. Figure(summary, "legacy").Denominator == 0 ? ["Nothing was shown in these days."] : Array.Empty<string>(),
    ];

    /// <summary>The announcement. Shares are rounded down: no figure says more than was so.</summary>
    public static string TextOf(KpiSummary summary)
    {
        var (shown, fresh, lost) = (Figure(summary, "legacy").Denominator, Figure(summary, "freshDisplayUnder3s"), Figure(summary, "lost"));
        List<string> sentences =
        [
            $"From {Day(summary.Days[0].Day)} to {Day(summary.Days[^1].Day)} you were shown {Number(shown)} artworks on ArtFresh.",
            "Not one of them came to anybody twice.",
        ];
        if (fresh.Denominator > 0)
        {
            sentences.Add($"{Share(fresh.Numerator, fresh.Denominator)} of {Number(fresh.Denominator)} were on your screen in less than three seconds.");
        }

        sentences.Add(lost.Numerator == 0
            ? "And we have lost track of none: whatever you have seen stays seen, so that what comes next is new."
            : $"We have lost track of {Number(lost.Numerator)} of them; all others stay seen, so that what comes next is new.");
        return string.Join(' ', sentences);

        static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
        static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        static string Share(long part, long all) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(1000.0 * part / all) / 10:0.#}%");
    }

    private static KpiFigure Figure(KpiSummary summary, string name) => summary.Figures.Single(figure => figure.Name == name);
}

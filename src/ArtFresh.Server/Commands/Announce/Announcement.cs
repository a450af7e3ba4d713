using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>An announcement of some days' figures, or the reasons against one.</summary>
internal static class Announcement
{
    /// <summary>A sentence for each reason against an announcement; empty if there is none.</summary>
    /// <param name="violations">Those of the days, as the ledger shows them.</param>
    public static IReadOnlyList<string> Refusals(KpiSummary summary, IReadOnlyCollection<LegacyFinding> violations) =>
    [
        .. summary.Days.Where(day => !day.Observed).Select(day => $"{day.Day:yyyy-MM-dd} was not observed, so nothing can be said about it."),
        .. summary.Figures.Where(figure => figure is { Verdict: "fail", IsPromise: true }).Select(figure => string.Create(
            CultureInfo.InvariantCulture,
            $"A promise was broken: the server served artworks twice, or recorded impressions of artworks without viewed_at ({figure.Name}: {figure.Numerator} of {figure.Denominator}).")),
        .. violations.GroupBy(finding => finding.Kind).Select(kind => string.Create(
            CultureInfo.InvariantCulture,
            $"A promise was broken: the ledger shows violations ({OperatorCommands.WordOf(kind.Key)}: {kind.Count()}, the first artwork {kind.First().ArtworkId} at {OperatorCommands.TimeOf(kind.First().At)}).")),
        .. Figure(summary, "legacy").Denominator == 0 ? ["Nothing was shown in these days."] : Array.Empty<string>(),
    ];

    /// <summary>The announcement. Shares are rounded down, so that no figure claims too much.</summary>
    public static string TextOf(KpiSummary summary)
    {
        var (shown, fresh, lost) = (Figure(summary, "legacy").Denominator, Figure(summary, "freshDisplayUnder3s"), Figure(summary, "lost"));
        List<string> sentences =
        [
            $"From {Day(summary.Days[0].Day)} to {Day(summary.Days[^1].Day)} you were shown {Number(shown)} artworks on ArtFresh.",
            "Nobody was shown the same one twice.",
        ];
        if (fresh.Denominator > 0)
        {
            sentences.Add($"Your players say that {Share(fresh.Numerator, fresh.Denominator)} of {Number(fresh.Denominator)} were on your screen in less than three seconds.");
        }

        sentences.Add(lost.Numerator == 0
            ? "As far as they know we have lost track of none: what you have seen stays seen, so what comes next is new."
            : $"By their count we have lost track of {Number(lost.Numerator)}; all others stay seen, so what comes next is new.");
        return string.Join(' ', sentences);

        static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
        static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        static string Share(long part, long all) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(1000.0 * part / all) / 10:0.#}%");
    }

    private static KpiFigure Figure(KpiSummary summary, string name) => summary.Figures.Single(figure => figure.Name == name);
}

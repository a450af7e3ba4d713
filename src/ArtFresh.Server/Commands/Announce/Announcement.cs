using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>An announcement of some days' figures, or the reasons against one.</summary>
internal static class Announcement
{
    /// <summary>A sentence for each reason against an announcement; empty if there is none.</summary>
    /// <param name="shown">Artworks that were served in the days and shown.</param>
    /// <param name="violations">Those of the days, as the ledger shows them.</param>
    public static IReadOnlyList<string> Refusals(KpiSummary summary, long shown, IReadOnlyCollection<LegacyFinding> violations) =>
    [
        .. summary.Days.Where(day => !day.Observed).Select(day => $"{day.Day:yyyy-MM-dd} was not observed, so nothing can be said about it."),
        .. summary.Figures.Where(figure => figure is { Verdict: "fail", IsPromise: true }).Select(figure => string.Create(
            CultureInfo.InvariantCulture,
            $"A promise was broken: the server served artworks twice, or recorded impressions of artworks without viewed_at ({figure.Name}: {figure.Numerator} of {figure.Denominator}).")),
        .. violations.GroupBy(finding => finding.Kind).Select(kind => string.Create(
            CultureInfo.InvariantCulture,
            $"A promise was broken: the ledger shows violations ({OperatorCommands.WordOf(kind.Key)}: {kind.Count()}, the first artwork {kind.First().ArtworkId} at {OperatorCommands.TimeOf(kind.First().At)}).")),
        .. shown == 0 ? ["Nothing was shown in these days."] : Array.Empty<string>(),
    ];

    /// <summary>The announcement. Of what clients claim it tells on which side of its target a figure is, which no single network decides.</summary>
    /// <param name="shown">Artworks that were served in the days and shown.</param>
    public static string TextOf(KpiSummary summary, long shown)
    {
        List<string> sentences =
        [
            $"From {Day(summary.Days[0].Day)} to {Day(summary.Days[^1].Day)} you were shown {shown.ToString("N0", CultureInfo.InvariantCulture)} artworks on ArtFresh.",
            "Nobody was shown the same one twice.",
        ];
        if (Figure(summary, "freshDisplayUnder3s") is { Verdict: "pass" } fresh)
        {
            sentences.Add($"Your players say that over {Share(fresh.Target)} were on your screen in less than three seconds.");
        }

        var lost = Figure(summary, "lost");
        sentences.Add(lost.Verdict switch
        {
            "pass" => $"By your players' count we have lost track of less than {Share(lost.Target)}: what you have seen stays seen, so what comes next is new.",
            "doubt" => $"By your players' count we have lost track of {Share(lost.Target)} or more; all others stay seen, so what comes next is new.",
            _ => "What you have seen stays seen, so what comes next is new.",
        });
        return string.Join(' ', sentences);

        static string Day(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#}%");
    }

    private static KpiFigure Figure(KpiSummary summary, string name) => summary.Figures.Single(figure => figure.Name == name);
}

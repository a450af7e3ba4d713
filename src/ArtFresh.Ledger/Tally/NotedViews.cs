using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>A tally's views as one row, until <see cref="IViewCounts"/> adds them to the artworks' counts.</summary>
/// <param name="At">When the first of them was viewed for the last time.</param>
/// <param name="Pages">How many pages of counts they touch.</param>
/// <param name="Views">As <see cref="PackedViews"/>.</param>
public sealed record NotedViews(DateTimeOffset At, long Pages, byte[] Views)
{
    /// <summary>The row of a tally; null where it has no views.</summary>
    public static NotedViews? Of(TallyAdvanced advanced)
    {
        PageOfViews[] pages = [.. advanced.Views.Pages];
        CountedViews[] views = [.. pages.SelectMany(page => page.Views).Select(added => new CountedViews(added.ArtworkId, added.Count, added.LastViewedAt.ToUnixTimeMilliseconds()))];
        return views.Length == 0
            ? null
            : new NotedViews(DateTimeOffset.FromUnixTimeMilliseconds(views.Min(one => one.LastViewedAtMs)), pages.Length, PackedViews.Pack(views));
    }
}

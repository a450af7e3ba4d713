using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Compares each artwork's <c>viewed_at</c> with its impressions in the ledger.</summary>
internal sealed class FirstViews(VerificationResult result)
{
    /// <summary>Tolerance: commits of silos overtake each other, so the first committed impression may not be the first received.</summary>
    private const long OvertakenMsMax = 60_000;

    private readonly ArtworkSet _there = new();
    private readonly ArtworkSet _matched = new();
    private readonly ArtworkSet _seenElsewhere = new();
    private readonly ArtworkColumn _viewedAt = new();
    private readonly ArtworkColumn _first = new();

    public bool Knows(long artworkId) => _there.Contains(artworkId);

    public void AddArtwork(long artworkId, long? viewedAt)
    {
        result.Artworks++;
        _there.Add(artworkId);
        _viewedAt[artworkId] = viewedAt ?? 0;
    }

    /// <summary>Adds an impression of an artwork.</summary>
    /// <param name="receivedAt">Unix milliseconds.</param>
    public void AddImpression(long artworkId, long receivedAt)
    {
        var first = _first[artworkId];
        _first[artworkId] = first == 0 ? receivedAt : Math.Min(first, receivedAt);
        if (_viewedAt[artworkId] == receivedAt)
        {
            _matched.Add(artworkId);
        }
    }

    /// <summary>Marks an artwork as backfilled: another system recorded its first view.</summary>
    public void AddSeenElsewhere(long artworkId) => _seenElsewhere.Add(artworkId);

    /// <summary>Adds a violation for each difference. Call it after the last row.</summary>
    /// <param name="isWhole">Whether the ledger still holds all impressions: no month was dropped.</param>
    /// <param name="clockStep">How far a writer's clock was set back: what it received before has later times than what it received after.</param>
    public void Judge(bool isWhole, TimeSpan clockStep)
    {
        var laterMsMax = OvertakenMsMax + (long)clockStep.TotalMilliseconds;
        foreach (var artworkId in _there)
        {
            var (viewedAt, first) = (_viewedAt[artworkId], _first[artworkId]);
            if (viewedAt == 0 && first != 0)
            {
                AddViolation(artworkId, $"artwork {artworkId} has an impression of {Text(first)} and no viewed_at");
            }
            else if (viewedAt != 0 && first == 0 && isWhole && !_seenElsewhere.Contains(artworkId))
            {
                AddViolation(artworkId, $"artwork {artworkId} has viewed_at {Text(viewedAt)} and no impression");
            }
            else if (viewedAt != 0 && first != 0 && !IsFirst(artworkId, viewedAt, first, isWhole, laterMsMax))
            {
                AddViolation(artworkId, $"artwork {artworkId} has viewed_at {Text(viewedAt)}; its first impression is of {Text(first)}");
            }
        }
    }

    private bool IsFirst(long artworkId, long viewedAt, long first, bool isWhole, long laterMsMax) => viewedAt >= first
        ? _matched.Contains(artworkId) && viewedAt - first <= laterMsMax
        : !isWhole || _seenElsewhere.Contains(artworkId);

    private static string Text(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private void AddViolation(long artworkId, string what) => result.ViewedAt.Add(new Broken(what, ArtworkId: artworkId));
}

namespace ArtFresh.Grains.Operations;

/// <summary>tmp</summary>
internal static class ReleaseWatch
{
    /// <summary>How long the counters of a minute are kept.</summary>
    public static readonly TimeSpan MinutesKept = TimeSpan.FromHours(8);
}

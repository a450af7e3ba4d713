namespace ArtFresh.TestWorld;

/// <summary>Quotas that no test meets.</summary>
public static class Generous
{
    /// <summary>Arguments for a server.</summary>
    public static string[] Limits { get; } =
    [
        "--ArtFresh:Limits:BareWritesPerMinute", "1000000",
        "--ArtFresh:Limits:RepeatsPerMinute", "1000000",
        "--ArtFresh:Limits:ListenerRequestsPerSecond", "100000", "--ArtFresh:Limits:ListenerRequestsBurst", "100000", "--ArtFresh:Limits:SignInsPerMinute", "100000",
        "--ArtFresh:Limits:ArtworksServedPerHour", "1000000", "--ArtFresh:Limits:ImpressionKilobytesPerHour", "1000000", "--ArtFresh:Limits:SessionsPerHour", "1000000",
        "--ArtFresh:Limits:ListenersPerNetwork", "10000",
    ];
}

namespace ArtFresh.Api;

/// <summary>What is counted, each in tokens of its own.</summary>
internal enum Quota
{
    /// <summary>Requests of any kind.</summary>
    Requests,

    /// <summary>Fresh artworks handed out.</summary>
    ArtworksServed,

    /// <summary>Artworks that clients made without a network.</summary>
    ArtworksMade,

    /// <summary>Artworks reported that the listener was never served.</summary>
    ArtworksUnserved,

    /// <summary>What batches take on disk, whatever becomes of their impressions: a duplicate is a row too.</summary>
    ImpressionKilobytes,

    /// <summary>Changes of what is kept, and offers of what a browser has shown, by the 300 artworks.</summary>
    BareWrites,

    /// <summary>Batches in which nothing is new.</summary>
    Repeats,

    /// <summary>Sessions opened, guests who join, and erasures.</summary>
    Sessions,

    /// <summary>Sign-ins of new guests.</summary>
    SignIns,

    /// <summary>Requests for pictures.</summary>
    Pictures,

    /// <summary>Wrong operators' keys.</summary>
    WrongKeys,
}

/// <summary>How the bucket of each quota is refilled, of a listener and of a network.</summary>
internal sealed class QuotaTable
{
    /// <summary>Listeners of a network whose artworks of an hour are taken at once: each is a row of the catalogue, and a whole network's would delay everybody's commits for seconds.</summary>
    private const double MadeAtOnceMax = 4;

    private readonly Allowance[] _ofListener;
    private readonly Allowance[] _ofNetwork;

    /// <param name="ticksPerSecond">Of the clock's timestamps.</param>
    /// <param name="frontEnds">Front ends of the cluster: each gives a network its share of what costs disk or money. What costs this process alone is not shared.</param>
    public QuotaTable(RateOptions limits, long ticksPerSecond, int frontEnds)
    {
        _ofListener = [.. Enum.GetValues<Quota>().Select(quota => AllowanceOf(quota, limits, 1, ticksPerSecond))];
        _ofNetwork = [.. Enum.GetValues<Quota>().Select(quota => AllowanceOf(quota, limits, ShareOf(quota, limits, frontEnds), ticksPerSecond))];
    }

    public Allowance OfListener(Quota quota) => _ofListener[(int)quota];

    public Allowance OfNetwork(Quota quota) => _ofNetwork[(int)quota];

    public static string NameOf(Quota quota) => quota switch
    {
        Quota.Requests => "requests",
        Quota.ArtworksServed => "artworks-served",
        Quota.ArtworksMade => "artworks-made",
        Quota.ArtworksUnserved => "artworks-unserved",
        Quota.ImpressionKilobytes => "impression-kilobytes",
        Quota.BareWrites => "bare-writes",
        Quota.Repeats => "repeats",
        Quota.Sessions => "sessions",
        Quota.SignIns => "sign-ins",
        Quota.Pictures => "pictures",
        Quota.WrongKeys => "key-guesses",
        _ => throw new ArgumentOutOfRangeException(nameof(quota), quota, "No such quota."),
    };

    // In listeners' quotas. Never less than one: who is alone in a network has all of theirs at each front end.
    private static double ShareOf(Quota quota, RateOptions limits, int frontEnds) => quota switch
    {
        Quota.Pictures => 1,
        Quota.SignIns or Quota.WrongKeys => 1.0 / frontEnds,
        Quota.Requests => limits.ListenersPerNetwork,
        _ => Math.Max(1, (double)limits.ListenersPerNetwork / frontEnds),
    };

    private static Allowance AllowanceOf(Quota quota, RateOptions limits, double times, long ticksPerSecond)
    {
        var (burst, tokens, period) = quota switch
        {
            Quota.Requests => (limits.ListenerRequestsBurst, limits.ListenerRequestsPerSecond, TimeSpan.FromSeconds(1)),
            Quota.ArtworksServed => Hourly(limits.ArtworksServedPerHour),
            Quota.ArtworksMade => Hourly(limits.ArtworksMadePerHour),
            Quota.ArtworksUnserved => Hourly(limits.ArtworksUnservedPerHour),
            Quota.ImpressionKilobytes => Hourly(limits.ImpressionKilobytesPerHour),
            Quota.BareWrites => (limits.BareWritesPerMinute, limits.BareWritesPerMinute, TimeSpan.FromMinutes(1)),
            Quota.Repeats => (limits.RepeatsPerMinute, limits.RepeatsPerMinute, TimeSpan.FromMinutes(1)),
            Quota.Sessions => Hourly(limits.SessionsPerHour),
            // These three are set for a network.
            Quota.SignIns => (limits.SignInsPerMinute, limits.SignInsPerMinute, TimeSpan.FromMinutes(1)),
            Quota.Pictures => (limits.PicturesBurst, limits.PicturesPerSecond, TimeSpan.FromSeconds(1)),
            Quota.WrongKeys => (limits.KeyGuessesPerMinute, limits.KeyGuessesPerMinute, TimeSpan.FromMinutes(1)),
            _ => throw new ArgumentOutOfRangeException(nameof(quota), quota, "No such quota."),
        };
        var atOnce = quota == Quota.ArtworksMade ? Math.Min(times, MadeAtOnceMax) : times;
        return new Allowance(Math.Max(1, (long)(period.TotalSeconds * ticksPerSecond / (tokens * times))), Math.Max(1, (long)(burst * atOnce)));

        static (int, int, TimeSpan) Hourly(int tokens) => (tokens, tokens, TimeSpan.FromHours(1));
    }
}

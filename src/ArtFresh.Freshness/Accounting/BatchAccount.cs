namespace ArtFresh.Freshness;

/// <summary>How the client sent one arrival of a batch.</summary>
/// <param name="Attempts">Requests made for the batch so far, including this one; null if the client does not report it.</param>
/// <param name="Beacons">How many of those can outlive the page, so that the page does not wait for an answer; null if the page has not hidden while it held the batch.</param>
/// <param name="Displayed">Artworks whose display the arrival reports; 0 if it only asks what has arrived.</param>
/// <param name="Route">The kind of request.</param>
/// <param name="IsHidden">Whether the client sealed it because the page hid.</param>
public readonly record struct BatchArrival(int? Attempts, int? Beacons, int Displayed, DeliveryRoute Route, bool IsHidden);

/// <summary>The kind of request that brings a batch.</summary>
public enum DeliveryRoute : byte
{
    /// <summary>A request whose answer the page waits for.</summary>
    Awaited = 0,

    /// <summary>A request that can outlive the page: a beacon, or a fetch with keepalive.</summary>
    Beacon = 1,

    /// <summary>A request that the browser sent after the page had ended.</summary>
    AfterDeath = 2,
}

/// <summary>
/// One arrival's contribution to the KPIs: only what earlier arrivals of the same batch have not reported,
/// so that each request counts once, whichever arrival reports it.
/// </summary>
public readonly record struct BatchAccount
{
    private const int AttemptsMax = (1 << 24) - 1;
    private const int BeaconsMax = (1 << 12) - 1;
    private const int RefusedMax = (1 << 7) - 1;

    /// <summary>An impression at the single-impression endpoint, which reports nothing else.</summary>
    public static BatchAccount Single { get; } = new() { IsSingle = true };

    /// <summary>Whether it arrived at the single-impression endpoint.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Whether the batch arrives for the first time.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Whether this is the first arrival whose answer the page waited for: a success that the client saw.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Whether this is the first arrival that reports displays.</summary>
    public bool IsReported { get; init; }

    /// <summary>Whether the page's hook flushed the batch when the page hid.</summary>
    public bool IsHookFlush { get; init; }

    /// <summary>Whether the page ended while it held the batch, without a flush by the hook.</summary>
    public bool IsHookMiss { get; init; }

    /// <summary>Awaited requests that no earlier arrival has reported.</summary>
    public int Attempts { get; init; }

    /// <summary>Requests that can outlive the page and that no earlier arrival has reported.</summary>
    public int BeaconsSent { get; init; }

    /// <summary>Requests that can outlive the page and have arrived.</summary>
    public int BeaconsArrived { get; init; }

    /// <summary>Claims of the arrival that lie outside of what the server's own record allows, and are in no figure.</summary>
    public int Refused { get; init; }

    /// <summary>Whether the arrival's own report counts: each report counts once.</summary>
    public bool HasReport => IsReported || IsSingle;

    /// <summary>Requests that it adds to the KPIs.</summary>
    public int Requests => Attempts + BeaconsSent;

    /// <summary>What an arrival adds to the sum of the earlier arrivals of the same batch.</summary>
    /// <param name="before">The sum of the earlier arrivals; null for the first.</param>
    public static BatchAccount Of(BatchAccount? before, BatchArrival arrival)
    {
        var known = before ?? default;
        var beacons = Math.Max(arrival.Beacons ?? 0, arrival.Route == DeliveryRoute.Beacon ? 1 : 0);
        // The page does not know of a request that the browser sent after its end, so the next attempt of a page has the same number.
        var counted = arrival.Route == DeliveryRoute.AfterDeath ? arrival.Attempts - 1 : arrival.Attempts;
        var attempts = counted is { } reported ? reported - beacons - known.Attempts : arrival.Route == DeliveryRoute.Awaited ? 1 : 0;
        var isHookFlush = beacons > 0 || (arrival.IsHidden && arrival.Route == DeliveryRoute.Awaited);
        var isMiss = !isHookFlush && (arrival.Beacons == 0 || arrival.Route == DeliveryRoute.AfterDeath);
        var isHookKnown = known.IsHookFlush || known.IsHookMiss;
        var sent = Math.Clamp(beacons - known.BeaconsSent, 0, BeaconsMax);
        return new BatchAccount
        {
            IsFirst = before is null,
            IsAnswered = arrival.Route == DeliveryRoute.Awaited && !known.IsAnswered,
            IsReported = arrival.Displayed > 0 && !known.IsReported,
            IsHookFlush = isHookFlush && !isHookKnown,
            IsHookMiss = isMiss && !isHookKnown,
            Attempts = Math.Clamp(attempts, 0, AttemptsMax),
            BeaconsSent = sent,
            // A beacon in place of a keepalive fetch that the browser refused counts as the same delivery.
            BeaconsArrived = arrival.Route == DeliveryRoute.Beacon && known.BeaconsArrived < known.BeaconsSent + sent ? 1 : 0,
        };
    }

    /// <summary>The sum of both.</summary>
    public static BatchAccount operator +(BatchAccount one, BatchAccount other) => new()
    {
        IsFirst = one.IsFirst || other.IsFirst,
        IsAnswered = one.IsAnswered || other.IsAnswered,
        IsReported = one.IsReported || other.IsReported,
        IsHookFlush = one.IsHookFlush || other.IsHookFlush,
        IsHookMiss = one.IsHookMiss || other.IsHookMiss,
        Attempts = Math.Min(one.Attempts + other.Attempts, AttemptsMax),
        BeaconsSent = Math.Min(one.BeaconsSent + other.BeaconsSent, BeaconsMax),
        BeaconsArrived = Math.Min(one.BeaconsArrived + other.BeaconsArrived, BeaconsMax),
        Refused = Math.Min(one.Refused + other.Refused, RefusedMax),
    };

    /// <summary>Packs the account into one number: six flags from bit 0, attempts from bit 8, beacons sent from bit 32, beacons arrived from bit 44, refused from bit 56.</summary>
    public long Pack() =>
        (IsFirst ? 1L : 0) | (IsAnswered ? 2L : 0) | (IsReported ? 4L : 0) | (IsHookFlush ? 8L : 0) | (IsHookMiss ? 16L : 0) | (IsSingle ? 32L : 0)
        | ((long)Attempts << 8) | ((long)BeaconsSent << 32) | ((long)BeaconsArrived << 44)
        | ((long)Math.Min(Refused, RefusedMax) << 56);

    /// <summary>Reads the output of <see cref="Pack"/>.</summary>
    public static BatchAccount Unpack(long packed) => new()
    {
        IsFirst = (packed & 1) != 0,
        IsAnswered = (packed & 2) != 0,
        IsReported = (packed & 4) != 0,
        IsHookFlush = (packed & 8) != 0,
        IsHookMiss = (packed & 16) != 0,
        IsSingle = (packed & 32) != 0,
        Attempts = (int)(packed >> 8) & AttemptsMax,
        BeaconsSent = (int)(packed >> 32) & BeaconsMax,
        BeaconsArrived = (int)(packed >> 44) & BeaconsMax,
        Refused = (int)(packed >> 56) & RefusedMax,
    };
}

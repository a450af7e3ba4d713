namespace ArtFresh.Freshness;

/// <summary>What one arrival of a batch says about how the client sent it.</summary>
/// <param name="Attempts">Requests made for the batch so far, this one included; null where the client does not say.</param>
/// <param name="Beacons">How many of those outlive the page, so that nobody waits for their answer. Null where the page has not hidden while it held the batch.</param>
/// <param name="Displayed">Artworks whose display the arrival reports; 0 where it only asks what has arrived.</param>
/// <param name="Route">How it came.</param>
/// <param name="IsHidden">Whether the client sealed it because the page hid.</param>
public readonly record struct BatchArrival(int? Attempts, int? Beacons, int Displayed, DeliveryRoute Route, bool IsHidden);

/// <summary>The kind of request that brings a batch.</summary>
public enum DeliveryRoute : byte
{
    /// <summary>A request whose answer the page waits for.</summary>
    Awaited = 0,

    /// <summary>A request that outlives the page: a beacon, or a fetch with keepalive.</summary>
    Beacon = 1,

    /// <summary>A request that the browser sent by itself after the page was gone.</summary>
    AfterDeath = 2,
}

/// <summary>
/// What one arrival of a batch adds to the KPIs. Each arrival adds only what earlier arrivals of the same batch have not reported,
/// so that a request counts once, whichever arrival reports it.
/// </summary>
public readonly record struct BatchAccount
{
    private const int AttemptsMax = (1 << 24) - 1;
    private const int BeaconsMax = (1 << 12) - 1;

    /// <summary>An impression at the single-impression endpoint, which reports nothing else.</summary>
    public static BatchAccount Single { get; } = new() { IsSingle = true };

    /// <summary>Whether it came to the single-impression endpoint.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Whether the batch arrives for the first time.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Whether this is the first arrival that the page waited for: a success that the client saw.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Whether it is the first arrival that reports displays.</summary>
    public bool IsTold { get; init; }

    /// <summary>Whether the page's hook flushed the batch when the page hid.</summary>
    public bool IsHookFlush { get; init; }

    /// <summary>Whether the page ended while it held the batch, and no hook had flushed it.</summary>
    public bool IsHookMiss { get; init; }

    /// <summary>Awaited requests that no earlier arrival has reported.</summary>
    public int Attempts { get; init; }

    /// <summary>Requests that outlive the page and that no earlier arrival has reported.</summary>
    public int BeaconsSent { get; init; }

    /// <summary>Requests that outlive the page and have arrived.</summary>
    public int BeaconsArrived { get; init; }

    /// <summary>What an arrival adds to the sum of the earlier ones of the same batch.</summary>
    /// <param name="before">The sum of the earlier ones; null for the first.</param>
    public static BatchAccount Of(BatchAccount? before, BatchArrival arrival)
    {
        var known = before ?? default;
        var beacons = Math.Max(arrival.Beacons ?? 0, arrival.Route == DeliveryRoute.Beacon ? 1 : 0);
        // The page does not count a request that the browser sent by itself, but counts its own next try under the same number.
        var counted = arrival.Route == DeliveryRoute.AfterDeath ? arrival.Attempts - 1 : arrival.Attempts;
        var attempts = counted is { } told ? told - beacons - known.Attempts : arrival.Route == DeliveryRoute.Awaited ? 1 : 0;
        var isHookFlush = beacons > 0 || (arrival.IsHidden && arrival.Route == DeliveryRoute.Awaited);
        var isLeft = !isHookFlush && (arrival.Beacons == 0 || arrival.Route == DeliveryRoute.AfterDeath);
        var isHookKnown = known.IsHookFlush || known.IsHookMiss;
        var sent = Math.Clamp(beacons - known.BeaconsSent, 0, BeaconsMax);
        return new BatchAccount
        {
            IsFirst = before is null,
            IsAnswered = arrival.Route == DeliveryRoute.Awaited && !known.IsAnswered,
            IsTold = arrival.Displayed > 0 && !known.IsTold,
            IsHookFlush = isHookFlush && !isHookKnown,
            IsHookMiss = isLeft && !isHookKnown,
            Attempts = Math.Clamp(attempts, 0, AttemptsMax),
            BeaconsSent = sent,
            // A beacon sent because the browser refused the keepalive is the same delivery.
            BeaconsArrived = arrival.Route == DeliveryRoute.Beacon && known.BeaconsArrived < known.BeaconsSent + sent ? 1 : 0,
        };
    }

    /// <summary>The sum of both.</summary>
    public static BatchAccount operator +(BatchAccount one, BatchAccount other) => new()
    {
        IsFirst = one.IsFirst || other.IsFirst,
        IsAnswered = one.IsAnswered || other.IsAnswered,
        IsTold = one.IsTold || other.IsTold,
        IsHookFlush = one.IsHookFlush || other.IsHookFlush,
        IsHookMiss = one.IsHookMiss || other.IsHookMiss,
        Attempts = Math.Min(one.Attempts + other.Attempts, AttemptsMax),
        BeaconsSent = Math.Min(one.BeaconsSent + other.BeaconsSent, BeaconsMax),
        BeaconsArrived = Math.Min(one.BeaconsArrived + other.BeaconsArrived, BeaconsMax),
    };

    /// <summary>Packs it into one number: six flags from bit 0, attempts from bit 8, beacons sent from bit 32, beacons arrived from bit 44.</summary>
    public long Pack() =>
        (IsFirst ? 1L : 0) | (IsAnswered ? 2L : 0) | (IsTold ? 4L : 0) | (IsHookFlush ? 8L : 0) | (IsHookMiss ? 16L : 0) | (IsSingle ? 32L : 0)
        | ((long)Attempts << 8) | ((long)BeaconsSent << 32) | ((long)BeaconsArrived << 44);

    /// <summary>Reads what <see cref="Pack"/> made.</summary>
    public static BatchAccount Unpack(long packed) => new()
    {
        IsFirst = (packed & 1) != 0,
        IsAnswered = (packed & 2) != 0,
        IsTold = (packed & 4) != 0,
        IsHookFlush = (packed & 8) != 0,
        IsHookMiss = (packed & 16) != 0,
        IsSingle = (packed & 32) != 0,
        Attempts = (int)(packed >> 8) & AttemptsMax,
        BeaconsSent = (int)(packed >> 32) & BeaconsMax,
        BeaconsArrived = (int)(packed >> 44) & BeaconsMax,
    };
}

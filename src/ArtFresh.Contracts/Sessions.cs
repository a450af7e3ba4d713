using System.Collections.Immutable;

namespace ArtFresh.Contracts;

/// <summary>How a request to a grain ended, apart from its own result.</summary>
[GenerateSerializer]
public enum SessionOutcome
{
    /// <summary>Done, and durable where the promise says so.</summary>
    Done,

    /// <summary>This listener has no such session.</summary>
    SessionNotFound,

    /// <summary>The session has ended and serves no more art.</summary>
    SessionEnded,

    /// <summary>The impression numbers lie so scattered that the session will not keep track of them.</summary>
    NumbersScattered,

    /// <summary>The ledger or the cluster is saturated or down: nothing was recorded that the answer does not say, a retry is safe.</summary>
    Unavailable,

    /// <summary>A genome of the batch is none, or was not made from seeds that the listener was granted.</summary>
    InvalidGenome,

    /// <summary>The session's release delivers one by one for now: batches are not taken.</summary>
    SingleOnly,
}

/// <summary>How impressions leave the client: many a request, or one.</summary>
[GenerateSerializer]
public enum Delivery
{
    /// <summary>Up to 200 impressions a request.</summary>
    Batch,

    /// <summary>One impression a request, on the old endpoint.</summary>
    Single,
}

/// <summary>The client's own account of a batch.</summary>
/// <param name="Displayed">Artworks put on screen since the last report.</param>
/// <param name="Skipped">Flickers skipped since the last report.</param>
/// <param name="Transport"><c>fetch</c>, <c>beacon</c>, <c>later</c> or <c>keepalive</c>.</param>
/// <param name="Reason"><c>size</c>, <c>timer</c>, <c>hidden</c>, <c>replay</c> or <c>manual</c>.</param>
/// <param name="Attempts">Times that the client has tried to send this batch, from 1.</param>
/// <param name="DisplayMs">Milliseconds from asking for fresh art to its being on screen, one a display.</param>
/// <param name="Dropped">Impressions that the client has given up since the last report, and that no gap in the numbers shows.</param>
/// <param name="Journal">Where undelivered impressions rest: <c>indexeddb</c>, <c>localstorage</c> or <c>memory</c>; null from clients that do not say.</param>
/// <param name="Beacons">
/// Of the attempts, those that outlive the page; 0 of a batch that a later page found and that no hook had flushed, null of one whose page has not hidden.
/// </param>
[GenerateSerializer, Immutable, Alias("delivery-report")]
public sealed record DeliveryReport(
    [property: Id(0)] int Displayed,
    [property: Id(1)] int Skipped,
    [property: Id(2)] string Transport,
    [property: Id(3)] string Reason,
    [property: Id(4)] int Attempts,
    [property: Id(5)] ImmutableArray<int> DisplayMs,
    [property: Id(6)] int Dropped = 0,
    [property: Id(7)] string? Journal = null,
    [property: Id(8)] int? Beacons = null);

/// <summary>Up to 200 impressions of one session in one request.</summary>
/// <param name="BatchId">Minted by the client and kept over retries.</param>
/// <param name="FirstNumber">Number of the first impression, the rest follow by one; null lets the session number them (the old single endpoint).</param>
/// <param name="DisplayedAtMs">Unix milliseconds of each display, or empty.</param>
/// <param name="Genomes">As many as artworks, or none: the genome of each that the client made by itself and that has no id yet, else null.</param>
/// <param name="IsSingle">Whether it came to the old endpoint, one impression a request.</param>
/// <param name="Network">Where it came from, hashed with the day's key: 1 to <see cref="Limits.NetworksMax"/>, or 0 where that is not known.</param>
[GenerateSerializer, Immutable, Alias("impression-batch")]
public sealed record ImpressionBatch(
    [property: Id(0)] Guid BatchId,
    [property: Id(1)] long? FirstNumber,
    [property: Id(2)] ImmutableArray<long> ArtworkIds,
    [property: Id(3)] ImmutableArray<long> DisplayedAtMs,
    [property: Id(4)] DeliveryReport? Report,
    [property: Id(5)] ImmutableArray<string?> Genomes = default,
    [property: Id(6)] bool IsSingle = false,
    [property: Id(7)] int Network = 0);

/// <summary>What became of a batch. The four counts and <paramref name="Unknown"/> add up to the ids sent.</summary>
/// <param name="HighWater">The largest N such that impressions 1..N have all arrived.</param>
/// <param name="Unserved">Artworks that the listener was never served: spent for them, and not recorded.</param>
[GenerateSerializer, Immutable, Alias("record-batch-result")]
public sealed record RecordBatchResult(
    [property: Id(0)] SessionOutcome Outcome,
    [property: Id(1)] int Recorded = 0,
    [property: Id(2)] int Duplicates = 0,
    [property: Id(3)] int Repeats = 0,
    ImmutableArray<long> Unknown = default,
    [property: Id(5)] long HighWater = 0,
    [property: Id(6)] int Unserved = 0)
{
    /// <summary>Ids of no artwork; empty unless the outcome is <see cref="SessionOutcome.Done"/>.</summary>
    [Id(4)] public ImmutableArray<long> Unknown { get => field.IsDefault ? [] : field; init; } = Unknown;
}

/// <summary>A wish for art that the listener never had.</summary>
/// <param name="RequestId">The same id gets the same answer again; null never does.</param>
/// <param name="Network">Where the request comes from, equal for addresses of one network: it pays for what is painted for it. 0 from the release before.</param>
[GenerateSerializer, Immutable, Alias("fresh-request")]
public sealed record FreshRequest(
    [property: Id(0)] int Count,
    [property: Id(1)] Mood Mood,
    [property: Id(2)] string? RequestId,
    [property: Id(3)] ulong Network = 0);

/// <summary>Art that the listener never had.</summary>
[GenerateSerializer, Immutable, Alias("take-fresh-result")]
public sealed record TakeFreshResult(
    [property: Id(0)] SessionOutcome Outcome,
    ImmutableArray<Artwork> Artworks = default)
{
    /// <summary>At least one, at most as many as asked for; empty unless the outcome is <see cref="SessionOutcome.Done"/>.</summary>
    [Id(1)] public ImmutableArray<Artwork> Artworks { get => field.IsDefault ? [] : field; init; } = Artworks;
}

/// <summary>What opening a session gave.</summary>
/// <param name="GenomeSeeds">What the client may make art from by itself; null from a ledger row of a release that granted none.</param>
[GenerateSerializer, Immutable, Alias("open-session-result")]
public sealed record OpenSessionResult(
    [property: Id(0)] SessionOutcome Outcome,
    [property: Id(1)] Delivery Delivery = Delivery.Batch,
    [property: Id(2)] GenomeSeeds? GenomeSeeds = null);

/// <summary>
/// One sitting of one listener. Records each artwork once, however often the client resends it, and serves art from a block that is the listener's alone.
/// The key is <see cref="SessionKey"/>: nobody can reach another's session by naming it.
/// </summary>
[GrainInterfaceType("listener-session"), Alias("listener-session")]
public interface IListenerSessionGrain : IGrainWithStringKey
{
    /// <summary>Enters the session in the ledger. Opening it again changes nothing.</summary>
    [Alias("open")] Task<OpenSessionResult> Open(string release);

    /// <summary>As many artworks as asked for or, where too few are made in time, at least one; the listener was never served any of them.</summary>
    [Alias("take-fresh")] Task<TakeFreshResult> TakeFresh(FreshRequest request);

    /// <summary>Records impressions; when it answers <see cref="SessionOutcome.Done"/> they are on disk.</summary>
    [Alias("record-batch")] Task<RecordBatchResult> RecordBatch(ImpressionBatch batch);

    /// <summary>The largest N such that impressions 1..N are on disk; null where the listener has no such session.</summary>
    [Alias("high-water")] Task<long?> HighWater();

    /// <summary>Ends the session and gives back what was not served, and what the client says it never showed.</summary>
    [Alias("finish")] Task<SessionOutcome> Finish(ImmutableArray<long> unshown);

    /// <summary>
    /// Another session of the same listener reports these artworks of this one. Answers those that this session has shown; the others are no longer its own.
    /// </summary>
    /// <param name="blockNumber">The listener's block that takes them over: what an earlier block gave is void, even if it arrives later.</param>
    [Alias("disown")] Task<ImmutableArray<long>> Disown(ImmutableArray<long> artworkIds, long blockNumber);
}

/// <summary>The key of a session's grain.</summary>
public static class SessionKey
{
    /// <summary><c>{listener}/{session}</c>. A listener's id has no slash.</summary>
    public static string Of(string listenerId, Guid sessionId) => $"{listenerId}/{sessionId:N}";

    /// <summary>The two parts of a key.</summary>
    /// <exception cref="FormatException">The text is no session key.</exception>
    public static (string ListenerId, Guid SessionId) Parse(string key)
    {
        var slash = key.LastIndexOf('/');
        return slash > 0 && Guid.TryParseExact(key.AsSpan(slash + 1), "N", out var sessionId)
            ? (key[..slash], sessionId)
            : throw new FormatException($"'{key}' is no session key: it must be listener/session.");
    }
}

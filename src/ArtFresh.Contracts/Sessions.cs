using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ArtFresh.Contracts;

/// <summary>The outcome of a call to a session's or listener's grain.</summary>
[GenerateSerializer]
public enum SessionOutcome
{
    /// <summary>The call succeeded, and what it wrote is durable.</summary>
    Done,

    /// <summary>This listener has no such session.</summary>
    SessionNotFound,

    /// <summary>The session has ended and serves no more art.</summary>
    SessionEnded,

    /// <summary>The impression numbers leave more gaps than a session tracks.</summary>
    NumbersScattered,

    /// <summary>The ledger or the cluster is saturated or down. A retry is safe.</summary>
    Unavailable,

    /// <summary>A genome of the batch is malformed, or its seed was not granted to the listener.</summary>
    InvalidGenome,

    /// <summary>The session's release is switched to single delivery, so batches are refused.</summary>
    SingleOnly,

    /// <summary>The listener is erased, or is to be.</summary>
    ListenerErased,

    /// <summary>The listener has joined an account, and is served no more by that name. 8 is not used.</summary>
    Joined = 9,
}

/// <summary>How many impressions a client sends in a request.</summary>
[GenerateSerializer]
public enum Delivery
{
    /// <summary>Up to <see cref="Limits.BatchArtworksMax"/> impressions in a request.</summary>
    Batch,

    /// <summary>One impression in a request, on the single endpoint.</summary>
    Single,
}

/// <summary>The client's own account inside a batch.</summary>
/// <param name="Displayed">Artworks put on screen since the last report.</param>
/// <param name="Skipped">Flickers skipped since the last report.</param>
/// <param name="Transport"><c>fetch</c>, <c>beacon</c>, <c>later</c> or <c>keepalive</c>.</param>
/// <param name="Reason"><c>size</c>, <c>timer</c>, <c>hidden</c>, <c>replay</c> or <c>manual</c>.</param>
/// <param name="Attempts">Times that the client has tried to send this batch, from 1.</param>
/// <param name="DisplayMs">Milliseconds from the request for fresh art to its display, one value a display.</param>
/// <param name="Dropped">Impressions that the client dropped since the last report, and that no gap in the numbers shows.</param>
/// <param name="Journal">Where the client stores undelivered impressions: <c>indexeddb</c>, <c>localstorage</c> or <c>memory</c>; null if it does not say.</param>
/// <param name="Beacons">
/// Number of the attempts that outlive the page (beacons and keepalive requests); null if the page has not been hidden. 0 if a later page found the batch in the journal
/// and the first page had not tried to send it when it was hidden.
/// </param>
/// <param name="LastNumber">The largest number that the client has given an impression so far, if it is not in the batch; 0 if it does not say, or is.</param>
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
    [property: Id(8)] int? Beacons = null,
    [property: Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long LastNumber = 0);

/// <summary>Up to 200 impressions of one session in one request.</summary>
/// <param name="BatchId">Minted by the client and kept over retries.</param>
/// <param name="FirstNumber">Number of the first impression; the others follow by one. Null (only on the single endpoint) lets the session number it.</param>
/// <param name="DisplayedAtMs">Unix milliseconds of each display; or empty.</param>
/// <param name="Genomes">One member for each artwork: the genome of an artwork that the client made and that has no id yet, else null; or empty.</param>
/// <param name="IsSingle">Whether it came to the single endpoint.</param>
/// <param name="Network">Daily hash of the sender's network: 1 to <see cref="Limits.NetworksMax"/>, or 0 if unknown.</param>
/// <param name="Revisits">Artworks of the batch that are shown again on purpose.</param>
[GenerateSerializer, Immutable, Alias("impression-batch")]
public sealed record ImpressionBatch(
    [property: Id(0)] Guid BatchId,
    [property: Id(1)] long? FirstNumber,
    [property: Id(2)] ImmutableArray<long> ArtworkIds,
    [property: Id(3)] ImmutableArray<long> DisplayedAtMs,
    [property: Id(4)] DeliveryReport? Report,
    [property: Id(5)] ImmutableArray<string?> Genomes = default,
    [property: Id(6)] bool IsSingle = false,
    [property: Id(7)] int Network = 0,
    [property: Id(8)] ImmutableArray<long> Revisits = default)
{
    /// <summary>Whether the client shows the artwork again on purpose.</summary>
    public bool IsRevisit(long artworkId) => !Revisits.IsDefault && Revisits.Contains(artworkId);
}

/// <summary>The outcome of a batch. The five counts and the number of <paramref name="Unknown"/> ids add up to the number of ids sent.</summary>
/// <param name="HighWater">The largest N such that impressions 1..N have all arrived.</param>
/// <param name="Unserved">Artworks that the listener was never served: spent for the listener, and not recorded.</param>
/// <param name="Revisits">Impressions that would be repeats and are said to be on purpose.</param>
/// <param name="IsBusy">
/// Why a session is <see cref="SessionOutcome.Unavailable"/>: it has too many batches in progress, or two sessions of the listener report the same artworks at once. Not an outcome of its own,
/// which the previous release's front ends would not know.
/// </param>
/// <param name="Epoch">The ledger's epoch, if the session was opened in an older one; else 0.</param>
/// <param name="Withdrawn">As in <see cref="TakeFreshResult"/>.</param>
[GenerateSerializer, Immutable, Alias("record-batch-result")]
public sealed record RecordBatchResult(
    [property: Id(0)] SessionOutcome Outcome,
    [property: Id(1)] int Recorded = 0,
    [property: Id(2)] int Duplicates = 0,
    [property: Id(3)] int Repeats = 0,
    ImmutableArray<long> Unknown = default,
    [property: Id(5)] long HighWater = 0,
    [property: Id(6)] int Unserved = 0,
    [property: Id(7)] int Revisits = 0,
    [property: Id(8)] bool IsBusy = false,
    [property: Id(9)] long Epoch = 0,
    [property: Id(10)] ImmutableArray<long> Withdrawn = default)
{
    /// <summary>Ids without an artwork; empty unless the outcome is <see cref="SessionOutcome.Done"/>.</summary>
    [Id(4)] public ImmutableArray<long> Unknown { get => field.IsDefault ? [] : field; init; } = Unknown;
}

/// <summary>A request for art that the listener was never served.</summary>
/// <param name="RequestId">A repeated id gets the same answer again. Null gets new art each time.</param>
/// <param name="NetworkHash">Hash of the caller's network under the day's key; its quota pays for pictures of the images API. 0 while the key is unknown. Id 3 was another member.</param>
/// <param name="Collections">Art of these collections alone, of any mood, the nearest first; there may be none. Default for all art.</param>
[GenerateSerializer, Immutable, Alias("fresh-request")]
public sealed record FreshRequest(
    [property: Id(0)] int Count,
    [property: Id(1)] Mood Mood,
    [property: Id(2)] string? RequestId,
    [property: Id(4)] ulong NetworkHash = 0,
    [property: Id(5)] ImmutableArray<string> Collections = default);

/// <summary>Art that the listener was never served.</summary>
/// <param name="Withdrawn">Artworks that the session was served and that were taken down since its last answer; default for none.</param>
/// <param name="HasMoved">Whether the session gave a block back for one of another mood or other collections: the request cost a commit of its own.</param>
[GenerateSerializer, Immutable, Alias("take-fresh-result")]
public sealed record TakeFreshResult(
    [property: Id(0)] SessionOutcome Outcome,
    ImmutableArray<Artwork> Artworks = default,
    [property: Id(2)] ImmutableArray<long> Withdrawn = default,
    [property: Id(3)] bool HasMoved = false)
{
    /// <summary>At least one, at most as many as requested; empty unless the outcome is <see cref="SessionOutcome.Done"/>.</summary>
    [Id(1)] public ImmutableArray<Artwork> Artworks { get => field.IsDefault ? [] : field; init; } = Artworks;
}

/// <summary>The outcome of opening a session.</summary>
/// <param name="GenomeSeeds">Seeds from which the client may make art without a network; null if the session was opened by a release that granted none.</param>
/// <param name="Epoch">The ledger's epoch; 0 from a silo of a release that knows none.</param>
/// <param name="LastWithdrawal">The last withdrawal or undoing that the session knows: it serves nothing that was withdrawn by then. Null from a silo of a release that knows none.</param>
[GenerateSerializer, Immutable, Alias("open-session-result")]
public sealed record OpenSessionResult(
    [property: Id(0)] SessionOutcome Outcome,
    [property: Id(1)] Delivery Delivery = Delivery.Batch,
    [property: Id(2)] GenomeSeeds? GenomeSeeds = null,
    [property: Id(3)] long Epoch = 0,
    [property: Id(4)] long? LastWithdrawal = null);

/// <summary>What a session says of artworks that another session of the listener reports.</summary>
/// <param name="Shown">Those that it has shown.</param>
/// <param name="Withheld">Those that were set aside for it and were in no answer, as far as it knows since its grain was activated.</param>
[GenerateSerializer, Immutable, Alias("given-up")]
public sealed record GivenUp(ImmutableArray<long> Shown = default, ImmutableArray<long> Withheld = default)
{
    /// <summary>Those that it has shown.</summary>
    [Id(0)] public ImmutableArray<long> Shown { get => field.IsDefault ? [] : field; init; } = Shown;

    /// <summary>Those that were in no answer.</summary>
    [Id(1)] public ImmutableArray<long> Withheld { get => field.IsDefault ? [] : field; init; } = Withheld;
}

/// <summary>
/// One sitting of one listener. Records each artwork once, however often the client resends it, and serves art from a block that is set aside for it.
/// The key is <see cref="SessionKey"/>, which contains the listener, so that no listener reaches another's session by its id.
/// </summary>
[GrainInterfaceType("listener-session"), Alias("listener-session")]
public interface IListenerSessionGrain : IGrainWithStringKey
{
    /// <summary>Writes the session to the ledger. Opening it again changes nothing.</summary>
    [Alias("open")] Task<OpenSessionResult> Open(string release);

    /// <summary>
    /// Opens a session again that the ledger does not know, under its own id. The caller holds its signed token, which was only given out once the session was in the ledger:
    /// the ledger has gone back.
    /// </summary>
    [Alias("reopen")] Task<SessionOutcome> Reopen();

    /// <summary>Artworks that the listener was never served: as many as requested or, if too few are made in time, at least one.</summary>
    [Alias("take-fresh")] Task<TakeFreshResult> TakeFresh(FreshRequest request);

    /// <summary>Records impressions. They are on disk when the outcome is <see cref="SessionOutcome.Done"/>.</summary>
    [Alias("record-batch")] Task<RecordBatchResult> RecordBatch(ImpressionBatch batch);

    /// <summary>The largest N such that impressions 1..N are on disk; null if the listener has no such session.</summary>
    [Alias("high-water")] Task<long?> HighWater();

    /// <summary>Ends the session. Gives back the artworks that were not served, and those that the client says it never showed.</summary>
    [Alias("finish")] Task<SessionOutcome> Finish(ImmutableArray<long> unshown);

    /// <summary>Takes the unserved rest of the session's block away: artworks of it may be spent by now. The session asks for another block.</summary>
    /// <param name="blockNumber">Blocks up to this number of the listener's are void, even if they arrive later.</param>
    /// <returns>What no answer has had; no longer the session's.</returns>
    [Alias("end-block")] Task<ImmutableArray<long>> EndBlock(long blockNumber);

    /// <summary>As <see cref="GiveUp"/>, for silos of the previous release: returns those that this session has shown.</summary>
    [Alias("disown")] Task<ImmutableArray<long>> Disown(ImmutableArray<long> artworkIds, long blockNumber);

    /// <summary>
    /// Another session of the same listener reports these artworks, which were set aside for this session. Gives up those that this session has not shown.
    /// </summary>
    /// <param name="blockNumber">The listener's block that moves them to the other session. Earlier blocks that arrive here later do not bring them back.</param>
    [Alias("give-up")] Task<GivenUp> GiveUp(ImmutableArray<long> artworkIds, long blockNumber);

    /// <summary>The listener is erased: the activation ends.</summary>
    [Alias("forget")] Task Forget();
}

/// <summary>The largest number that the client of an ending session has given an impression. In the <c>RequestContext</c>, as <see cref="CallerNetwork"/>.</summary>
public static class SessionLastNumber
{
    /// <summary>Key in the <c>RequestContext</c>. The value is a <see cref="long"/>.</summary>
    public const string Key = "artfresh-last-number";
}

/// <summary>The key of a session's grain.</summary>
public static class SessionKey
{
    /// <summary><c>{listener}/{session}</c>. A listener's id contains no slash.</summary>
    public static string Of(string listenerId, Guid sessionId) => $"{listenerId}/{sessionId:N}";

    /// <summary>When a session's id was minted: it is a version 7 UUID, which begins with the milliseconds.</summary>
    public static DateTimeOffset OpenedAt(Guid sessionId)
    {
        Span<byte> bytes = stackalloc byte[16];
        sessionId.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
    }

    /// <summary>The two parts of a key.</summary>
    /// <exception cref="FormatException">The text is not a session key.</exception>
    public static (string ListenerId, Guid SessionId) Parse(string key)
    {
        var slash = key.LastIndexOf('/');
        return slash > 0 && Guid.TryParseExact(key.AsSpan(slash + 1), "N", out var sessionId)
            ? (key[..slash], sessionId)
            : throw new FormatException("It is not a session key, which is listener/session.");
    }
}

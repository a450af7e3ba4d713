using System.Collections.Immutable;

namespace ArtFresh.Contracts;

/// <summary>A session's request for its next block.</summary>
/// <param name="Count">The most artworks that the block may have.</param>
/// <param name="Returned">Artworks of this session's earlier blocks that were never served to its client.</param>
/// <param name="CountMin">Artworks that a waiting request needs: if the pools have fewer, more are made.</param>
/// <param name="NetworkHash">As <see cref="FreshRequest.NetworkHash"/>. Id 5 was another member.</param>
/// <param name="Collections">As <see cref="FreshRequest.Collections"/>.</param>
[GenerateSerializer, Immutable, Alias("block-request")]
public sealed record BlockRequest(
    [property: Id(0)] Guid SessionId,
    [property: Id(1)] Mood Mood,
    [property: Id(2)] int Count,
    [property: Id(3)] ImmutableArray<Artwork> Returned,
    [property: Id(4)] int CountMin,
    [property: Id(6)] ulong NetworkHash = 0,
    [property: Id(7)] ImmutableArray<string> Collections = default)
{
    /// <summary>Whether an artwork may be in the block by its collection.</summary>
    public bool Allows(Artwork artwork)
    {
        ArgumentNullException.ThrowIfNull(artwork);
        return Collections.IsDefaultOrEmpty || (artwork.Credit?.Collection is { } collection && Collections.Contains(collection));
    }
}

/// <summary>A run of fresh artworks that is set aside for one session, and committed before it is returned.</summary>
[GenerateSerializer, Immutable, Alias("block")]
public sealed record Block(
    [property: Id(0)] SessionOutcome Outcome,
    [property: Id(1)] long BlockNumber = 0,
    ImmutableArray<Artwork> Artworks = default)
{
    /// <summary>Empty unless the outcome is <see cref="SessionOutcome.Done"/>.</summary>
    [Id(2)] public ImmutableArray<Artwork> Artworks { get => field.IsDefault ? [] : field; init; } = Artworks;
}

/// <summary>Artworks that a session reports and was not served.</summary>
/// <param name="Made">The part of them that the session's client made from granted seeds.</param>
/// <param name="Guessed">The part of them that was set aside for the session and is in no answer. By now it may be another session's.</param>
[GenerateSerializer, Immutable, Alias("foreign-artworks")]
public sealed record ForeignArtworks(
    [property: Id(0)] Guid SessionId,
    [property: Id(1)] ImmutableArray<long> ArtworkIds,
    [property: Id(2)] ImmutableArray<long> Made,
    ImmutableArray<long> Guessed = default)
{
    /// <summary>Empty if the calling silo is of the previous release, which does not send them.</summary>
    [Id(3)] public ImmutableArray<long> Guessed { get => field.IsDefault ? [] : field; init; } = Guessed;
}

/// <summary>The verdict of the listener's grain on artworks that a session reports and was not served.</summary>
/// <param name="Granted">Served to the listener and not shown yet: the reporting session gets them.</param>
/// <param name="Shown">Shown to the listener in another session.</param>
/// <param name="Unknown">Ids without an artwork.</param>
/// <param name="BlockNumber">The listener's block that gives the granted artworks to the session.</param>
/// <param name="Unserved">Never served to the listener, and spent for the listener.</param>
/// <param name="JoinedTo">The account to ask instead, if the outcome is <see cref="SessionOutcome.Joined"/>.</param>
[GenerateSerializer, Immutable, Alias("claim-result")]
public sealed record ClaimResult(
    [property: Id(0)] SessionOutcome Outcome,
    ImmutableArray<long> Granted = default,
    ImmutableArray<long> Shown = default,
    ImmutableArray<long> Unknown = default,
    [property: Id(4)] long BlockNumber = 0,
    ImmutableArray<long> Unserved = default,
    [property: Id(6)] string? JoinedTo = null)
{
    /// <summary>Served to the listener and not shown yet: the reporting session gets them.</summary>
    [Id(1)] public ImmutableArray<long> Granted { get => field.IsDefault ? [] : field; init; } = Granted;

    /// <summary>Shown to the listener in another session.</summary>
    [Id(2)] public ImmutableArray<long> Shown { get => field.IsDefault ? [] : field; init; } = Shown;

    /// <summary>Ids without an artwork.</summary>
    [Id(3)] public ImmutableArray<long> Unknown { get => field.IsDefault ? [] : field; init; } = Unknown;

    /// <summary>Never served to the listener, and spent for the listener.</summary>
    [Id(5)] public ImmutableArray<long> Unserved { get => field.IsDefault ? [] : field; init; } = Unserved;
}

/// <summary>Artworks that a browser has shown to the listener, offered after the ledger has gone back.</summary>
/// <param name="Epoch">The epoch that the browser was told of.</param>
/// <param name="Since">Since when the browser has kept every one.</param>
[GenerateSerializer, Immutable, Alias("offered-artworks")]
public sealed record OfferedArtworks([property: Id(0)] long Epoch, [property: Id(1)] DateTimeOffset Since, [property: Id(2)] ImmutableArray<long> ArtworkIds);

/// <summary>What became of an offer.</summary>
/// <param name="Added">Artworks that the listener's log did not have.</param>
/// <param name="Unknown">Ids without an artwork: the ledger has lost them.</param>
[GenerateSerializer, Immutable, Alias("offer-result")]
public sealed record OfferResult([property: Id(0)] SessionOutcome Outcome, [property: Id(1)] int Added = 0, ImmutableArray<long> Unknown = default)
{
    /// <summary>Ids without an artwork: the ledger has lost them.</summary>
    [Id(2)] public ImmutableArray<long> Unknown { get => field.IsDefault ? [] : field; init; } = Unknown;
}

/// <summary>All that a listener has, for the account that they join.</summary>
/// <param name="BlockNumber">The listener's last block, which <paramref name="Artworks"/> covers.</param>
/// <param name="Artworks">The packed set.</param>
[GenerateSerializer, Immutable, Alias("handed-over")]
public sealed record HandedOver([property: Id(0)] long BlockNumber, [property: Id(1)] byte[] Artworks);

/// <summary>How a joining ended.</summary>
[GenerateSerializer]
public enum JoinOutcome
{
    /// <summary>The guest is the account's, now or since an earlier call.</summary>
    Joined,

    /// <summary>The guest has joined another account.</summary>
    JoinedAnother,

    /// <summary>The two are one listener already: the guest is the account, or the account has joined it.</summary>
    Same,

    /// <summary>The ledger or a silo is away, or a session of the two could not be reached. A retry is safe.</summary>
    Unavailable,

    /// <summary>The account is erased, or is to be.</summary>
    Erased,

    /// <summary>The guest is erased, or is to be.</summary>
    GuestErased,
}

/// <summary>Holds every artwork ever served to one listener, and is the only judge of what is fresh. The key is the listener's id.</summary>
[GrainInterfaceType("listener"), Alias("listener")]
public interface IListenerGrain : IGrainWithStringKey
{
    /// <summary>Sets fresh artworks aside for a session. They are committed before the answer.</summary>
    [Alias("set-aside")] Task<Block> SetAside(BlockRequest request);

    /// <summary>Judges artworks that a session reports and was not served. Those that the listener was never served are spent for the listener.</summary>
    [Alias("judge-foreign")] Task<ClaimResult> JudgeForeign(ForeignArtworks foreign);

    /// <summary>As <see cref="JudgeForeign"/>, for silos of the previous release, which do not say which artworks clients made: grants every new artwork.</summary>
    [Alias("claim")] Task<ClaimResult> Claim(Guid sessionId, ImmutableArray<long> artworkIds);

    /// <summary>Takes back artworks of a session that were never on screen. They are fresh again.</summary>
    [Alias("take-back")] Task<SessionOutcome> TakeBack(Guid sessionId, ImmutableArray<long> artworkIds);

    /// <summary>As <see cref="TakeBack"/>, artworks of a session's block that were in no answer.</summary>
    [Alias("take-back-rest")] Task<SessionOutcome> TakeBackRest(Guid sessionId, ImmutableArray<long> artworkIds);

    /// <summary>Adds what a browser has shown to the listener and the log has lost. It is never fresh again.</summary>
    [Alias("offer")] Task<OfferResult> Offer(OfferedArtworks offered);

    /// <summary>Whether the listener was served the artwork, or made it.</summary>
    [Alias("has")] Task<bool> Has(long artworkId);

    /// <summary>Brings the listener's two snapshots up to a block, one a call, so that the blocks before it may be dropped.</summary>
    /// <returns>Whether both reach it, or one more does.</returns>
    [Alias("fold")] Task<bool> Fold(long blockNumber);

    /// <summary>The listener is erased: the activation ends and leaves no snapshot.</summary>
    [Alias("forget")] Task Forget();

    /// <summary>
    /// Makes a guest this listener for good: the guest's log is closed, and what the guest had this listener has. From the answer on, no session of this listener is served
    /// any of it. Any number of times, in any order of guests.
    /// </summary>
    [Alias("join")] Task<JoinOutcome> Join(string guest);

    /// <summary>Hands over all that the listener has. It goes on serving until its log is closed.</summary>
    [Alias("hand-over")] Task<HandedOver> HandOver();

    /// <summary>
    /// Reads what others have written to the listener's log, and takes the rest of their blocks from the listener's sessions: what they are served after the answer is new by
    /// all that the log holds.
    /// </summary>
    [Alias("end-blocks")] Task<SessionOutcome> EndBlocks();
}

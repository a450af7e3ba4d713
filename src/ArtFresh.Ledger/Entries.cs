using System.Collections.Immutable;
using ArtFresh.Contracts;
using ArtFresh.Freshness;

namespace ArtFresh.Ledger;

/// <summary>Something that a grain writes to the ledger.</summary>
public abstract record LedgerEntry
{
    /// <summary>The rows of listeners' logs that it writes.</summary>
    public BlockLogged[] BlockRows => this switch
    {
        BlockLogged block => [block],
        ListenerJoined joined => [joined.ClosingRow, joined.JoiningRow],
        _ => [],
    };

    /// <summary>The listeners whom it names. It is fenced off once one of them is erased.</summary>
    public string[] Listeners => this switch
    {
        BatchRecorded { ListenerId: { } listener } => [listener],
        BlockLogged block => [block.ListenerId],
        ListenerJoined joined => [joined.Guest, joined.Account],
        SessionOpened opened => [opened.ListenerId],
        SnapshotTaken taken => [taken.Snapshot.ListenerId],
        _ => [],
    };
}

/// <summary>An entry that operators' commands may write too, because it needs no writer.</summary>
public abstract record OutsideEntry : LedgerEntry;

/// <summary>The opening of a listener's session. Opening it again changes nothing, and a listener who has joined an account opens none.</summary>
/// <param name="ReopenedAt">When it was opened again, after the ledger had lost it; null for one that was not.</param>
public sealed record SessionOpened(string ListenerId, Guid SessionId, string Release, DateTimeOffset OpenedAt, DateTimeOffset? ReopenedAt = null) : LedgerEntry;

/// <summary>The end of a session. A second end changes nothing, but for one of the same time with a larger last number, which takes the place of the first.</summary>
/// <param name="LastNumber">The largest number that its client has given an impression; null if it does not say.</param>
/// <param name="MissingChange">By how much the end changes the count of the session's missing numbers.</param>
/// <param name="Unshown">Of what was set aside for the session and is neither reported nor given back, how much its client has not shown.</param>
public sealed record SessionEnded(Guid SessionId, DateTimeOffset EndedAt, long? LastNumber = null, long MissingChange = 0, int Unshown = 0) : LedgerEntry;

/// <summary>Another session reports artworks that the end of a session counts as never shown.</summary>
/// <param name="UnshownChange">By how much that changes the count.</param>
public sealed record EndCorrected(Guid SessionId, int UnshownChange) : LedgerEntry;

/// <summary>The new impressions of one batch. Fenced by (session, batch number).</summary>
/// <param name="Release">The session's release, for the figures.</param>
/// <param name="OpenedAt">When the session was opened, for the figures.</param>
/// <param name="Impressions">Numbers, artworks and outcomes, packed.</param>
/// <param name="ArtworkIds">The artworks recorded, whose <c>viewed_at</c> is set in the same transaction.</param>
/// <param name="DisplayedAt">Unix milliseconds of each display, packed, or null.</param>
/// <param name="Duplicates">Count of the request's impressions that the ledger already held.</param>
/// <param name="MissingChange">By how much this batch changes the count of the session's missing numbers.</param>
/// <param name="Report">The client's report.</param>
/// <param name="Account">What the arrival adds to the key figures: a packed <see cref="BatchAccount"/>.</param>
/// <param name="Network">The daily hash of the network that it came from; 0 where that is not known.</param>
/// <param name="Revisits">How many of its repeats the client says were on purpose.</param>
/// <param name="ListenerId">The session's listener; it is not written.</param>
/// <param name="UnshownChange">By how much a batch that comes after the session's end changes how much the end counts as never shown.</param>
public sealed record BatchRecorded(
    Guid SessionId,
    string Release,
    DateTimeOffset OpenedAt,
    long BatchNumber,
    Guid BatchId,
    DateTimeOffset ReceivedAt,
    byte[] Impressions,
    ImmutableArray<long> ArtworkIds,
    byte[]? DisplayedAt,
    int Duplicates,
    long MissingChange,
    DeliveryReport? Report,
    long? Account = null,
    int Network = 0,
    int Revisits = 0,
    string? ListenerId = null,
    int UnshownChange = 0) : LedgerEntry;

/// <summary>The kinds of rows in a listener's log.</summary>
public enum BlockKind
{
    /// <summary>Fresh artworks set aside for a session, or none. What such a row gives back was in no answer.</summary>
    SetAside = 0,

    /// <summary>Artworks that a session reported and another session was served, or that its client made: the session's from now on.</summary>
    Claimed = 1,

    /// <summary>Artworks given back that an answer had.</summary>
    TakenBack = 2,

    /// <summary>Artworks that a previous system showed the listener. They are never fresh again, whatever is given back.</summary>
    Backfilled = 3,

    /// <summary>
    /// Artworks that a session reported and the listener was never served. They are never fresh for the listener, whatever is given back. To the release before they are
    /// artworks that the listener has.
    /// </summary>
    Unserved = 4,

    /// <summary>The last row of the log of a guest who has joined an account. It has no artworks, and the ledger refuses any row after it. 5 is not used.</summary>
    Closed = 6,

    /// <summary>
    /// Takes a run of backfill out: what it gives back only the run had brought, and is fresh again. To a release before runs had numbers it gives nothing back, because
    /// backfilled artworks are not given back.
    /// </summary>
    Undone = 7,
}

/// <summary>First views recorded by a previous system. An earlier <c>viewed_at</c> replaces a later one, or none.</summary>
/// <param name="ViewedAt">By artwork.</param>
/// <param name="Run">The run of backfill; 0 for none, which cannot be undone.</param>
public sealed record ViewsBackfilled(IReadOnlyDictionary<long, DateTimeOffset> ViewedAt, long Run = 0) : OutsideEntry;

/// <summary>A row of a listener's log. Fenced by (listener, block number).</summary>
/// <param name="ArtworkIds">Artworks that the row adds to the listener's set.</param>
/// <param name="ReturnedIds">Artworks that the row makes fresh again.</param>
/// <param name="ServedTwice">Of what was set aside, how much the listener had already: added to the counters of the session's release with the row.</param>
/// <param name="Claimed">Of what a session claims, how much was set aside for none of the listener's sessions.</param>
public sealed record BlockLogged(
    string ListenerId,
    long BlockNumber,
    BlockKind Kind,
    Guid SessionId,
    ImmutableArray<long> ArtworkIds,
    ImmutableArray<long> ReturnedIds,
    DateTimeOffset LoggedAt,
    int ServedTwice = 0,
    int Claimed = 0) : OutsideEntry
{
    /// <summary>How many artworks the row lets the session show that it could not show before.</summary>
    public int SetAside => Kind == BlockKind.SetAside ? ArtworkIds.Length : Claimed;

    /// <summary>The most artworks of a listener that wait to be served again. Further ones that are given back stay served, which wastes art and repeats none.</summary>
    public const int GivenBackMax = 2_000;

    /// <summary>Whether a row gives back one more artwork. What it spends as unserved waits for nothing.</summary>
    /// <param name="waiting">Artworks that wait to be served again.</param>
    public static bool MayGiveBack(BlockKind kind, int waiting) => kind == BlockKind.Unserved || waiting < GivenBackMax;
}

/// <summary>
/// A guest's joining of an account: the last row of the guest's log, one row with all that the guest had in the account's log, and the alias, in one transaction.
/// Fenced by both block numbers and by the alias: a guest joins once.
/// </summary>
/// <param name="GuestBlockNumber">The number of the guest's last row. Its place in the log says that <paramref name="ArtworkIds"/> is whole.</param>
/// <param name="AccountBlockNumber">The number of the account's row.</param>
/// <param name="ArtworkIds">All that the guest had up to its last row.</param>
public sealed record ListenerJoined(
    string Guest, long GuestBlockNumber, string Account, long AccountBlockNumber, ImmutableArray<long> ArtworkIds, DateTimeOffset JoinedAt) : OutsideEntry
{
    /// <summary>The session of <see cref="JoiningRow"/>, which no session has: tells it from artworks that a previous system showed.</summary>
    public static readonly Guid JoiningSession = new("00000000-0000-0000-0000-00000000a11a");

    /// <summary>Whether a row of an account's log holds what a guest had who has joined it.</summary>
    public static bool IsJoining(BlockKind kind, Guid sessionId) => kind == BlockKind.Backfilled && sessionId == JoiningSession;

    /// <summary>The row that closes the guest's log.</summary>
    public BlockLogged ClosingRow => new(Guest, GuestBlockNumber, BlockKind.Closed, Guid.Empty, [], [], JoinedAt);

    /// <summary>The row of the account's log. As backfilled artworks, which releases without joining know: never fresh again, whatever the account's sessions give back.</summary>
    public BlockLogged JoiningRow => new(Account, AccountBlockNumber, BlockKind.Backfilled, JoiningSession, ArtworkIds, [], JoinedAt);
}

/// <summary>Artworks that the check of blocks found served twice, beyond the block's own count. Added to the counters of the session's release.</summary>
/// <param name="At">When the block was logged.</param>
public sealed record ServedTwiceFound(Guid SessionId, DateTimeOffset At, int Artworks) : LedgerEntry;

/// <summary>An artwork without an id.</summary>
/// <param name="ContentHash">Hex SHA-256 of what it was made from; the same content is one artwork. Null for genomes, whose text is all that they are.</param>
/// <param name="PerceptualHash">Perceptual hash of its picture.</param>
/// <param name="Source">The source of imported art, or the prompt of an images API's.</param>
/// <param name="Credit">Licence, collection and digital source type; the source is <paramref name="Source"/>.</param>
/// <param name="LookAlikes">Artworks that its picture looks like; null for none.</param>
public sealed record NewArtwork(
    int Pool,
    Mood Mood,
    string Generator,
    string? Genome,
    string? PictureHash,
    string? ContentHash,
    long? PerceptualHash,
    string Title,
    string? Author,
    string? Source,
    ArtworkCredit? Credit = null,
    IReadOnlyList<long>? LookAlikes = null)
{
    /// <summary>No cell of the mood grid: no pool serves the artwork, so nobody is ever served it.</summary>
    public const int NoPool = -1;
}

/// <summary>Artworks to add to the catalogue, except those whose content or picture it has.</summary>
public sealed record ArtworksMade(ImmutableArray<NewArtwork> Artworks, DateTimeOffset CreatedAt) : OutsideEntry;

/// <summary>Views to add to one artwork's total.</summary>
public readonly record struct ViewsAdded(long ArtworkId, int Count, DateTimeOffset LastViewedAt);

/// <summary>An amount to add to one counter of a release and hour.</summary>
public readonly record struct CounterAdded(string Release, DateTimeOffset Hour, string Counter, long Amount)
{
    /// <summary>Retention of the counters by the minute.</summary>
    public static readonly TimeSpan MinutesKept = TimeSpan.FromHours(8);

    /// <summary>The start of the hour or minute that contains a moment.</summary>
    /// <param name="span">An hour or a minute.</param>
    public static DateTimeOffset StartOf(DateTimeOffset at, TimeSpan span) => new(at.UtcTicks - (at.UtcTicks % span.Ticks), TimeSpan.Zero);
}

/// <summary>What the networks of a release add to one minute.</summary>
public readonly record struct NetworksAdded(string Release, DateTimeOffset Minute, NetworkCounts Counts);

/// <summary>The sums of a writer's rows up to a position. Fenced by the checkpoint that it starts from.</summary>
/// <param name="Minutes">Counters by the minute; their hour is the minute.</param>
/// <param name="Networks">The claims of each network, by the minute.</param>
/// <param name="Epoch">The epoch whose rows they are; 0 for any. The ledger refuses the sums of one that is over.</param>
public sealed record TallyAdvanced(
    long WriterNumber,
    long FromPosition,
    long ToPosition,
    ViewSums Views,
    IReadOnlyCollection<CounterAdded> Counters,
    IReadOnlyCollection<CounterAdded> Minutes,
    IReadOnlyCollection<NetworksAdded>? Networks = null,
    long Epoch = 0);

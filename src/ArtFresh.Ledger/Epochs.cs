using System.Buffers.Binary;
using System.Globalization;
using ArtFresh.Contracts;

namespace ArtFresh.Ledger;

/// <summary>The ledger's life between two losses: since it was opened on a database that is not the one that wrote last.</summary>
/// <param name="Number">Seconds since 2026, so that two restores of one copy differ; <see cref="First"/> for a ledger that has never lost anything. It only grows.</param>
/// <param name="Floor">The last artwork of the copy that the epoch began with.</param>
/// <param name="LostNothing">Whether an operator has said that the copy was whole.</param>
/// <param name="FoundAt">When it was opened.</param>
/// <param name="Reason">How it was found.</param>
/// <param name="CopiedAt">When the copy's last session was opened: what was served before is in the copy.</param>
public sealed record LedgerEpoch(long Number, long Floor, bool LostNothing, DateTimeOffset FoundAt, string Reason, DateTimeOffset CopiedAt = default)
{
    /// <summary>The epoch of a ledger that has never lost anything.</summary>
    public const long First = 1;

    /// <summary>How the reason of an epoch begins that proves a loss: something was written that the database does not have.</summary>
    public const string Older = "the ledger is older than what was written last: ";

    /// <summary>
    /// Ids of an epoch begin at its second, so shifted: 2^20 artworks a second until then, more than a database mints one by one, and below 2^53 for 270 years. Whatever was
    /// given out since the copy, in however many epochs that the copy knows nothing of, lies below.
    /// </summary>
    public const int ArtworkBits = 20;

    /// <summary>As <see cref="ArtworkBits"/>: 2^16 sessions a second.</summary>
    public const int GrantBits = 16;

    /// <summary>As <see cref="ArtworkBits"/>: 2^10 starts of a writer a second.</summary>
    public const int WriterBits = 10;

    private static readonly DateTimeOffset Zero = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first id of an artwork that it may mint.</summary>
    public long FirstArtwork => Number == First ? 1 : Number << ArtworkBits;

    /// <summary>The first grant of genome seeds.</summary>
    public long FirstGrant => Number == First ? 1 : Number << GrantBits;

    /// <summary>The first writer.</summary>
    public long FirstWriter => Number == First ? 1 : Number << WriterBits;

    /// <summary>Whether the way it was found proves that something was lost.</summary>
    public bool IsOlder => Reason.StartsWith(Older, StringComparison.Ordinal);

    /// <summary>The number of an epoch that is opened now.</summary>
    /// <param name="last">The last number that the copy or the process knows; 0 for none.</param>
    public static long NumberAt(DateTimeOffset now, long last) => last == 0 ? First : Math.Max(last + 1, (now.UtcTicks - Zero.UtcTicks) / TimeSpan.TicksPerSecond);
}

/// <summary>All epochs of a ledger that a process knows.</summary>
/// <param name="All">The oldest first.</param>
public sealed record EpochList(IReadOnlyList<LedgerEpoch> All)
{
    /// <summary>Before the ledger was looked at.</summary>
    public static readonly EpochList None = new([]);

    /// <summary>How far the clocks of two members may be apart.</summary>
    private static readonly TimeSpan ClocksApartMax = TimeSpan.FromMinutes(1);

    /// <summary>The number of the last; 0 before the ledger was looked at.</summary>
    public long Current => All.Count == 0 ? 0 : All[^1].Number;

    /// <summary>Up to which artwork a listener may have been served what the ledger has lost; 0 for one who has lost nothing.</summary>
    /// <param name="listenerId">A guest who was named after an epoch was found has lost nothing to it; an account may be older than its first row.</param>
    /// <param name="wholeSince">The epoch since which the listener's log is known to be whole; 0 for none.</param>
    public long FloorOf(string listenerId, long wholeSince)
    {
        var bornAt = BirthOf(listenerId);
        return All.Where(epoch => !epoch.LostNothing && epoch.Number > wholeSince && epoch.FoundAt + ClocksApartMax > bornAt).Select(epoch => epoch.Floor).DefaultIfEmpty().Max();
    }

    /// <summary>
    /// Whether what a browser has kept since a time covers all that a listener may have been served and the ledger has lost. A guest is one browser; an account has others.
    /// </summary>
    public bool IsCovered(string listenerId, DateTimeOffset since, long wholeSince) =>
        ListenerNames.IsGuest(listenerId) && All.Where(epoch => !epoch.LostNothing && epoch.Number > Math.Max(LedgerEpoch.First, wholeSince)).All(epoch => since <= epoch.CopiedAt || since <= BirthOf(listenerId));

    /// <summary>The epoch that a session of an older one must be told of; 0 for a session that was opened in the current one.</summary>
    public long LostSince(DateTimeOffset openedAt) => Since(openedAt, 0).Select(epoch => epoch.Number).DefaultIfEmpty().Max();

    /// <summary>The highest floor of the epochs since a session was opened: it may have shown art up to there that the ledger has lost. 0 for none.</summary>
    /// <param name="openedAt">When the session was opened.</param>
    /// <param name="wholeSince">As in <see cref="FloorOf"/>.</param>
    public long LostFloorSince(DateTimeOffset openedAt, long wholeSince) => Since(openedAt, wholeSince).Select(epoch => epoch.Floor).DefaultIfEmpty().Max();

    private IEnumerable<LedgerEpoch> Since(DateTimeOffset openedAt, long wholeSince) =>
        All.Where(epoch => !epoch.LostNothing && epoch.Number > Math.Max(LedgerEpoch.First, wholeSince) && epoch.FoundAt > openedAt);

    private static DateTimeOffset BirthOf(string listenerId) =>
        ListenerNames.IsGuest(listenerId)
        && listenerId.Length >= ListenerNames.GuestPrefix.Length + 12
        && long.TryParse(listenerId.AsSpan(ListenerNames.GuestPrefix.Length, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.MinValue;
}

/// <summary>The ledger's epochs, as the process knows them and as the database has them.</summary>
public interface ILedgerEpochs
{
    /// <summary>What the process knows. Whoever holds state of an older epoch must not write from it.</summary>
    EpochList Known { get; }

    /// <summary>Looks whether the database is still the one that wrote last, and follows an epoch that another process has opened. Cheap: call it every second.</summary>
    /// <exception cref="LedgerUnavailableException">The database cannot be read or written.</exception>
    Task LookAsync(CancellationToken cancellationToken);

    /// <summary>Opens an epoch because what the process remembers of the current one is not in the database.</summary>
    Task FoundBehindAsync(string reason, CancellationToken cancellationToken);

    /// <summary>Opens an epoch whatever the database looks like, because an operator says that it has gone back, or that it has not.</summary>
    /// <param name="lostNothing">The database is whole: the last epoch that was found is marked so, and so is the one that would be found.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The epoch, new or marked.</returns>
    Task<LedgerEpoch> RestoredAsync(bool lostNothing, CancellationToken cancellationToken);
}

/// <summary>The rows of a listener's log that an epoch adds: what was remembered beyond the log. As backfilled artworks, which the release before knows: never fresh again.</summary>
public static class EpochRows
{
    private const ulong WholePrefix = 0xe90c;
    private const ulong KeptPrefix = 0xe90d;

    /// <summary>The session of a row after which the log is whole: memory held all that the listener had when the epoch was found.</summary>
    public static Guid Whole(long epoch) => Of(WholePrefix, epoch);

    /// <summary>The session of a row that holds a part of what the log has lost.</summary>
    public static Guid Kept(long epoch) => Of(KeptPrefix, epoch);

    /// <summary>The epoch since which a row makes the log whole; 0 for any other row.</summary>
    public static long WholeSince(BlockKind kind, Guid sessionId) => EpochOf(kind, sessionId, WholePrefix);

    /// <summary>Whether an epoch has added the row.</summary>
    public static bool IsOne(BlockKind kind, Guid sessionId) => EpochOf(kind, sessionId, WholePrefix) > 0 || EpochOf(kind, sessionId, KeptPrefix) > 0;

    private static Guid Of(ulong prefix, long epoch)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (prefix << 48) | (ulong)epoch);
        return new Guid(bytes, bigEndian: true);
    }

    private static long EpochOf(BlockKind kind, Guid sessionId, ulong prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        sessionId.TryWriteBytes(bytes, bigEndian: true, out _);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        return kind == BlockKind.Backfilled && BinaryPrimitives.ReadUInt64BigEndian(bytes) == 0 && low >> 48 == prefix ? (long)(low & 0xffff_ffff_ffff) : 0;
    }
}

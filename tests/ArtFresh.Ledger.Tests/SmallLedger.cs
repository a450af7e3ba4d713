using ArtFresh.Freshness;

namespace ArtFresh.Ledger.Tests;

/// <summary>
/// The rows of a small, sound ledger: one listener with two sessions, who were served artworks 1 to 6 and shown 1 to 4, all written by one writer and tallied.
/// A test changes the rows.
/// </summary>
internal sealed class SmallLedger : ILedgerMoment
{
    public const string Listener = "listener";
    public const string Guest = "guest";
    public const string Release = "r1";

    public static readonly Guid FirstSession = new("00000000-0000-0000-0000-000000000001");
    public static readonly Guid SecondSession = new("00000000-0000-0000-0000-000000000002");
    public static readonly Guid GuestSession = new("00000000-0000-0000-0000-000000000003");
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public Dictionary<long, DateTimeOffset?> Artworks { get; } = new()
    {
        [1] = At(1),
        [2] = At(1),
        [3] = At(2),
        [4] = At(3),
        [5] = null,
        [6] = null,
    };

    public List<BlockRow> Blocks { get; } =
    [
        new(Listener, FirstSession, 1, At(0), BlockKind.SetAside, PackedIds.Pack([1, 2, 3]), null),
        new(Listener, SecondSession, 2, At(0), BlockKind.SetAside, PackedIds.Pack([4, 5, 6]), null),
    ];

    public List<BatchRow> Batches { get; } =
    [
        new(Listener, FirstSession, 1, At(1), Pack((1, 1), (2, 2)), null, 0),
        new(Listener, FirstSession, 2, At(2), Pack((3, 3)), null, 0),
        new(Listener, SecondSession, 1, At(3), Pack((1, 4)), null, 0),
    ];

    public List<WriterRow> Rows { get; } =
    [
        new(1, 1, Release, At(1), Pack((1, 1), (2, 2)), 0, null),
        new(1, 2, Release, At(2), Pack((3, 3)), 2, null),
        new(1, 3, Release, At(3), Pack((1, 4)), 0, null),
    ];

    public Dictionary<long, long> Checkpoints { get; } = new() { [1] = 3 };

    public List<byte[]> Noted { get; } = [];

    public Dictionary<long, byte[]> Pages { get; } = new() { [0] = PageOf((1, At(1)), (2, At(1)), (3, At(2)), (4, At(3))) };

    public List<CounterAdded> Counters { get; } = [new(Release, Noon, "ImpressionsRecorded", 4), new(Release, Noon, "Duplicates", 2)];

    public bool HasDroppedMonths { get; set; }

    public bool HasErasures { get; set; }

    public List<ListenerAlias> Aliases { get; } = [];

    public List<StoredSnapshot> Snapshots { get; } = [];

    public bool HasDroppedBlocks { get; set; }

    /// <summary>A guest who was served artworks 1 and 7, and has joined the listener; one of the guest's sessions has claimed artwork 5 since.</summary>
    public static SmallLedger WithGuest()
    {
        var ledger = new SmallLedger();
        var joined = new ListenerJoined(Guest, 2, Listener, 3, [1, 7], At(4));
        ledger.Artworks[7] = null;
        ledger.Aliases.Add(new ListenerAlias(Guest, Listener, 3, At(4)));
        ledger.Blocks.InsertRange(0, [new(Guest, GuestSession, 1, At(0), BlockKind.SetAside, PackedIds.Pack([1, 7]), null), RowOf(joined.ClosingRow)]);
        ledger.Blocks.AddRange([RowOf(joined.JoiningRow), new(Listener, GuestSession, 4, At(5), BlockKind.Claimed, PackedIds.Pack([5]), null)]);
        return ledger;
    }

    /// <summary>A minute of the hour in which all of it was.</summary>
    public static DateTimeOffset At(int minute) => Noon.AddMinutes(minute);

    /// <summary>Recorded impressions.</summary>
    public static byte[] Pack(params (long Number, long ArtworkId)[] shown) =>
        PackedImpressions.Pack([.. shown.Select(one => new PackedImpression(one.Number, one.ArtworkId, ImpressionOutcome.Recorded))]);

    public static byte[] PageOf(params (long ArtworkId, DateTimeOffset At)[] views)
    {
        var sums = new ViewSums();
        foreach (var (artworkId, at) in views)
        {
            sums.Add([artworkId], at);
        }

        var page = ViewsPage.FromBytes(null);
        page.Add(sums.Pages.Single());
        return page.ToBytes();
    }

    public Task<LedgerRowCounts> CountRowsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new LedgerRowCounts(Artworks.Count, Blocks.Count, Batches.Count, Pages.Count, Counters.Count));

    public Task<bool> HasErasuresAsync(CancellationToken cancellationToken) => Task.FromResult(HasErasures);

    public Task<bool> HasDroppedMonthsAsync(CancellationToken cancellationToken) => Task.FromResult(HasDroppedMonths);

    public Task ReadArtworksAsync(Action<long, DateTimeOffset?> read, CancellationToken cancellationToken) => Each(Artworks, artwork => read(artwork.Key, artwork.Value));

    public Task ReadMadeAsync(Action<long> read, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> HasDroppedBlocksAsync(CancellationToken cancellationToken) => Task.FromResult(HasDroppedBlocks);

    public async Task ReadBlocksAsync(Action<StoredSnapshot> readSnapshot, Action<BlockRow> read, CancellationToken cancellationToken)
    {
        await Each(Snapshots, readSnapshot);
        await Each(Blocks, read);
    }

    public Task ReadBatchesAsync(Action<BatchRow> read, CancellationToken cancellationToken) => Each(Batches, read);

    public async Task ReadListenersAsync(Action<StoredSnapshot> readSnapshot, Action<BlockRow> readBlock, Action<BatchRow> readBatch, CancellationToken cancellationToken)
    {
        foreach (var listener in Blocks.Select(block => block.Listener).Concat(Batches.Select(batch => batch.Listener)).Distinct().ToList())
        {
            await Each(Snapshots.Where(stored => stored.Snapshot.ListenerId == listener), readSnapshot);
            await Each(Blocks.Where(block => block.Listener == listener), block => readBlock(block with { Owner = block.Session == GuestSession ? Guest : block.Listener }));
            await Each(Batches.Where(batch => batch.Listener == listener), readBatch);
        }
    }

    public Task ReadAliasesAsync(Action<ListenerAlias> read, CancellationToken cancellationToken) => Each(Aliases, read);

    public Task ReadLateBlocksAsync(Action<string, BlockRow> read, CancellationToken cancellationToken) =>
        Each(Blocks.Where(block => block.Session == GuestSession && block.Listener != Guest), block => read(Guest, block));

    public Task ReadBatchesByWriterAsync(long? writer, long after, Action<WriterRow> read, CancellationToken cancellationToken) =>
        Each(Rows.Where(row => row.Position > after && row.Writer == (writer ?? row.Writer)), read);

    public Task ReadBlocksByWriterAsync(long? writer, long after, Action<WrittenBlock> read, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReadWritersAsync(Action<WriterEnd> read, CancellationToken cancellationToken) =>
        Each(Rows.Select(row => row.Writer).Distinct(), writer => read(new WriterEnd(writer, At(0), null)));

    public Task<(long? Chain, bool IsDropped)> FindChainAsync(bool isBlock, long writer, long position, CancellationToken cancellationToken) => Task.FromResult(((long?)null, false));

    public Task CheckSealedAsync(Action<string> broken, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CheckNotesAsync(bool ofAllTables, Action<string> broken, CancellationToken cancellationToken) => Task.CompletedTask;

    public Dictionary<long, DateTimeOffset> Withdrawn { get; } = [];

    public Task ReadWithdrawnAsync(Action<long, DateTimeOffset> read, CancellationToken cancellationToken) => Each(Withdrawn, artwork => read(artwork.Key, artwork.Value));

    public Task<IReadOnlyList<TableHead>> ReadTableHeadsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<TableHead>>([]);

    public Task CompareTableHeadsAsync(IReadOnlyList<TableHead> heads, Action<string> broken, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReadServedSumsAsync(Action<ServedSum> read, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReadMinutesAsync(Action<CounterAdded> read, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReadCheckpointsAsync(Action<long, long> read, CancellationToken cancellationToken) => Each(Checkpoints, checkpoint => read(checkpoint.Key, checkpoint.Value));

    public Task ReadViewsAsync(Action<long, byte[]> read, CancellationToken cancellationToken) => Each(Pages, page => read(page.Key, page.Value));

    public Task ReadNotedViewsAsync(Action<long, NotedViews> read, CancellationToken cancellationToken) => Each(Noted, packed => read(1, Note(packed)));

    private static NotedViews Note(byte[] packed)
    {
        try
        {
            var views = PackedViews.Unpack(packed);
            return new NotedViews(
                DateTimeOffset.FromUnixTimeMilliseconds(views.Min(one => one.LastViewedAtMs)), views.Select(one => PageOfViews.NumberOf(one.ArtworkId)).Distinct().Count(), packed);
        }
        catch (InvalidDataException)
        {
            return new NotedViews(Noon, 1, packed);
        }
    }

    public Task<SchemaFindings> CheckSchemaAsync(CancellationToken cancellationToken) => Task.FromResult(new SchemaFindings([], null, null, CanRead: true));

    public Task ReadNetworksAsync(Action<string, DateTimeOffset, byte[]> read, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReadCountersAsync(Action<CounterAdded> read, CancellationToken cancellationToken) => Each(Counters, read);

    public Task<IReadOnlyList<SessionSummary>> FindSessionsAsync(SessionFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Dictionary<string, long>> FindArtworksAsync(IReadOnlyCollection<string> names, ArtworkNaming naming, CancellationToken cancellationToken) => throw new NotSupportedException();

    public static BlockRow RowOf(BlockLogged block) =>
        new(block.ListenerId, block.SessionId, block.BlockNumber, block.LoggedAt, block.Kind, PackedIds.Pack(block.ArtworkIds.AsSpan()), null);

    private static Task Each<T>(IEnumerable<T> rows, Action<T> read)
    {
        foreach (var row in rows)
        {
            read(row);
        }

        return Task.CompletedTask;
    }
}

using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Bench;

/// <summary>How much there is. What the load script posts (<c>tests/bench/load/load.lua</c>) is what is set aside here.</summary>
/// <param name="Listeners">Listeners who send the load.</param>
/// <param name="Artworks">Artworks in the catalogue.</param>
/// <param name="Seen">Artworks, the first ones, that each listener has been served and shown before.</param>
/// <param name="OtherSessions">Sessions of others that the ledger knows, each with a block and a batch of 20.</param>
internal sealed record World(int Listeners, int Artworks, int Seen = 0, int OtherSessions = 0)
{
    private const int BatchArtworks = 50;
    private const int SpanMax = 100_000;
    private const int Stride = 7;
    private const int OthersArtworks = 20;
    private const int BlockArtworks = 1_000;
    private const int MadeAtOnce = 5_000;

    /// <summary>Batches that the load posts for each listener at most; null for as many as a race may need.</summary>
    public int? Batches { get; init; }

    /// <summary>Whether all listeners, and all artworks, have the same mood.</summary>
    public bool IsOfOneMood { get; init; }

    /// <summary>Batches that the load may post for each listener.</summary>
    public int BatchesMax => Math.Min(Batches ?? 400, Span / BatchArtworks);

    /// <summary>Single impressions that the load may post for each listener, where the batches leave room.</summary>
    public int SinglesMax => Span == SpanMax && Batches is null ? 2_000 : 0;

    /// <summary>The load's impressions are of so many artworks, the last ones; no multiple of the stride. The others are fresh to all.</summary>
    public int Span => Math.Min(SpanMax, Artworks / 10 * 8);

    /// <summary>The first of them.</summary>
    public int FirstArtwork => Artworks - Span + 1;

    /// <summary>The catalogue: all pools in turn.</summary>
    public static NewArtwork Artwork(int number) => Artwork(number, number % MoodGrid.CellCount);

    private static NewArtwork Artwork(int number, int pool)
    {
        var genome = string.Create(CultureInfo.InvariantCulture, $"1-nebula-{(ulong)number * 0x9E3779B97F4A7C15UL:x16}-moss-{number % 1000}-{number / 1000 % 1000}");
        return new NewArtwork(pool, MoodGrid.CenterOf(pool), "neural", genome, null, null, null, "Ember Cloud in Blue", null, null);
    }

    public Mood MoodOf(int listener) => MoodGrid.CenterOf(PoolOf(listener));

    /// <summary>Chunk of 50 artworks with which a listener's load begins.</summary>
    public int FirstChunkOf(int listener) => listener * 13 % (Span / BatchArtworks);

    /// <summary>Everything that is in an ArtFresh ledger before the load begins, written through its own port.</summary>
    public async Task WriteAsync(ILedger ledger, IReadOnlyList<BenchListener> listeners, DateTimeOffset now)
    {
        var writer = new GroupedWriter(ledger, await ledger.StartWriterAsync(CancellationToken.None));
        for (var made = 0; made < Artworks; made += MadeAtOnce)
        {
            await writer.AddAsync(new ArtworksMade([.. Enumerable.Range(made, Math.Min(MadeAtOnce, Artworks - made)).Select(number => Artwork(number, PoolOf(number)))], now));
            await writer.FlushAsync();
        }

        await AddOthersAsync(writer, now);
        await AddListenersAsync(writer, listeners, now);
    }

    /// <summary>More listeners of a ledger that has its artworks.</summary>
    public async Task WriteListenersAsync(ILedger ledger, IReadOnlyList<BenchListener> listeners, DateTimeOffset now) =>
        await AddListenersAsync(new GroupedWriter(ledger, await ledger.StartWriterAsync(CancellationToken.None)), listeners, now);

    private async Task AddOthersAsync(GroupedWriter writer, DateTimeOffset now)
    {
        for (var other = 0; other < OtherSessions; other++)
        {
            var listener = string.Create(CultureInfo.InvariantCulture, $"guest-other-{other}");
            var session = Guid.CreateVersion7();
            long[] artworks = [.. Enumerable.Range(0, OthersArtworks).Select(i => 1 + (((long)other * OthersArtworks) + i) % Artworks)];
            await writer.AddAsync(new SessionOpened(listener, session, "bench", now));
            await writer.AddAsync(new BlockLogged(listener, 1, BlockKind.SetAside, session, [.. artworks], [], now));
            await writer.AddAsync(ShownBefore(session, 1, artworks, now));
        }

        await writer.FlushAsync();
    }

    private async Task AddListenersAsync(GroupedWriter writer, IReadOnlyList<BenchListener> listeners, DateTimeOffset now)
    {
        foreach (var listener in listeners)
        {
            await writer.AddAsync(new SessionOpened(listener.Id, listener.Session, "bench", now));
            await writer.AddAsync(new SessionOpened(listener.Id, listener.SingleSession, "bench", now));
            var block = 0;
            foreach (var artworks in SeenBefore())
            {
                await writer.AddAsync(new BlockLogged(listener.Id, ++block, BlockKind.SetAside, listener.Session, [.. artworks], [], now));
                await writer.AddAsync(ShownBefore(listener.Session, block, artworks, now));
            }

            foreach (var (session, first, count) in new[] { (listener.Session, 0, BatchesMax * BatchArtworks), (listener.SingleSession, Span / 2, SinglesMax) })
            {
                for (var from = first; from < first + count; from += BlockArtworks)
                {
                    var at = (FirstChunkOf(listener.Number) * BatchArtworks) + from;
                    await writer.AddAsync(new BlockLogged(
                        listener.Id, ++block, BlockKind.SetAside, session, [.. Enumerable.Range(at, BlockArtworks).Select(ArtworkAt)], [], now));
                }
            }
        }

        await writer.FlushAsync();
    }

    private int PoolOf(int number) => IsOfOneMood ? MoodGrid.CellCount / 2 : number % MoodGrid.CellCount;

    private IEnumerable<long[]> SeenBefore() => Enumerable.Range(1, Seen).Select(id => (long)id).Chunk(BlockArtworks);

    /// <summary>The numbers of the load begin at 1: what was seen before has numbers far above.</summary>
    private static BatchRecorded ShownBefore(Guid session, int block, long[] artworks, DateTimeOffset now) => new(
        session, "bench", now, block, Guid.CreateVersion7(), now,
        PackedImpressions.Pack([.. artworks.Select((id, i) => new PackedImpression(5_000_000 + (block * BlockArtworks) + i, id, ImpressionOutcome.Recorded))]),
        [.. artworks], null, 0, 0, null);

    private long ArtworkAt(int at) => FirstArtwork + ((long)at * Stride % Span);

    /// <summary>Commits entries in groups of a size that a writer would.</summary>
    private sealed class GroupedWriter(ILedger ledger, long writerNumber)
    {
        private const int GroupEntries = 512;

        private readonly ArtworkSet _viewed = new();
        private readonly List<LedgerEntry> _group = [];
        private long _position = 1;

        public async Task AddAsync(LedgerEntry entry)
        {
            _group.Add(entry);
            if (_group.Count == GroupEntries)
            {
                await FlushAsync();
            }
        }

        public async Task FlushAsync()
        {
            var verdicts = await ledger.CommitAsync(new CommitGroup(writerNumber, _position, [.. _group], _viewed), CancellationToken.None);
            if (verdicts.Any(verdict => verdict != LedgerVerdict.Committed))
            {
                throw new InvalidOperationException("The world was not written.");
            }

            foreach (var batch in _group.OfType<BatchRecorded>())
            {
                _viewed.UnionWith(batch.ArtworkIds.AsSpan());
                _position++;
            }

            _group.Clear();
        }
    }
}

/// <summary>A listener of the load and what it sends along.</summary>
/// <param name="Cookie">Who it is, as the Cookie header.</param>
/// <param name="SingleSession">The session whose impressions come one by one.</param>
internal sealed record BenchListener(int Number, string Id, string Cookie, Guid Session, Guid SingleSession)
{
    /// <summary>Writes what the load script reads: where the load's artworks begin and how many there are, and a line a listener.</summary>
    public static void WriteWorld(string path, World world, IEnumerable<BenchListener> listeners) => File.WriteAllLines(path,
    [
        string.Create(CultureInfo.InvariantCulture, $"{world.FirstArtwork} {world.Span}"),
        .. listeners.Select(listener =>
        {
            var mood = world.MoodOf(listener.Number);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{listener.Session} {listener.SingleSession} {world.FirstChunkOf(listener.Number)} {mood.Valence} {mood.Energy} {listener.Cookie}");
        }),
    ]);
}

using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;

namespace ArtFresh.Bench;

/// <summary>
/// Listeners of one session each, as the ledger would hold them had they lived: blocks that double up to 128 artworks, batches of 50, and the rest of the last
/// block not shown. Their artworks lie scattered over the whole catalogue, which is the dearest way to keep them.
/// </summary>
/// <param name="Shown">Artworks that each has been shown, at least 10.</param>
internal sealed record WrittenListeners(int Shown, int Count, int Catalogue)
{
    private const int AtOnce = 64;
    private const int FirstBlock = 16;
    private const int BlockMax = 128;
    private const int BatchArtworks = 50;

    /// <summary>Has no divisor in common with a catalogue of round size: so many steps meet as many artworks.</summary>
    private const long Step = 123_457;

    private readonly Guid[] _sessions = [.. Enumerable.Range(0, Count).Select(_ => Guid.CreateVersion7())];

    public static async Task EachAsync(int count, Func<int, Task> work) =>
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => await work(i));

    public string Name(int listener) => string.Create(CultureInfo.InvariantCulture, $"guest-{Shown}-{listener:x16}");

    public string SessionKeyOf(int listener) => SessionKey.Of(Name(listener), _sessions[listener]);

    /// <summary>Which of all the artworks is the listener's first, second, …, from 0.</summary>
    public long ArtworkAt(int listener, int index) => 1 + (((listener * 31L) + (index * Step)) % Catalogue);

    public Task WriteAsync(LedgerWriter writer) => EachAsync(Count, listener => WriteAsync(writer, listener));

    private async Task WriteAsync(LedgerWriter writer, int listener)
    {
        var now = TimeProvider.System.GetUtcNow();
        List<LedgerEntry> entries = [new SessionOpened(Name(listener), _sessions[listener], "bench", now)];
        for (var (first, block, size) = (0, 1, FirstBlock); first < Shown; (first, block, size) = (first + size, block + 1, Math.Min(size * 2, BlockMax)))
        {
            entries.Add(new BlockLogged(Name(listener), block, BlockKind.SetAside, _sessions[listener], [.. Ids(listener, first, size)], [], now));
        }

        for (var (first, batch) = (0, 1); first < Shown; (first, batch) = (first + BatchArtworks, batch + 1))
        {
            var ids = Ids(listener, first, Math.Min(BatchArtworks, Shown - first));
            entries.Add(new BatchRecorded(
                _sessions[listener], "bench", now, batch, Guid.CreateVersion7(), now,
                PackedImpressions.Pack([.. ids.Select((id, i) => new PackedImpression(first + i + 1, id, ImpressionOutcome.Recorded))]),
                [.. ids], null, 0, 0, null, BatchAccount.Of(null, new BatchArrival(1, null, ids.Length, DeliveryRoute.Awaited, false)).Pack()));
        }

        foreach (var part in entries.Chunk(LedgerWriter.QueuedEntriesMax / AtOnce))
        {
            var verdicts = await Task.WhenAll(part.Select(entry => writer.AppendAsync(entry)));
            if (verdicts.Any(verdict => verdict != LedgerVerdict.Committed))
            {
                throw new InvalidOperationException($"A listener was not written: {string.Join(", ", verdicts.Distinct())}.");
            }
        }
    }

    private long[] Ids(int listener, int first, int count) => [.. Enumerable.Range(first, count).Select(index => ArtworkAt(listener, index))];
}

using System.Collections.Immutable;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>The counts of a backfill so far.</summary>
/// <param name="Rows">Impressions read.</param>
/// <param name="Added">Artworks added to a listener's set.</param>
/// <param name="Known">Impressions of artworks that an earlier row or run backfilled for the same listener.</param>
/// <param name="Unknown">Impressions of artworks that do not exist.</param>
/// <param name="Bad">Rows that are malformed.</param>
public readonly record struct BackfillProgress(long Rows, long Added, long Known, long Unknown, long Bad);

/// <summary>
/// Imports another system's impressions in batches: sets <c>viewed_at</c> of their artworks and adds the artworks to the listeners' sets, as blocks fenced like all others.
/// Idempotent: running it again resumes after a stop. Servers may run meanwhile.
/// </summary>
/// <param name="files">Folder that artworks were imported from, or null. An artwork named by a file in it is found by the file's content.</param>
internal sealed class Backfill(OpenLedger ledger, string? files, int batchRows, TimeProvider clock)
{
    private const int FencedTriesMax = 20;
    private const int NamesKeptMax = 200_000;

    private readonly Dictionary<string, long?> _names = [];
    private long _rows;
    private long _added;
    private long _known;
    private long _unknown;
    private long _bad;

    /// <summary>The counts so far.</summary>
    public BackfillProgress Progress => new(_rows, _added, _known, _unknown, _bad);

    /// <summary>Backfills all rows.</summary>
    /// <param name="onFault">Called with the place and the reason for each row that is skipped.</param>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be written; the batches committed so far stay.</exception>
    public async Task RunAsync(IBackfillSource source, Action<string, string> onFault, CancellationToken cancellationToken)
    {
        var batch = new List<BackfillRow>(batchRows);
        await foreach (var row in source.ReadAsync(OnBadRow, cancellationToken))
        {
            if (FaultOf(row) is { } fault)
            {
                OnBadRow(row.Where, fault);
                continue;
            }

            batch.Add(row);
            if (batch.Count == batchRows)
            {
                await BackfillAsync(batch, onFault, cancellationToken);
                batch.Clear();
            }
        }

        await BackfillAsync(batch, onFault, cancellationToken);

        void OnBadRow(string where, string why)
        {
            _rows++;
            _bad++;
            onFault(where, why);
        }
    }

    private string? FaultOf(BackfillRow row) => row switch
    {
        { Listener.Length: > Limits.ListenerIdLengthMax } => $"a listener's id has at most {Limits.ListenerIdLengthMax} characters",
        _ when row.Listener.Any(letter => char.IsControl(letter) || letter is '/' or '+') => $"'{row.Listener}' is not a listener's id",
        _ when row.ViewedAt > clock.GetUtcNow() => $"{row.ViewedAt:O} is in the future",
        _ => null,
    };

    private async Task BackfillAsync(List<BackfillRow> batch, Action<string, string> onFault, CancellationToken cancellationToken)
    {
        await FindNamesAsync(batch, cancellationToken);
        var viewedAt = new Dictionary<long, DateTimeOffset>();
        var seen = new Dictionary<string, HashSet<long>>();
        var erased = new Dictionary<string, bool>();
        foreach (var row in batch)
        {
            _rows++;
            if (_names[row.Artwork] is not { } artworkId)
            {
                _unknown++;
                onFault(row.Where, $"there is no artwork '{row.Artwork}'");
                continue;
            }

            if (await IsErasedAsync(row.Listener, erased, cancellationToken))
            {
                _bad++;
                onFault(row.Where, "the listener is erased");
                continue;
            }

            viewedAt[artworkId] = viewedAt.TryGetValue(artworkId, out var earlier) && earlier < row.ViewedAt ? earlier : row.ViewedAt;
            var artworks = seen.TryGetValue(row.Listener, out var others) ? others : seen[row.Listener] = [];
            _known += artworks.Add(artworkId) ? 0 : 1;
        }

        if (viewedAt.Count > 0)
        {
            await CommitAsync(viewedAt, seen, cancellationToken);
        }
    }

    /// <summary>The ledger refuses the rows of such a listener.</summary>
    private async Task<bool> IsErasedAsync(string listener, Dictionary<string, bool> known, CancellationToken cancellationToken) =>
        known.TryGetValue(listener, out var isErased) ? isErased : known[listener] = await ledger.Erasures.IsErasedAsync(listener, cancellationToken);

    /// <summary>Commits a batch as one group. Retries the listeners whose next block another writer took meanwhile.</summary>
    private async Task CommitAsync(Dictionary<long, DateTimeOffset> viewedAt, Dictionary<string, HashSet<long>> seen, CancellationToken cancellationToken)
    {
        var known = 0L;
        for (var tries = 1; ; tries++)
        {
            var blocks = new List<BlockLogged>();
            foreach (var (listener, artworkIds) in seen)
            {
                var block = await NextBlockAsync(listener, artworkIds, cancellationToken);
                known += artworkIds.Count - (block?.ArtworkIds.Length ?? 0);
                blocks.AddRange(block is null ? [] : [block]);
            }

            var verdicts = await ledger.Writer.EnterAsync([new ViewsBackfilled(viewedAt), .. blocks], cancellationToken);
            var fenced = blocks.Where((_, i) => verdicts[i + 1] == LedgerVerdict.Fenced).ToArray();
            _added += blocks.Except(fenced).Sum(block => block.ArtworkIds.Length);
            if (verdicts.Contains(LedgerVerdict.Unavailable) || (fenced.Length > 0 && tries == FencedTriesMax))
            {
                throw new LedgerUnavailableException(
                    verdicts.Contains(LedgerVerdict.Unavailable) ? "The ledger cannot be written." : $"Other writers took the next block of a listener {FencedTriesMax} times in a row.");
            }

            if (fenced.Length == 0)
            {
                _known += known;
                return;
            }

            seen = fenced.ToDictionary(block => block.ListenerId, block => block.ArtworkIds.ToHashSet());
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10 * tries)), clock, cancellationToken);
        }
    }

    /// <summary>The listener's next block, with the artworks that were not backfilled yet; null if there are none.</summary>
    private async Task<BlockLogged?> NextBlockAsync(string listener, HashSet<long> artworkIds, CancellationToken cancellationToken)
    {
        var has = new ArtworkSet();
        var last = 0L;
        foreach (var block in await ledger.Listeners.ReadBlocksAsync(listener, 0, cancellationToken))
        {
            last = block.BlockNumber;
            if (block.Kind == BlockKind.Backfilled && !EpochRows.IsOne(block.Kind, block.SessionId))
            {
                has.UnionWith(block.ArtworkIds.AsSpan());
            }
        }

        var added = artworkIds.Where(id => !has.Contains(id)).Order().ToImmutableArray();
        return added.IsEmpty ? null : new BlockLogged(listener, last + 1, BlockKind.Backfilled, Guid.Empty, added, [], clock.GetUtcNow());
    }

    private async Task FindNamesAsync(List<BackfillRow> batch, CancellationToken cancellationToken)
    {
        if (_names.Count > NamesKeptMax)
        {
            _names.Clear();
        }

        // By row name: the name to look up, which is the hash of the file if the row names a file.
        var asked = new Dictionary<string, string>();
        foreach (var name in batch.Select(row => row.Artwork).Distinct().Where(name => !_names.ContainsKey(name)))
        {
            asked[name] = await HashOfFileAsync(name, cancellationToken) ?? name;
        }

        var found = asked.Count == 0 ? new Dictionary<string, long>() : await ArtworkNames.FindAsync(ledger.Source, ledger.Catalogue, asked.Values.ToHashSet(), cancellationToken);
        foreach (var (name, lookedUp) in asked)
        {
            _names[name] = found.TryGetValue(lookedUp, out var artworkId) ? artworkId : null;
        }
    }

    private async Task<string?> HashOfFileAsync(string name, CancellationToken cancellationToken)
    {
        if (files is null || name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var path = Path.GetFullPath(name, files);
        if (!path.StartsWith(files + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path))
        {
            return null;
        }

        return await ContentHashes.OfFileAsync(path, cancellationToken);
    }
}

using System.Collections.Immutable;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>How far a backfill has come.</summary>
/// <param name="Rows">Impressions read.</param>
/// <param name="Added">Artworks that went into a listener's set.</param>
/// <param name="Known">Impressions of artworks that were in the listener's set as backfilled already.</param>
/// <param name="Unknown">Impressions of artworks that there are not.</param>
/// <param name="Bad">Rows that cannot be read.</param>
public readonly record struct BackfillProgress(long Rows, long Added, long Known, long Unknown, long Bad);

/// <summary>
/// Takes over the impressions of a system before this one, in batches: <c>viewed_at</c> of their artworks, and the artworks into their listeners' sets, by blocks of the
/// listeners' logs, fenced as all others. What is there already is left alone, so that it is restarted by running it again, beside servers that run.
/// </summary>
/// <param name="files">Folder of the files that artworks were imported from, or null: a name that is a file there is looked up by its content.</param>
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

    /// <summary>How far it has come.</summary>
    public BackfillProgress Progress => new(_rows, _added, _known, _unknown, _bad);

    /// <summary>Takes over all rows.</summary>
    /// <param name="onFault">Told where, and why, of each row that is left out.</param>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be written; what was taken over stays.</exception>
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
                await TakeAsync(batch, onFault, cancellationToken);
                batch.Clear();
            }
        }

        await TakeAsync(batch, onFault, cancellationToken);

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
        _ when row.Listener.Any(letter => char.IsControl(letter) || letter is '/' or '+') => $"'{row.Listener}' is no listener's id",
        _ when row.ViewedAt > clock.GetUtcNow() => $"{row.ViewedAt:O} is yet to come",
        _ => null,
    };

    private async Task TakeAsync(List<BackfillRow> batch, Action<string, string> onFault, CancellationToken cancellationToken)
    {
        await FindNamesAsync(batch, cancellationToken);
        var viewedAt = new Dictionary<long, DateTimeOffset>();
        var seen = new Dictionary<string, HashSet<long>>();
        foreach (var row in batch)
        {
            _rows++;
            if (_names[row.Artwork] is not { } artworkId)
            {
                _unknown++;
                onFault(row.Where, $"there is no artwork '{row.Artwork}'");
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

    /// <summary>Commits it all as one; a listener whose log has gone on meanwhile is looked at again.</summary>
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
                throw new LedgerUnavailableException("The ledger did not take a batch.");
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

    /// <summary>The listener's next block, with what no backfill has given them yet; null when that is nothing.</summary>
    private async Task<BlockLogged?> NextBlockAsync(string listener, HashSet<long> artworkIds, CancellationToken cancellationToken)
    {
        var has = new ArtworkSet();
        var last = 0L;
        foreach (var block in await ledger.Listeners.ReadBlocksAsync(listener, 0, cancellationToken))
        {
            last = block.BlockNumber;
            if (block.Kind == BlockKind.Backfilled)
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

        // What a name is looked up as: itself, or the hash of the file that it names.
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

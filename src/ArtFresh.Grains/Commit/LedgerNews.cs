using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>Commits of this silo's writer that are not published. Holds one position per writer and one mark per pool, however much is committed.</summary>
public sealed class LedgerNews
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private Dictionary<long, long> _positions = [];
    private HashSet<int> _pools = [];

    /// <summary>Adds a committed group.</summary>
    /// <param name="writerNumber">The group's writer.</param>
    /// <param name="position">The writer's last position.</param>
    /// <param name="entries">The group's committed entries.</param>
    internal void Add(long writerNumber, long position, IEnumerable<LedgerEntry> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                if (entry is BatchRecorded)
                {
                    _positions[writerNumber] = position;
                }
                else if (entry is ArtworksMade made)
                {
                    _pools.UnionWith(made.Artworks.Select(artwork => artwork.Pool).Where(pool => pool != NewArtwork.NoPool));
                }
            }

            if ((_positions.Count > 0 || _pools.Count > 0) && _arrived.CurrentCount == 0)
            {
                _arrived.Release();
            }
        }
    }

    /// <summary>Waits until there is news.</summary>
    internal Task ArrivedAsync(CancellationToken cancellationToken) => _arrived.WaitAsync(cancellationToken);

    /// <summary>All news since the last call: each writer's position, and the pools with new artworks.</summary>
    internal (IReadOnlyDictionary<long, long> Positions, IReadOnlySet<int> Pools) Take()
    {
        lock (_lock)
        {
            var news = (_positions, _pools);
            (_positions, _pools) = ([], []);
            return news;
        }
    }
}

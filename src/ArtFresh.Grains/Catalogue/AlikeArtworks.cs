using System.Collections.Concurrent;
using System.Collections.Immutable;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Catalogue;

/// <summary>
/// Which artworks look alike, in this silo's memory. What looks like one of a group is of the group. A listener's grain compares a candidate with the others of its group, which
/// are few, so a candidate costs the same however large catalogue and history are. Thread-safe.
/// </summary>
public sealed class AlikeArtworks(IAlikeArtworks alike, ILedgerEpochs epochs) : IDisposable
{
    /// <summary>The most artworks of a group: two of a larger one may both be served.</summary>
    internal const int GroupMax = 64;

    private const int PairsPerRead = 10_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ConcurrentDictionary<long, ImmutableArray<long>> _groups = new();
    private long _knownTo;
    private long _change;
    private long _epoch;

    /// <summary>The group of an artwork, with the artwork itself; empty if it looks like no other.</summary>
    internal ImmutableArray<long> GroupOf(long artworkId) => Volatile.Read(ref _groups).GetValueOrDefault(artworkId, []);

    /// <summary>Reads what is new, unless it has done so since the artwork was entered.</summary>
    internal async Task KnowAsync(long artworkId)
    {
        if (artworkId > Volatile.Read(ref _knownTo))
        {
            await ReadAsync(artworkId, CancellationToken.None).ConfigureAwait(true);
        }
    }

    /// <summary>Reads what is new.</summary>
    /// <param name="entered">An artwork that is in the ledger.</param>
    internal async Task ReadAsync(long entered, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var epoch = epochs.Known.Current;
            // Changes of another epoch may be lost.
            var (groups, change) = _epoch == epoch ? (_groups, _change) : (new ConcurrentDictionary<long, ImmutableArray<long>>(), 0);
            IReadOnlyList<AlikePair> read;
            do
            {
                read = await alike.ReadPairsAsync(change, PairsPerRead, cancellationToken).ConfigureAwait(false);
                foreach (var pair in read)
                {
                    Join(groups, pair.ArtworkId, pair.EarlierId);
                    change = pair.Change;
                }
            }
            while (read.Count == PairsPerRead);
            (_epoch, _change) = (epoch, change);
            Volatile.Write(ref _groups, groups);
            Volatile.Write(ref _knownTo, Math.Max(entered, _knownTo));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static void Join(ConcurrentDictionary<long, ImmutableArray<long>> groups, long one, long other)
    {
        var (first, second) = (groups.GetValueOrDefault(one, [one]), groups.GetValueOrDefault(other, [other]));
        if (first.Contains(other) || first.Length + second.Length > GroupMax)
        {
            return;
        }

        ImmutableArray<long> joined = [.. second, .. first];
        foreach (var artworkId in joined)
        {
            groups[artworkId] = joined;
        }
    }
}

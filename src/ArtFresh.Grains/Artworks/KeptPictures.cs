using ArtFresh.Contracts;

namespace ArtFresh.Grains.Artworks;

/// <summary>
/// Drawn pictures in memory. When they are too many, the network that has most drawn loses the one that was asked for least recently: who has many drawn displaces nobody else's.
/// Thread-safe.
/// </summary>
internal sealed class KeptPictures(long bytesMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(long ArtworkId, int Width), LinkedListNode<Kept>> _kept = [];
    private readonly Dictionary<ulong, Shelf> _shelves = [];
    private long _bytes;

    /// <summary>The picture; null if it is not kept.</summary>
    public Picture? Find(long artworkId, int width)
    {
        lock (_gate)
        {
            if (!_kept.TryGetValue((artworkId, width), out var node))
            {
                return null;
            }

            var shelf = node.List!;
            shelf.Remove(node);
            shelf.AddLast(node);
            return node.Value.Picture;
        }
    }

    /// <summary>Keeps a picture.</summary>
    /// <param name="network">For whom it was drawn.</param>
    /// <returns>The picture.</returns>
    public Picture Keep(long artworkId, int width, ulong network, Picture picture)
    {
        lock (_gate)
        {
            if (_kept.TryGetValue((artworkId, width), out var known))
            {
                return known.Value.Picture;
            }

            if (!_shelves.TryGetValue(network, out var shelf))
            {
                _shelves[network] = shelf = new Shelf();
            }

            _kept[(artworkId, width)] = shelf.Pictures.AddLast(new Kept((artworkId, width), network, picture));
            shelf.Bytes += picture.Bytes.Length;
            _bytes += picture.Bytes.Length;
            while (_bytes > bytesMax)
            {
                Drop(_shelves.Values.MaxBy(one => one.Bytes)!);
            }

            return picture;
        }
    }

    private void Drop(Shelf shelf)
    {
        var (key, network, picture) = shelf.Pictures.First!.Value;
        _kept.Remove(key);
        shelf.Pictures.RemoveFirst();
        shelf.Bytes -= picture.Bytes.Length;
        _bytes -= picture.Bytes.Length;
        if (shelf.Pictures.Count == 0)
        {
            _shelves.Remove(network);
        }
    }

    private sealed record Kept((long ArtworkId, int Width) Key, ulong Network, Picture Picture);

    /// <summary>Pictures that were drawn for one network, the least recently used first.</summary>
    private sealed class Shelf
    {
        public LinkedList<Kept> Pictures { get; } = new();

        public long Bytes { get; set; }
    }
}

using System.IO.Hashing;
using System.Runtime.InteropServices;
using ArtFresh.Contracts;

namespace ArtFresh.Freshness;

/// <summary>
/// The families of the last artworks that a session was served, in eight bytes, and the order of the next ones: no family comes again within the next <see cref="Apart"/> artworks,
/// as far as there are others. Art without a family keeps its place and parts the others. Not thread-safe.
/// </summary>
public struct LastFamilies
{
    /// <summary>Artworks between two of one family.</summary>
    public const int Apart = 4;

    private const int Bits = 16;

    // The last one lowest.
    private ulong _last;

    /// <summary>The most artworks of one family among so many that are sure to be parted, also from those before and after.</summary>
    public static int MostOf(int artworks) => Math.Max(1, artworks / (Apart + 2));

    /// <summary>A number for the family of an artwork, which is the second part of its genome's text; 0 for art without one. If two families share a number, they are parted too.</summary>
    public static ushort Of(Artwork artwork)
    {
        ArgumentNullException.ThrowIfNull(artwork);
        var text = artwork.Genome.AsSpan();
        text = text[(text.IndexOf('-') + 1)..];
        return text.IndexOf('-') is > 0 and var length ? Math.Max((ushort)1, (ushort)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text[..length]))) : (ushort)0;
    }

    /// <summary>Notes that an artwork is served.</summary>
    public void Add(Artwork artwork) => _last = (_last << Bits) | Of(artwork);

    /// <summary>The artworks in the order in which they are to be served. Leaves an order that is right as it is.</summary>
    public readonly Artwork[] Order(IReadOnlyList<Artwork> artworks)
    {
        var ordered = artworks.ToArray();
        var families = new Dictionary<ushort, Queue<int>>();
        var left = 0;
        for (var i = 0; i < ordered.Length; i++)
        {
            if (Of(ordered[i]) is > 0 and var family)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(families, family, out _) ??= new Queue<int>();
                families[family].Enqueue(i);
                left++;
            }
        }

        var last = this;
        for (var i = 0; i < ordered.Length; i++)
        {
            if (Of(ordered[i]) > 0)
            {
                ordered[i] = artworks[families[last.Next(families, left--)].Dequeue()];
            }

            last.Add(ordered[i]);
        }

        return ordered;
    }

    /// <summary>Of the families that may come, the one of the next artwork; or one of which so many are left that they can be parted no longer if it does not come now.</summary>
    private readonly ushort Next(Dictionary<ushort, Queue<int>> families, int left)
    {
        var most = families.Values.Max(waiting => waiting.Count);
        var isTight = ((most - 1) * (Apart + 1)) + families.Values.Count(waiting => waiting.Count == most) >= left;
        var (next, best) = ((ushort)0, (0, 0, int.MinValue));
        foreach (var (family, waiting) in families)
        {
            if (waiting.TryPeek(out var first) && (Since(family), isTight && waiting.Count == most ? 1 : 0, -first) is var rank && rank.CompareTo(best) > 0)
            {
                (next, best) = (family, rank);
            }
        }

        return next;
    }

    /// <summary>The artworks since the last one of a family, at most <see cref="Apart"/>, and 1 more for the one itself.</summary>
    private readonly int Since(ushort family)
    {
        var since = 1;
        for (var last = _last; since <= Apart && (ushort)last != family; last >>= Bits)
        {
            since++;
        }

        return since;
    }
}

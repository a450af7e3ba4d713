using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ArtFresh.Art;

/// <summary>Perceptual hashes of pictures, among which look-alikes of another one are found. It compares with each, which takes less than a millisecond for a million. Threads may search it while none adds to it.</summary>
public sealed class LookAlikes
{
    private readonly List<ulong> _hashes = [];
    private readonly List<long> _ids = [];

    /// <summary>Of pictures with their perceptual hashes as the ledger has them; those without one are left out.</summary>
    public static LookAlikes Of(IEnumerable<(long Id, long? Hash)> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var looks = new LookAlikes();
        foreach (var (id, hash) in pictures)
        {
            if (hash is { } known)
            {
                looks.Add(id, unchecked((ulong)known));
            }
        }

        return looks;
    }

    /// <summary>Adds a picture.</summary>
    public void Add(long id, ulong hash)
    {
        _hashes.Add(hash);
        _ids.Add(id);
    }

    /// <summary>The first picture added that looks like one with this print; null if there is none.</summary>
    public long? Find(PicturePrint print)
    {
        if (print.DistanceMax is not { } most)
        {
            return null;
        }

        var (hash, clear) = (print.Hash, print.Clear);
        var hashes = CollectionsMarshal.AsSpan(_hashes);
        for (var i = 0; i < hashes.Length; i++)
        {
            if (BitOperations.PopCount((hashes[i] ^ hash) & clear) <= most)
            {
                return _ids[i];
            }
        }

        return null;
    }

    /// <summary>The pictures that look like one with this print, the nearest first, and of those as near the first added.</summary>
    /// <param name="most">The most to return.</param>
    public ImmutableArray<long> FindNearest(PicturePrint print, int most)
    {
        if (print.DistanceMax is not { } distanceMax)
        {
            return [];
        }

        var (hash, clear) = (print.Hash, print.Clear);
        var found = new List<(int Distance, int Index)>();
        var hashes = CollectionsMarshal.AsSpan(_hashes);
        for (var i = 0; i < hashes.Length; i++)
        {
            if (BitOperations.PopCount((hashes[i] ^ hash) & clear) is var distance && distance <= distanceMax)
            {
                found.Add((distance, i));
            }
        }

        found.Sort();
        return [.. found.Take(most).Select(near => _ids[near.Index])];
    }
}

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
}

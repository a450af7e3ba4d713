using System.Numerics;
using System.Runtime.InteropServices;

namespace ArtFresh.Freshness;

/// <summary>Adjusts the offsets at which groups of values begin or end in an array.</summary>
internal static class Offsets
{
    /// <summary>Adds <paramref name="by"/> to each; 65,535 subtracts one.</summary>
    public static void Move(Span<ushort> offsets, ushort by)
    {
        var wide = MemoryMarshal.Cast<ushort, Vector<ushort>>(offsets);
        foreach (ref var several in wide)
        {
            several += new Vector<ushort>(by);
        }

        foreach (ref var offset in offsets[(wide.Length * Vector<ushort>.Count)..])
        {
            offset += by;
        }
    }
}

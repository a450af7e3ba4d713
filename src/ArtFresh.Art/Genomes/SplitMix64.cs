namespace ArtFresh.Art;

/// <summary>
/// The generator SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): integers
/// only, so that the browser's copy draws the very same numbers.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A multiple of 2^-24 in [0, 1): exact as a float, in any language.</summary>
    public double NextUnit() => (Next() >> 40) / 16777216.0;

    /// <summary>A whole number in [0, count); count at most 2^24.</summary>
    public int NextIndex(int count) => (int)(((Next() >> 40) * (ulong)count) >> 24);
}

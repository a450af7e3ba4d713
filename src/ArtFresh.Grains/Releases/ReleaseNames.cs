namespace ArtFresh.Grains.Releases;

/// <summary>
/// Interns release names, so that sessions of one release share a string. Bounded, because clients choose the names: when two names fall on the same slot, the older may
/// exist twice.
/// </summary>
public sealed class ReleaseNames
{
    private const int NamesMax = 64;

    private readonly string?[] _names = new string?[NamesMax];

    /// <summary>The shared string of the same text: the one in its slot, or this one.</summary>
    public string Shared(string release)
    {
        ref var place = ref _names[(uint)release.GetHashCode(StringComparison.Ordinal) % NamesMax];
        if (Volatile.Read(ref place) is { } known && known == release)
        {
            return known;
        }

        Volatile.Write(ref place, release);
        return release;
    }
}

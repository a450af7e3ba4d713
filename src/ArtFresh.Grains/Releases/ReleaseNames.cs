namespace ArtFresh.Grains.Releases;

/// <summary>
/// One string for all who keep the same release. Clients name releases, so only some are known at a time: one whose place another has taken is merely kept twice.
/// </summary>
public sealed class ReleaseNames
{
    private const int NamesMax = 64;

    private readonly string?[] _names = new string?[NamesMax];

    /// <summary>The same text, as far as possible in the string that was answered before.</summary>
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

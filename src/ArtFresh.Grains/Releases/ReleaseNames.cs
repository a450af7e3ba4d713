namespace ArtFresh.Grains.Releases;

/// <summary>
/// Interns release names, so that sessions of one release share a string. Clients choose the names, so the table is bounded: a name whose place was taken is kept twice.
/// </summary>
public sealed class ReleaseNames
{
    private const int NamesMax = 64;

    private readonly string?[] _names = new string?[NamesMax];

    /// <summary>The same text, where possible as the string that was returned before.</summary>
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

using ArtFresh.Contracts;

namespace ArtFresh.Ledger;

/// <summary>One counter of an hour or a minute, of all releases: what the rows say, less what is counted.</summary>
internal sealed class CounterDifferences
{
    private readonly SortedDictionary<string, (long Difference, bool IsCounted)> _releases = new(StringComparer.Ordinal);

    /// <param name="difference">Positive where the rows have more than is counted.</param>
    /// <param name="isCounted">Whether the release has such a counter.</param>
    public void Add(string release, long difference, bool isCounted) => _releases[release] = (difference, isCounted);

    /// <summary>The counters that are off. What a release has beyond its counter may be counted as <see cref="ReleaseName.Other"/>, because the release was not known.</summary>
    /// <param name="erased">The most that is counted of rows that are gone.</param>
    /// <param name="mayLack">Whether less may be counted than the rows have.</param>
    /// <returns>Releases of which one is off, usually one alone, and by how much it counts too many; negative for too few.</returns>
    public IEnumerable<(string Releases, long TooMany)> Find(long erased, bool mayLack)
    {
        var others = _releases.GetValueOrDefault(ReleaseName.Other).Difference;
        var known = _releases.Where(release => release.Key != ReleaseName.Other).ToArray();
        var many = known.Where(release => release.Value.Difference < 0).ToArray();
        var few = known.Where(release => release.Value.Difference > 0).Sum(release => release.Value.Difference) + others;
        if (few > 0 && !mayLack)
        {
            yield return (NamesOf(few), -few);
        }

        if (Math.Max(0, -few) - many.Sum(release => release.Value.Difference) <= erased)
        {
            yield break;
        }

        foreach (var (release, (difference, _)) in many)
        {
            yield return (release, -difference);
        }

        if (few < 0)
        {
            yield return (ReleaseName.Other, -few);
        }
    }

    /// <summary>The release that lacks so much; all that may, where it could be any of them.</summary>
    private string NamesOf(long few)
    {
        var lacking = _releases.Where(release => release.Value.Difference > 0).ToArray();
        var counted = lacking.Where(release => release.Value.IsCounted && release.Value.Difference >= few).ToArray();
        return string.Join(" or ", (counted.Length > 0 ? counted : lacking).Select(release => release.Key));
    }
}

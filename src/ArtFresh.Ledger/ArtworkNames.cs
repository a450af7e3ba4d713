using System.Globalization;

namespace ArtFresh.Ledger;

/// <summary>Finds artworks by another system's names.</summary>
public static class ArtworkNames
{
    /// <summary>Finds artworks by name: our id, or a name that <see cref="ILedgerMoment.FindArtworksAsync"/> knows.</summary>
    /// <returns>Ids by name, without the names of no artwork.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> FindAsync(
        ILedgerSource ledger, IArtworkCatalogue catalogue, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var ids = names.Where(IsId).ToDictionary(name => name, name => long.Parse(name, CultureInfo.InvariantCulture));
        var missing = await catalogue.FindMissingAsync(ids.Values, cancellationToken);
        var others = names.Where(name => !IsId(name)).ToArray();
        var found = others.Length == 0
            ? []
            : await ledger.ReadMomentAsync(moment => moment.FindArtworksAsync(others, cancellationToken), cancellationToken);
        foreach (var (name, artworkId) in ids.Where(id => !missing.Contains(id.Value)))
        {
            found[name] = artworkId;
        }

        return found;
    }

    private static bool IsId(string name) => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}

using System.Globalization;

namespace ArtFresh.Ledger;

/// <summary>What a name of an artwork is.</summary>
public enum ArtworkNaming
{
    /// <summary>A hash, or else a source, or else a title. Never an id: another system's numbers would name other artworks.</summary>
    Any,

    /// <summary>An artwork's id in this ledger.</summary>
    Id,

    /// <summary>The SHA-256 of the imported file, or of the stored picture.</summary>
    Hash,

    /// <summary>The source that the import recorded.</summary>
    Source,

    /// <summary>The title.</summary>
    Title,

    /// <summary>What a column of the imported CSV says beside the file. The ledger does not have it: whoever asks puts the hash of the file in its place.</summary>
    Column,
}

/// <summary>Finds artworks by another system's names.</summary>
public static class ArtworkNames
{
    /// <summary>Finds artworks by name.</summary>
    /// <returns>Ids by name, without the names of no artwork or of several.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> FindAsync(
        ILedgerSource ledger, IArtworkCatalogue catalogue, ArtworkNaming naming, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        if (naming is not ArtworkNaming.Id)
        {
            var kept = naming is ArtworkNaming.Column ? ArtworkNaming.Hash : naming;
            return await ledger.ReadMomentAsync(moment => moment.FindArtworksAsync(names, kept, cancellationToken), cancellationToken);
        }

        var ids = names.Where(IsId).ToDictionary(name => name, name => long.Parse(name, CultureInfo.InvariantCulture));
        var missing = await catalogue.FindMissingAsync(ids.Values, cancellationToken);
        return ids.Where(id => !missing.Contains(id.Value)).ToDictionary();
    }

    /// <summary>Whether a name may be an id.</summary>
    public static bool IsId(string name) => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}

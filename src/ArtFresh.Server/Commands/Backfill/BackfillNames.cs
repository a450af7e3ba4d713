using ArtFresh.Art;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>Finds the artworks that rows name.</summary>
/// <param name="naming">What a name is.</param>
/// <param name="files">Folder that artworks were imported from, or null. An artwork named by a file in it is found by the file's content.</param>
/// <param name="map">Other names, or null.</param>
/// <param name="column">The names of files, where a column of the catalogue names artworks.</param>
internal sealed class BackfillNames(OpenLedger ledger, ArtworkNaming naming, string? files, Dictionary<string, string>? map, BackfillColumn? column)
{
    private const int NamesKeptMax = 200_000;

    private readonly Dictionary<string, long?> _known = [];

    /// <summary>The ids of all artworks with these names; null for a name of none.</summary>
    public async Task<IReadOnlyDictionary<string, long?>> FindAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        if (_known.Count > NamesKeptMax)
        {
            _known.Clear();
        }

        // By row name: the name to look up, which is the hash of the file if the row names a file.
        var asked = new Dictionary<string, string>();
        foreach (var name in names.Where(name => !_known.ContainsKey(name)).Distinct())
        {
            asked[name] = await HashOfFileAsync(Mapped(name), cancellationToken) ?? Mapped(name);
        }

        var found = asked.Count == 0 ? new Dictionary<string, long>() : await ArtworkNames.FindAsync(ledger.Source, ledger.Catalogue, naming, asked.Values.ToHashSet(), cancellationToken);
        foreach (var (name, lookedUp) in asked)
        {
            _known[name] = found.TryGetValue(lookedUp, out var artworkId) ? artworkId : null;
        }

        return _known;
    }

    /// <summary>Why a name is of no artwork.</summary>
    public string WhyUnknown(string name) => column is not null ? column.WhyUnknown(Mapped(name)) : naming is ArtworkNaming.Any && ArtworkNames.IsId(name)
        ? $"there is no artwork '{name}'; --artwork-by id takes it for an id of this ledger"
        : $"there is no artwork '{name}'";

    private string Mapped(string name) => map?.GetValueOrDefault(name) ?? name;

    private async Task<string?> HashOfFileAsync(string name, CancellationToken cancellationToken)
    {
        if (column is not null)
        {
            // What the column does not have is no artwork's name, even if it is a hash.
            return column.Files.GetValueOrDefault(name) is { } named && File.Exists(named) ? await ContentHashes.OfFileAsync(named, cancellationToken) : "";
        }

        if (files is null || name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var path = Path.GetFullPath(name, files);
        if (!path.StartsWith(files + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path))
        {
            return null;
        }

        return await ContentHashes.OfFileAsync(path, cancellationToken);
    }
}

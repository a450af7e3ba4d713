using System.Globalization;
using ArtFresh.Grains.MoodPool;

namespace ArtFresh.Storage.Audit;

/// <summary>Finds artworks by what another system calls them.</summary>
public static class ArtworkNames
{
    private const int HashLength = 64;

    /// <summary>
    /// The artworks of names: our id; the hex SHA-256 of the file that was imported, or of the picture; or, as the import recorded it, the source or else the title. A
    /// name that several artworks have is no artwork's.
    /// </summary>
    /// <returns>By name; those of no artwork are left out.</returns>
    public static async Task<IReadOnlyDictionary<string, long>> FindAsync(
        ILedgerSource ledger, IArtworkCatalogue catalogue, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var ids = names.Where(IsId).ToDictionary(name => name, name => long.Parse(name, CultureInfo.InvariantCulture));
        var missing = await catalogue.FindMissingAsync(ids.Values, cancellationToken);
        var others = names.Where(name => !IsId(name)).ToArray();
        var found = others.Length == 0
            ? []
            : await ledger.ReadMomentAsync(moment => FindAsync(moment, others, cancellationToken), cancellationToken);
        foreach (var (name, artworkId) in ids.Where(id => !missing.Contains(id.Value)))
        {
            found[name] = artworkId;
        }

        return found;
    }

    private static async Task<Dictionary<string, long>> FindAsync(LedgerMoment moment, string[] names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, long>();
        var hashes = names.Where(IsHash).ToLookup(name => name.ToLowerInvariant());
        var texts = names.Where(name => !IsHash(name)).ToHashSet();
        await AddAsync("content_hash", [.. hashes.Select(hash => hash.Key)]);
        await AddAsync("picture_hash", [.. hashes.Select(hash => hash.Key)]);
        foreach (var hash in hashes.Where(hash => found.ContainsKey(hash.Key)))
        {
            foreach (var name in hash)
            {
                found[name] = found[hash.Key];
            }
        }

        await AddAsync("source", texts);
        await AddAsync("title", [.. texts.Where(text => !found.ContainsKey(text))]);
        return found;

        async Task AddAsync(string column, IReadOnlyCollection<string> wanted)
        {
            if (wanted.Count == 0)
            {
                return;
            }

            var (condition, value) = moment.OneOf(column, wanted);
            var ambiguous = new HashSet<string>();
            await moment.EachAsync(
                $"select {column}, artwork_id from artwork where {condition}",
                row =>
                {
                    if (!found.TryAdd(row.GetString(0), row.GetInt64(1)) && found[row.GetString(0)] != row.GetInt64(1))
                    {
                        ambiguous.Add(row.GetString(0));
                    }
                },
                cancellationToken,
                value);
            foreach (var name in ambiguous)
            {
                found.Remove(name);
            }
        }
    }

    private static bool IsId(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsHash(string name) => name.Length == HashLength && name.All(char.IsAsciiHexDigit);
}

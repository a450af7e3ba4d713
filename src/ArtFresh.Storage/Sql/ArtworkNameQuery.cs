using ArtFresh.Ledger;

namespace ArtFresh.Storage.Sql;

/// <summary>Finds artworks by hashes, sources and titles.</summary>
internal static class ArtworkNameQuery
{
    private const int HashLength = 64;

    /// <inheritdoc cref="ArtFresh.Ledger.ILedgerMoment.FindArtworksAsync"/>
    public static async Task<Dictionary<string, long>> RunAsync(LedgerMoment moment, IReadOnlyCollection<string> names, ArtworkNaming naming, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, long>();
        var hashes = names.Where(name => IsHash(name) && Is(ArtworkNaming.Hash)).ToLookup(name => name.ToLowerInvariant());
        var texts = names.Where(name => !(IsHash(name) && Is(ArtworkNaming.Hash))).ToHashSet();
        await AddAsync("content_hash", [.. hashes.Select(hash => hash.Key)]);
        await AddAsync("picture_hash", [.. hashes.Select(hash => hash.Key)]);
        foreach (var hash in hashes.Where(hash => found.ContainsKey(hash.Key)))
        {
            foreach (var name in hash)
            {
                found[name] = found[hash.Key];
            }
        }

        await AddAsync("source", Is(ArtworkNaming.Source) ? texts : []);
        await AddAsync("title", Is(ArtworkNaming.Title) ? [.. texts.Where(text => !found.ContainsKey(text))] : []);
        return found;

        bool Is(ArtworkNaming kind) => naming == kind || naming is ArtworkNaming.Any;

        async Task AddAsync(string column, IReadOnlyCollection<string> wanted)
        {
            if (wanted.Count == 0)
            {
                return;
            }

            var ambiguous = new HashSet<string>();
            await moment.EachAsync(
                $"select {column}, artwork_id from artwork where {moment.Dialect.OneOf(column, 1)}",
                row =>
                {
                    if (!found.TryAdd(row.GetString(0), row.GetInt64(1)) && found[row.GetString(0)] != row.GetInt64(1))
                    {
                        ambiguous.Add(row.GetString(0));
                    }
                },
                cancellationToken,
                [wanted.ToArray()]);
            foreach (var name in ambiguous)
            {
                found.Remove(name);
            }
        }
    }

    private static bool IsHash(string name) => name.Length == HashLength && name.All(char.IsAsciiHexDigit);
}

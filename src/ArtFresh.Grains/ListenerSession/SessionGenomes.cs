using System.Collections.Immutable;
using System.Text;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.ListenerSession;

/// <summary>
/// Mints artworks for genomes that a session's client drew, so that their impressions have artwork ids. One seed is one artwork, so a batch may be retried.
/// </summary>
internal sealed class SessionGenomes(string listenerId, GenomeSeeds? granted, SessionServices services)
{
    private readonly HashSet<long> _grantsFound = [];

    /// <summary>Replaces the genomes of a batch with artwork ids.</summary>
    /// <returns>The batch and the minted ids; or no batch and why not.</returns>
    public async Task<(SessionOutcome Outcome, ImpressionBatch? Batch, ImmutableArray<long> Made)> EnterAsync(ImpressionBatch batch)
    {
        var genomes = new Dictionary<string, Genome>();
        var contents = new string?[batch.Genomes.Length];
        foreach (var (i, text) in batch.Genomes.Index())
        {
            if (text is null)
            {
                continue;
            }

            if (!Genome.TryParse(text, out var named) || !await IsGrantedAsync(named.Seed))
            {
                return (SessionOutcome.InvalidGenome, null, []);
            }

            // Clients of older releases chose mood, family and palette themselves: whatever genome they name, the impression is of the seed's artwork.
            var genome = GrantedGenomes.Of(named.Seed);
            var content = ContentHash(genome.ToString());
            contents[i] = content;
            genomes[content] = genome;
        }

        var found = await services.Catalogue.FindContentsAsync(genomes.Keys, CancellationToken.None);
        if (found.Count < genomes.Count)
        {
            var made = genomes.Where(pair => !found.ContainsKey(pair.Key)).Select(pair => ToArtwork(pair.Value, pair.Key)).ToImmutableArray();
            if (await services.Ledger.AppendAsync(new ArtworksMade(made, services.Clock.GetUtcNow())) != LedgerVerdict.Committed)
            {
                return (SessionOutcome.Unavailable, null, []);
            }

            found = await services.Catalogue.FindContentsAsync(genomes.Keys, CancellationToken.None);
        }

        var artworkIds = batch.ArtworkIds.Select((id, i) => contents.ElementAtOrDefault(i) is { } content ? found[content] : id);
        return (SessionOutcome.Done, batch with { ArtworkIds = [.. artworkIds], Genomes = [] }, [.. genomes.Keys.Select(hash => found[hash])]);
    }

    /// <summary>Whether any session of the listener, or of a guest who joined, was granted the seed: art drawn in one session may be shown in the next.</summary>
    private async Task<bool> IsGrantedAsync(ulong seed)
    {
        var grant = GenomeSeeds.GrantOf(seed);
        return granted?.Contains(seed) == true
            || _grantsFound.Contains(grant)
            || (await services.History.FindGrantedListenerAsync(grant, CancellationToken.None) is { } owner
                && (owner == listenerId || await services.Aliases.CountStepsAsync(owner, listenerId) > 0) && _grantsFound.Add(grant));
    }

    private static NewArtwork ToArtwork(Genome genome, string contentHash) => new(
        NewArtwork.NoPool, genome.Mood, "neural", genome.ToString(), null, contentHash, null, GenomeGenerator.TitleOf(genome), null, null);

    private static string ContentHash(string text) => ContentHashes.Of(Encoding.ASCII.GetBytes(text));
}

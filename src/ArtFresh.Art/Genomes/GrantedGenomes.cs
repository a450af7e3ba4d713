using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>
/// What a client may make from the seeds that its session was granted: one seed is one genome. The grant gives the mood, and seed and mood the rest, so that no choice
/// is left to the client.
/// </summary>
public static class GrantedGenomes
{
    /// <summary>As the mood grid has them.</summary>
    private const int CellsPerSide = 8;

    private const int CellThousandths = 1000 / CellsPerSide;

    /// <summary>
    /// The genome of a granted seed. Seeds that follow each other belong to the cells of the mood grid in turn; where in its cell the mood lies, the family and the
    /// palette are drawn from the seed. The browser's copy is <c>grantedGenome</c> of the player.
    /// </summary>
    public static FamilyGenome Of(ulong seed)
    {
        var random = new SplitMix64(seed);
        var cell = (int)(seed % (CellsPerSide * CellsPerSide));
        var valence = (cell % CellsPerSide * CellThousandths) + random.NextIndex(CellThousandths);
        var energy = (cell / CellsPerSide * CellThousandths) + random.NextIndex(CellThousandths);
        var mood = new Mood(valence / 1000.0, energy / 1000.0);
        var (family, palette) = GenomeGenerator.Cast(ref random, mood);
        return new FamilyGenome(family, seed, palette, mood);
    }
}

using System.Collections.Immutable;
using System.Security.Cryptography;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.MoodPool;

/// <summary>Draws genomes for one pool, in turns of families, and none that looks like a recent one while there are others.</summary>
/// <param name="recent">What the pool's newest artworks look like.</param>
/// <param name="genomeVersion">Of the genomes, 1 or 2.</param>
internal sealed class NeuralArtist(int pool, Studio studio, TimeProvider clock, RecentLooks recent, int genomeVersion)
{
    /// <summary>Casts for a look that no recent artwork has, and after those for a family that none has: a mood may have no other left.</summary>
    private const int CastsMax = 64;

    /// <summary>The greatest distance of a new artwork's mood from the wanted one, on each axis.</summary>
    private const double MoodSpread = 0.06;

    private readonly bool _isBred = genomeVersion > 1;
    /// <summary>A family comes again after half of the others, so that a block has enough of them to part two of one.</summary>
    private readonly int _recentFamiliesMax = (genomeVersion > 1 ? BredGenerator.FamilyCount : GenomeGenerator.FamilyCount) / 2;
    private readonly Queue<ushort> _recentFamilies = new();

    /// <summary>Draws artworks near a mood, all within the pool's cell. Runs in the studio, because each draw computes a thumbnail.</summary>
    /// <param name="timeMax">Starts no drawing after this time: a busy studio returns fewer, but at least one.</param>
    /// <param name="isAwaited">Whether a request waits for them. The studio calls it whenever one of its threads is free.</param>
    public async Task<ImmutableArray<NewArtwork>> DrawAsync(Mood mood, int count, TimeSpan timeMax, Func<bool> isAwaited)
    {
        var started = clock.GetTimestamp();
        var drawn = ImmutableArray.CreateBuilder<NewArtwork>(count);
        do
        {
            drawn.Add(await studio.RunAsync(() => DrawOne(mood), isAwaited));
        }
        while (drawn.Count < count && clock.GetElapsedTime(started) < timeMax);

        return drawn.DrainToImmutable();
    }

    private NewArtwork DrawOne(Mood wish)
    {
        var (seed, mood, look) = Cast(wish, look => !_recentFamilies.Contains(look.Family) && !recent.HasAlike(look), look => !_recentFamilies.Contains(look.Family));
        Genome genome = _isBred ? BredGenerator.Draw(mood, seed) : GenomeGenerator.Draw(mood, seed);
        _recentFamilies.Enqueue(look.Family);
        if (_recentFamilies.Count > _recentFamiliesMax)
        {
            _recentFamilies.Dequeue();
        }

        var text = genome.ToString();
        recent.Add([text]);
        return new NewArtwork(pool, genome.Mood, "neural", text, null, null, null, GenomeGenerator.TitleOf(genome), null, null);
    }

    /// <summary>Casts until the look is right, for each wish in turn.</summary>
    private (ulong Seed, Mood Mood, GenomeLook Look) Cast(Mood mood, params ReadOnlySpan<Func<GenomeLook, bool>> wishes)
    {
        var cast = Cast(mood);
        foreach (var isRight in wishes)
        {
            for (var casts = 1; casts < CastsMax && !isRight(cast.Look); casts++)
            {
                cast = Cast(mood);
            }
        }

        return cast;
    }

    private (ulong Seed, Mood Mood, GenomeLook Look) Cast(Mood wish)
    {
        var seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var mood = MoodNear(wish, seed);
        return (seed, mood, _isBred ? BredGenerator.LookOf(mood, seed) : GenomeGenerator.LookOf(mood, seed));
    }

    private Mood MoodNear(Mood wish, ulong seed)
    {
        var center = MoodGrid.CellOf(wish) == pool ? wish : MoodGrid.CenterOf(pool);
        var near = new Mood(Spread(center.Valence, seed & 0xFFFF), Spread(center.Energy, (seed >> 16) & 0xFFFF));
        return MoodGrid.CellOf(near) == pool ? near : center;
    }

    /// <summary>Rounded to thousandths, the precision of a genome's mood.</summary>
    private static double Spread(double value, ulong random) =>
        Math.Round(Math.Clamp(value + ((random / 65535.0 * 2) - 1) * MoodSpread, 0, 1), 3);
}

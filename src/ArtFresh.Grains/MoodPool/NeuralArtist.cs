using System.Collections.Immutable;
using System.Security.Cryptography;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.MoodPool;

/// <summary>Draws genomes for one pool, in turns of families, and draws look-alikes of recent ones again.</summary>
/// <param name="genomeVersion">Of the genomes, 1 or 2.</param>
internal sealed class NeuralArtist(int pool, Studio studio, TimeProvider clock, IEnumerable<long> recentHashes, int genomeVersion)
{
    /// <summary>Recent artworks of the pool that a new one is compared with.</summary>
    public const int RecentMax = 512;

    /// <summary>Casts of one drawing. After this many of recent families in a row the last is drawn.</summary>
    private const int CastsMax = 64;

    /// <summary>Draws of one artwork. After this many look-alikes in a row the last is used.</summary>
    private const int DrawsMax = 24;

    /// <summary>The greatest distance of a new artwork's mood from the wanted one, on each axis.</summary>
    private const double MoodSpread = 0.06;

    private readonly bool _isBred = genomeVersion > 1;
    /// <summary>A family comes again after half of the others, so that a block has enough of them to part two of one.</summary>
    private readonly int _recentFamiliesMax = (genomeVersion > 1 ? BredGenerator.FamilyCount : GenomeGenerator.FamilyCount) / 2;
    private readonly Queue<ulong> _recentHashes = new(recentHashes.Select(hash => unchecked((ulong)hash)));
    private readonly Queue<string> _recentFamilies = new();

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
        var (genome, hash, family) = Draw(wish);
        for (var draws = 1; draws < DrawsMax && IsLookAlike(hash); draws++)
        {
            (genome, hash, family) = Draw(wish);
        }

        _recentFamilies.Enqueue(family);
        if (_recentFamilies.Count > _recentFamiliesMax)
        {
            _recentFamilies.Dequeue();
        }

        _recentHashes.Enqueue(hash);
        if (_recentHashes.Count > RecentMax)
        {
            _recentHashes.Dequeue();
        }

        return new NewArtwork(
            pool, genome.Mood, "neural", genome.ToString(), null, null, unchecked((long)hash), GenomeGenerator.TitleOf(genome), null, null);
    }

    private (Genome Genome, ulong Hash, string Family) Draw(Mood wish)
    {
        var (seed, mood, family) = Cast(wish);
        for (var casts = 1; casts < CastsMax && _recentFamilies.Contains(family); casts++)
        {
            (seed, mood, family) = Cast(wish);
        }

        Genome genome = _isBred ? BredGenerator.Draw(mood, seed) : GenomeGenerator.Draw(mood, seed);
        return (genome, PerceptualHash.GenomeHash(genome), family);
    }

    private (ulong Seed, Mood Mood, string Family) Cast(Mood wish)
    {
        var seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var mood = MoodNear(wish, seed);
        return (seed, mood, _isBred ? BredGenerator.FamilyOf(mood, seed) : GenomeGenerator.FamilyOf(mood, seed));
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

    private bool IsLookAlike(ulong hash)
    {
        foreach (var recent in _recentHashes)
        {
            if (PerceptualHash.Distance(hash, recent) <= PerceptualHash.LookAlikeDistanceMax)
            {
                return true;
            }
        }

        return false;
    }
}

using System.Collections.Immutable;
using System.Security.Cryptography;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.MoodPool;

/// <summary>Draws genomes for one pool, none of which looks like a recent one.</summary>
internal sealed class NeuralArtist(int pool, Studio studio, TimeProvider clock, IEnumerable<long> looks)
{
    /// <summary>Recent artworks of the pool that a new one must not look like.</summary>
    public const int RecentLooksMax = 512;

    /// <summary>Draws that may be look-alikes in a row before the last is taken all the same.</summary>
    private const int DrawsMax = 24;

    /// <summary>How far a new artwork's mood may lie from the one asked for, on each axis.</summary>
    private const double MoodSpread = 0.06;

    private readonly Queue<ulong> _looks = new(looks.Select(look => unchecked((ulong)look)));

    /// <summary>Draws artworks near a mood, all within the pool's cell. In the studio: it computes a thumbnail a draw.</summary>
    /// <param name="timeMax">Starts no drawing after this time: a busy studio returns fewer, but at least one.</param>
    /// <param name="isAwaited">Whether a request waits for them. The studio asks whenever a thread of its own is free.</param>
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
        var (genome, look) = Draw(wish);
        for (var draws = 1; draws < DrawsMax && LooksLikeRecent(look); draws++)
        {
            (genome, look) = Draw(wish);
        }

        _looks.Enqueue(look);
        if (_looks.Count > RecentLooksMax)
        {
            _looks.Dequeue();
        }

        return new NewArtwork(
            pool, genome.Mood, "neural", genome.ToString(), null, null, unchecked((long)look), GenomeGenerator.TitleOf(genome), null, null);
    }

    private (Genome Genome, ulong Look) Draw(Mood wish)
    {
        var seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var genome = GenomeGenerator.Draw(MoodNear(wish, seed), seed);
        return (genome, PerceptualHash.GenomeHash(genome));
    }

    private Mood MoodNear(Mood wish, ulong seed)
    {
        var center = MoodGrid.CellOf(wish) == pool ? wish : MoodGrid.CenterOf(pool);
        var near = new Mood(Spread(center.Valence, seed & 0xFFFF), Spread(center.Energy, (seed >> 16) & 0xFFFF));
        return MoodGrid.CellOf(near) == pool ? near : center;
    }

    /// <summary>Moods are kept in thousandths, as genomes are.</summary>
    private static double Spread(double value, ulong random) =>
        Math.Round(Math.Clamp(value + ((random / 65535.0 * 2) - 1) * MoodSpread, 0, 1), 3);

    private bool LooksLikeRecent(ulong look)
    {
        foreach (var recent in _looks)
        {
            if (PerceptualHash.Distance(look, recent) <= PerceptualHash.LookAlikeDistanceMax)
            {
                return true;
            }
        }

        return false;
    }
}

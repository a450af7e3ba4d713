using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>In a pool of genomes, of which many are of one family.</summary>
public sealed class VarietyTests
{
    private static readonly string[] Families = ["ripple", "rosette", "ridge", "marble", "glass", "aurora", "orbit", "silk", "prism", "weave", "nebula", "terrace"];

    [Fact]
    public async Task NoFamilyComesAgainWithinFourWhateverSessionsBlocksAndMoods()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        Mood[] moods = [Mood.Neutral, new(0.7, 0.6)];
        foreach (var mood in moods)
        {
            await EnterAsync(silo, 700, i => (i % 3 == 0 ? 0 : i % 12), mood);
        }

        var sessions = new[] { await silo.OpenSessionAsync("guest-a"), await silo.OpenSessionAsync("guest-a") };
        var served = new[] { new List<Artwork>(), new List<Artwork>() };
        for (var request = 0; request < 60; request++)
        {
            served[request % 2].AddRange(await sessions[request % 2].Take(1 + (request % 7), moods[request / 15 % 2]));
        }

        Assert.All(served, art => Assert.True(art.Count > 100));
        Assert.All(served, art => Assert.Empty(Again(art)));
    }

    [Fact]
    public async Task WhatWasPassedOverIsServedLaterAlsoAfterARestart()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var entered = await EnterAsync(silo, 48, i => (i < 16 ? 0 : i % 11 + 1));
        var served = new HashSet<long>();
        var session = await silo.OpenSessionAsync("guest-a");
        served.UnionWith((await session.Take(16)).Ids());
        await session.Finish([]);

        await silo.RestartAsync();
        session = await silo.OpenSessionAsync("guest-a");
        for (var request = 0; request < 40; request++)
        {
            served.UnionWith((await session.Take(10)).Ids());
        }

        Assert.Empty(entered.Except(served));
    }

    /// <summary>120 looks, of which 12 come twice. Sessions set aside more than they serve.</summary>
    [Fact]
    public async Task LookAlikesOfTheLastComeLaterAlsoInAnotherSession()
    {
        string[] palettes = ["dusk", "noir", "neon", "citrus", "orchid", "carnival", "royal", "lagoon", "nocturne", "ember", "dusk"];
        await using var silo = await ArtFreshCluster.StartAsync();
        var entered = await EnterAsync(silo, 132, i => i % 12, paletteOf: i => palettes[i / 12]);
        var served = new List<Artwork>();
        for (var session = 0; session < 2; session++)
        {
            var grain = await silo.OpenSessionAsync("guest-a");
            for (var request = 0; request < 6; request++)
            {
                served.AddRange(await grain.Take(3));
            }
        }

        string[] genomes = [.. served.Where(artwork => entered.Contains(artwork.ArtworkId)).Select(artwork => artwork.Genome!)];
        Assert.True(genomes.Length > 20);
        Assert.Empty(genomes.Where((genome, i) => RecentLooks.OfGenomes(genomes[..i]).HasAlike(genome)));
    }

    [Fact]
    public async Task OneFamilyIsServedWhereThereIsNoOtherInTime()
    {
        // With a slow artist a pool draws ahead, and enters nothing that nobody waits for.
        await using var silo = await ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { NeuralDeadline = TimeSpan.Zero }, SlowArtist = new TestArtist { IsAvailable = false } });
        var entered = await EnterAsync(silo, 30, _ => 7);

        var art = await (await silo.OpenSessionAsync("guest-a")).Take(20);

        Assert.Equal(20, art.Length);
        Assert.True(art.Count(artwork => entered.Contains(artwork.ArtworkId)) > 10);
    }

    [Theory]
    [InlineData(1, 12)]
    [InlineData(2, 40)]
    public async Task PoolMakesFamiliesInTurns(int version, int kinds)
    {
        await using var silo = await ArtFreshCluster.StartAsync(new() { Pools = new MoodPoolOptions { GenomeVersion = version } });
        var session = await silo.OpenSessionAsync("guest-a");
        var made = new List<Artwork>();
        for (var request = 0; request < 5; request++)
        {
            made.AddRange(await session.Take(20));
        }

        Assert.Empty(Again([.. made.OrderBy(artwork => artwork.ArtworkId)]));
        Assert.InRange(made.Select(LastFamilies.Of).Distinct().Count(), kinds, int.MaxValue);
    }

    private static IEnumerable<Artwork> Again(List<Artwork> served) => served.Where((artwork, i) =>
        served.Skip(Math.Max(0, i - LastFamilies.Apart)).Take(Math.Min(i, LastFamilies.Apart)).Any(before => LastFamilies.Of(before) == LastFamilies.Of(artwork)));

    /// <returns>The ids.</returns>
    private static async Task<long[]> EnterAsync(ArtFreshCluster silo, int count, Func<int, int> family, Mood? mood = null, Func<int, string>? paletteOf = null)
    {
        var (at, cell) = (mood ?? Mood.Neutral, MoodGrid.CellOf(mood ?? Mood.Neutral));
        var genomes = Enumerable.Range(0, count).Select(i => $"1-{Families[family(i)]}-{i:x16}-{paletteOf?.Invoke(i) ?? "dusk"}-500-500").ToArray();
        await silo.Writer().AppendAsync(new ArtworksMade(
            [.. genomes.Select(genome => new NewArtwork(cell, at, "neural", genome, null, null, null, "A title", null, null))], DateTimeOffset.UnixEpoch));
        var pool = silo.Grains.GetGrain<IMoodPoolGrain>(cell);
        return await Eventually.FindAsync(async () =>
            (await pool.ReadStretch(0, 1000)).Artworks.Where(artwork => genomes.Contains(artwork.Genome)).Select(artwork => artwork.ArtworkId).ToArray() is { } ids && ids.Length == count ? ids : null);
    }
}

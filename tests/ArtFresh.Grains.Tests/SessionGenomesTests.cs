using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class SessionGenomesTests(OneSilo fixture) : IClassFixture<OneSilo>
{
    private readonly ArtFreshCluster _silo = fixture.Cluster;

    private static string NewListener() => $"guest-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task ClientMadeArtIsRecordedBesideServedArt()
    {
        var (session, seeds) = await OpenAsync(NewListener());
        var served = (await session.Take(1)).Ids()[0];
        var batch = Batch(1, (-1, TextOf(seeds.From)), (served, null), (-2, TextOf(seeds.From + (ulong)seeds.Count - 1)));

        var result = await session.RecordBatch(batch);
        var retry = await session.RecordBatch(batch);

        Assert.Equal((SessionOutcome.Done, 3, 0, 3L), (result.Outcome, result.Recorded, result.Repeats, result.HighWater));
        Assert.Empty(result.Unknown);
        Assert.Equal((0, 3, 0), (retry.Recorded, retry.Duplicates, retry.Repeats));
        var made = await FindAsync(TextOf(seeds.From), served);
        Assert.NotNull(made.ViewedAt);
        Assert.Equal(TextOf(seeds.From), made.Artwork.Genome);
        Assert.NotEmpty(made.Artwork.Title);
    }

    [Fact]
    public async Task BatchWithAForeignSeedOrAMalformedGenomeIsRefused()
    {
        var (session, seeds) = await OpenAsync(NewListener());
        var (_, others) = await OpenAsync(NewListener());

        foreach (var wrong in new[] { TextOf(others.From), TextOf(seeds.From - 1), TextOf(seeds.From + (ulong)seeds.Count), TextOf(0), TextOf(seeds.From).ToUpperInvariant(), "a picture" })
        {
            var result = await session.RecordBatch(Batch(1, (-1, TextOf(seeds.From)), (-2, wrong)));
            Assert.Equal((SessionOutcome.InvalidGenome, 0L), (result.Outcome, result.HighWater));
        }

        Assert.Equal(1, (await session.RecordBatch(Batch(1, (-1, TextOf(seeds.From))))).Recorded);
    }

    [Fact]
    public async Task SeedsOfAGrantBelongToTheMoodGridsCellsInTurn()
    {
        var (_, seeds) = await OpenAsync(NewListener());

        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(i % MoodGrid.CellCount, MoodGrid.CellOf(GrantedGenomes.Of(seeds.From + (ulong)i).Mood)));
    }

    [Fact]
    public async Task OneSeedIsOneArtwork()
    {
        var (session, seeds) = await OpenAsync(NewListener());
        var mine = GrantedGenomes.Of(seeds.From);
        var othersOfTheSeed = Enum.GetValues<GenomeFamily>().Select(family => new FamilyGenome(family, mine.Seed, mine.Palette, mine.Mood))
            .Concat(Enum.GetValues<Palette>().Select(palette => new FamilyGenome(mine.Family, mine.Seed, palette, mine.Mood)))
            .Append(new FamilyGenome(mine.Family, mine.Seed, mine.Palette, new Mood(mine.Mood.Valence, 1 - mine.Mood.Energy)))
            .Where(genome => genome != mine);

        Assert.Equal(1, (await session.RecordBatch(Batch(1, (-1, mine.ToString())))).Recorded);
        foreach (var (i, other) in othersOfTheSeed.Index())
        {
            var result = await session.RecordBatch(Batch(2 + i, (-1, other.ToString())));

            Assert.Equal((SessionOutcome.Done, 0, 1), (result.Outcome, result.Recorded, result.Repeats));
        }
    }

    [Fact]
    public async Task SeedsOfAnEarlierSessionOfTheListenerAreAccepted()
    {
        var listener = NewListener();
        var (_, seeds) = await OpenAsync(listener);
        var (later, _) = await OpenAsync(listener);

        Assert.Equal(1, (await later.RecordBatch(Batch(1, (-1, TextOf(seeds.From))))).Recorded);
    }

    [Fact]
    public async Task SessionsShareNoSeedsAndKeepTheirSeedsOverRestarts()
    {
        await using var cluster = await ArtFreshCluster.StartAsync();
        var sessionId = Guid.CreateVersion7();
        var seeds = (await cluster.Session("guest-a", sessionId).Open("test")).GenomeSeeds!;
        var others = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i => (await cluster.Session($"guest-{i}", Guid.CreateVersion7()).Open("test")).GenomeSeeds!));

        await cluster.RestartAsync();
        var after = (await cluster.Session("guest-b", Guid.CreateVersion7()).Open("test")).GenomeSeeds!;

        Assert.Equal(seeds, (await cluster.Session("guest-a", sessionId).Open("test")).GenomeSeeds);
        GenomeSeeds[] all = [.. others.Append(seeds).Append(after).OrderBy(grant => grant.From)];
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.True(pair.First.From + (ulong)pair.First.Count <= pair.Second.From));
    }

    [Fact]
    public async Task ClientMadeArtIsServedToNobody()
    {
        var listener = NewListener();
        var (session, seeds) = await OpenAsync(listener);
        var before = (await session.Take(1)).Ids()[0];
        await session.RecordBatch(Batch(1, (-1, TextOf(seeds.From))));
        var made = await FindAsync(TextOf(seeds.From), before);

        var (later, _) = await OpenAsync(listener);
        var served = await later.Take(50, made.Artwork.Mood);

        Assert.DoesNotContain(made.Artwork.ArtworkId, served.Ids());
        for (var pool = 0; pool < MoodGrid.CellCount; pool++)
        {
            Assert.DoesNotContain(made.Artwork.ArtworkId, await _silo.ServicesOf(0).GetRequiredService<IArtworkCatalogue>().ReadPoolAsync(pool, 0, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task SameGenomeUnderAnotherNumberIsARepeat()
    {
        var (session, seeds) = await OpenAsync(NewListener());
        await session.RecordBatch(Batch(1, (-1, TextOf(seeds.From))));

        var again = await session.RecordBatch(Batch(2, (-7, TextOf(seeds.From))));

        Assert.Equal((0, 1), (again.Recorded, again.Repeats));
    }

    [Fact]
    public async Task FailureBetweenMintingAndRecordingNeitherLosesNorDoublesAnImpression()
    {
        var (session, seeds) = await OpenAsync(NewListener());
        var batch = Batch(1, (-1, TextOf(seeds.From)), (-2, TextOf(seeds.From + 1)));
        _silo.Faults.FailNext<BatchRecorded>();
        Assert.Equal(SessionOutcome.Unavailable, (await session.RecordBatch(batch)).Outcome);

        var retry = await session.RecordBatch(batch);

        Assert.Equal((2, 0, 0, 2L), (retry.Recorded, retry.Duplicates, retry.Repeats, retry.HighWater));
    }

    private async Task<(IListenerSessionGrain Session, GenomeSeeds Seeds)> OpenAsync(string listenerId)
    {
        var session = _silo.Session(listenerId, Guid.CreateVersion7());
        return (session, (await session.Open("test")).GenomeSeeds!);
    }

    /// <summary>The artwork of a genome: entered a little after one that was there before.</summary>
    private async Task<ArtworkViews> FindAsync(string genome, long after)
    {
        for (var id = after; await _silo.Grains.GetGrain<IArtworkGrain>(id).Describe() is { } views; id++)
        {
            if (views.Artwork.Genome == genome)
            {
                return views;
            }
        }

        throw new InvalidOperationException($"There is no artwork of {genome}.");
    }

    private static ImpressionBatch Batch(long firstNumber, params (long Id, string? Genome)[] impressions) =>
        SessionCalls.Batch(firstNumber, [.. impressions.Select(one => one.Id)]) with { Genomes = [.. impressions.Select(one => one.Genome)] };

    private static string TextOf(ulong seed) => GrantedGenomes.Of(seed).ToString();
}

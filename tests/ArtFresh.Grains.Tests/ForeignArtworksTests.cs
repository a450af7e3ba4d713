using System.Text;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>A session that names artworks that it was not served.</summary>
public sealed class ForeignArtworksTests
{
    private static readonly Mood NearMood = new(0.1, 0.9);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UnservedArtworkGetsNoViewAndNoFigureAndTheSameAnswerOnEachTry()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var theirs = (await (await silo.OpenSessionAsync("guest-other")).Take(20, NearMood)).Ids();
        var session = await silo.OpenSessionAsync("guest-a");
        var mine = (await session.Take(1, new Mood(0.9, 0.1))).Ids();

        var first = await session.Record(1, [.. theirs, .. mine, 9_000_000_000, theirs[0]]);
        var retry = await session.Record(1, [.. theirs, .. mine, 9_000_000_000, theirs[0]]);

        Assert.Equal((1, 0, 0, 21, 23L), (first.Recorded, first.Duplicates, first.Repeats, first.Unserved, first.HighWater));
        Assert.Equal((0, 1, 0, 21, 23L), (retry.Recorded, retry.Duplicates, retry.Repeats, retry.Unserved, retry.HighWater));
        Assert.Equal([9_000_000_000], first.Unknown);
        foreach (var artworkId in theirs)
        {
            var views = await silo.Grains.GetGrain<IArtworkGrain>(artworkId).Describe();
            Assert.Equal((null, 0L), (views!.ViewedAt, views.ViewCount));
        }

        await Eventually.Async(async () => (await silo.ServicesOf(0).GetRequiredService<IImpressionLog>().ReadUntalliedWritersAsync(Stop)).Length == 0);
        var figures = (await silo.Grains.GetGrain<ILedgerQueryGrain>(0).SummarizeKpis(1, "test")).Figures;
        Assert.Equal(1, figures.Single(figure => figure.Name == "legacy").Denominator);
        Assert.Equal((0, 1), Of("repeats"));
        Assert.Equal((1, 2), Of("duplicates"));

        (long, long) Of(string name)
        {
            var figure = figures.Single(figure => figure.Name == name);
            return (figure.Numerator, figure.Denominator);
        }
    }

    /// <summary>What is refused must cost nothing: a row for each refused batch would fill the ledger, and no quota would pay for it.</summary>
    [Fact]
    public async Task BatchWithANumberOutOfBoundsSpendsNothing()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var theirs = (await (await silo.OpenSessionAsync("guest-other")).Take(20, NearMood)).Ids();
        var session = await silo.OpenSessionAsync("guest-a");
        await session.Take(1, new Mood(0.9, 0.1));
        var history = silo.ServicesOf(0).GetRequiredService<IListenerHistory>();
        var before = await history.ReadBlocksAsync("guest-a", 0, Stop);

        var refused = await session.Record(9_000_000, theirs);

        Assert.Equal(SessionOutcome.NumbersScattered, refused.Outcome);
        Assert.Equal(before.Count, (await history.ReadBlocksAsync("guest-a", 0, Stop)).Count);
    }

    [Fact]
    public async Task SingleEndpointJudgesAlikeWithAndWithoutANumber()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var theirs = (await (await silo.OpenSessionAsync("guest-other")).Take(2, NearMood)).Ids();
        var session = await silo.OpenSessionAsync("guest-a");

        var numbered = await session.RecordBatch(SessionCalls.Batch(1, theirs[0]) with { IsSingle = true });
        var unnumbered = await session.Record(null, theirs[1]);

        Assert.Equal((0, 1, 1L), (numbered.Recorded, numbered.Unserved, numbered.HighWater));
        Assert.Equal((0, 1), (unnumbered.Recorded, unnumbered.Unserved));
        Assert.Null((await silo.Grains.GetGrain<IArtworkGrain>(theirs[1]).Describe())!.ViewedAt);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task UnservedArtworkStaysSpentWhateverIsGivenBack(bool isSnapshotLost)
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var theirs = (await (await silo.OpenSessionAsync("guest-other")).Take(20, NearMood)).Ids();
        var sessionId = Guid.CreateVersion7();
        await silo.Session("guest-a", sessionId).Open("test");
        await silo.Session("guest-a", sessionId).Record(1, theirs);

        await silo.StopAsync();
        silo.Execute(isSnapshotLost ? "delete from grain_state" : "select 1");
        await silo.RestartAsync();
        var session = silo.Session("guest-a", sessionId);
        var again = await session.Record(21, theirs[0]);
        await session.Finish([.. theirs]);
        var next = (await (await silo.OpenSessionAsync("guest-a")).Take(50, NearMood)).Ids();

        Assert.Equal((0, 1, 21L), (again.Recorded, again.Unserved, again.HighWater));
        Assert.Empty(next.Intersect(theirs));
        Assert.Equal(0, (await silo.Grains.GetGrain<ILedgerQueryGrain>(0).CountLegacy()).ServedTwice);
    }

    [Fact]
    public async Task ArtworkMadeByAnotherListenersClientIsUnserved()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var maker = silo.Session("guest-maker", Guid.CreateVersion7());
        var seeds = (await maker.Open("test")).GenomeSeeds!;
        var genome = GrantedGenomes.Of(seeds.From).ToString();
        await maker.RecordBatch(SessionCalls.Batch(1, -1) with { Genomes = [genome] });
        var hash = ContentHashes.Of(Encoding.ASCII.GetBytes(genome));
        var made = (await silo.ServicesOf(0).GetRequiredService<IArtworkCatalogue>().FindContentsAsync([hash], Stop))[hash];

        var named = await (await silo.OpenSessionAsync("guest-a")).Record(1, made);

        Assert.Equal((0, 1), (named.Recorded, named.Unserved));
    }

    [Fact]
    public async Task SessionCannotGiveBackAnotherSessionsArtworks()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var shown = await silo.OpenSessionAsync("guest-a");
        var ids = (await shown.Take(4, NearMood)).Ids();
        await shown.Record(1, ids[..2]);
        var liar = await silo.OpenSessionAsync("guest-a");

        await liar.Finish([.. ids]);
        var next = (await (await silo.OpenSessionAsync("guest-a")).Take(50, NearMood)).Ids();

        Assert.Empty(next.Intersect(ids));
    }

    /// <summary>The search for an artwork's session ends after so many blocks, however long the history is.</summary>
    [Fact]
    public async Task ArtworkOfAVeryOldBlockCountsAsShown()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var old = await silo.OpenSessionAsync("guest-a");
        var ids = (await old.Take(2, NearMood)).Ids();
        var session = await silo.OpenSessionAsync("guest-a");
        var recent = await session.Record(1, ids[0]);
        var history = silo.ServicesOf(0).GetRequiredService<IListenerHistory>();
        var last = (await history.ReadBlocksAsync("guest-a", 0, Stop))[^1].BlockNumber;
        for (var number = last + 1; number <= last + 600; number++)
        {
            Assert.Equal(LedgerVerdict.Committed, await silo.Writer().AppendAsync(
                new BlockLogged("guest-a", number, BlockKind.SetAside, Guid.CreateVersion7(), [1_000_000 + number], [], DateTimeOffset.UnixEpoch)));
        }

        await silo.RestartAsync();
        var late = await silo.Session("guest-a", SessionKey.Parse(session.GetPrimaryKeyString()).SessionId).Record(2, ids[1]);

        Assert.Equal((1, 0), (recent.Recorded, recent.Repeats));
        Assert.Equal((0, 1, 0), (late.Recorded, late.Repeats, late.Unserved));
    }

    /// <summary>During a rolling upgrade: such a silo finds no type for the request, as Orleans tells the caller.</summary>
    [Fact]
    public async Task ListenersGrainOnAPreviousReleasesSiloIsCalledByItsOwnMethod()
    {
        await using var silo = await ArtFreshCluster.StartAsync(new()
        {
            ConfigureSilo = host => host.AddIncomingGrainCallFilter(call => call.MethodName == nameof(IListenerGrain.JudgeForeign)
                ? throw new TypeLoadException("""Unable to resolve type alias "("inv",[Orleans.Runtime.GrainReference],[ArtFresh.Contracts.IListenerGrain],"judge-foreign")".""")
                : call.Invoke()),
        });
        var other = (await (await silo.OpenSessionAsync("guest-a")).Take(3, NearMood)).Ids();
        var session = silo.Session("guest-a", Guid.CreateVersion7());
        var seeds = (await session.Open("test")).GenomeSeeds!;

        var shown = await session.Record(1, other);
        var made = await session.RecordBatch(SessionCalls.Batch(4, -1) with { Genomes = [GrantedGenomes.Of(seeds.From).ToString()] });

        Assert.Equal((SessionOutcome.Done, 3), (shown.Outcome, shown.Recorded));
        Assert.Equal((SessionOutcome.Done, 1), (made.Outcome, made.Recorded));
    }

    /// <summary>A silo of the release before cannot say what its client made.</summary>
    [Fact]
    public async Task ClaimOfThePreviousReleaseIsGranted()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var theirs = (await (await silo.OpenSessionAsync("guest-other")).Take(2, NearMood)).Ids();

        var claim = await silo.Grains.GetGrain<IListenerGrain>("guest-a").Claim(Guid.CreateVersion7(), [.. theirs, 9_000_000_000]);

        Assert.Equal(theirs, claim.Granted);
        Assert.Equal([9_000_000_000], claim.Unknown);
    }
}

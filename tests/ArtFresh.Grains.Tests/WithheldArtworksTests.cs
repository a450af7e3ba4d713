using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>A client that guesses ids which were set aside for another session of its listener, and which no answer had.</summary>
public sealed class WithheldArtworksTests
{
    private const string Listener = "guest-a";

    private static readonly Mood NearMood = new(0.1, 0.9);
    private static readonly Mood FarMood = new(0.9, 0.1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GuessOfAnotherSessionsRestIsUnservedAndSpent()
    {
        await using var silo = await StartAsync();
        var serving = await silo.OpenSessionAsync(Listener);
        var served = (await serving.Take(1, NearMood)).Ids();
        var rest = await RestAsync(silo, served);

        var guessed = await (await silo.OpenSessionAsync(Listener)).Record(1, [.. rest, served[0]]);
        var next = (await serving.Take(40, NearMood)).Ids();

        Assert.Equal((1, rest.Length), (guessed.Recorded, guessed.Unserved));
        Assert.Empty(next.Intersect(rest));
        await AssertUnviewedAsync(silo, rest);
    }

    /// <summary>The row that spends them fails: the session that withheld them must still know it.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task GuessIsUnservedAlsoAfterAFailedTry(bool isOwn)
    {
        await using var silo = await StartAsync();
        var serving = await silo.OpenSessionAsync(Listener);
        var rest = await RestAsync(silo, (await serving.Take(1, NearMood)).Ids());
        var guessing = isOwn ? serving : await silo.OpenSessionAsync(Listener);

        silo.Faults.FailNext<BlockLogged>();
        var failed = await guessing.Record(1, rest);
        var again = await guessing.Record(1, rest);

        Assert.Equal(SessionOutcome.Unavailable, failed.Outcome);
        Assert.Equal((0, rest.Length), (again.Recorded, again.Unserved));
        await AssertUnviewedAsync(silo, rest);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, true, false)]
    [InlineData(false, true, true)]
    public async Task GuessOfARestThatWasGivenBackIsUnserved(bool isMoved, bool isRestarted, bool isSnapshotLost)
    {
        await using var silo = await StartAsync();
        var serving = await silo.OpenSessionAsync(Listener);
        var served = (await serving.Take(1, NearMood)).Ids();
        var rest = await RestAsync(silo, served);
        await (isMoved ? (Task)serving.Take(1, FarMood) : serving.Finish([]));
        if (isRestarted)
        {
            await silo.StopAsync();
            silo.Execute(isSnapshotLost ? "delete from grain_state" : "select 1");
            await silo.RestartAsync();
        }

        var guessed = await (await silo.OpenSessionAsync(Listener)).Record(1, rest);

        Assert.Equal((0, rest.Length), (guessed.Recorded, guessed.Unserved));
        await AssertUnviewedAsync(silo, rest);
    }

    /// <summary>The session waits for its block, which is in the listener's log.</summary>
    [Fact]
    public async Task GuessOfABlockOnItsWayIsUnserved()
    {
        var (isLogged, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var silo = await StartAsync(new()
        {
            ConfigureSilo = host => host.AddOutgoingGrainCallFilter(async call =>
            {
                await call.Invoke();
                if (call.MethodName == nameof(IListenerGrain.SetAside) && call.TargetId.Key.ToString() == Listener)
                {
                    isLogged.TrySetResult();
                    await goOn.Task;
                }
            }),
        });
        var taking = (await silo.OpenSessionAsync(Listener)).Take(1, NearMood);
        await isLogged.Task.WaitAsync(Stop);
        var block = await RestAsync(silo, []);

        var guessed = await (await silo.OpenSessionAsync(Listener)).Record(1, block[..8]);
        goOn.SetResult();

        Assert.Equal((0, 8), (guessed.Recorded, guessed.Unserved));
        Assert.Empty((await taking).Ids().Intersect(block[..8]));
        await AssertUnviewedAsync(silo, block);
    }

    /// <summary>An answer had them, whatever the client says later: a page may come back.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task ArtworkThatWasServedAndGivenBackIsRecorded(bool isSetAsideAgain)
    {
        await using var silo = await StartAsync();
        var first = await silo.OpenSessionAsync(Listener);
        var served = (await first.Take(5, NearMood)).Ids();
        await first.Finish([.. served]);
        if (isSetAsideAgain)
        {
            await (await silo.OpenSessionAsync(Listener)).Take(1, NearMood);
        }

        await silo.RestartAsync();
        var shown = await (await silo.OpenSessionAsync(Listener)).Record(1, served.Order().Last());

        Assert.Equal((1, 0), (shown.Recorded, shown.Unserved));
    }

    /// <summary>During a rolling upgrade: silos of the release before know neither call.</summary>
    [Fact]
    public async Task SilosOfThePreviousReleaseAreCalledByTheirOwnMethods()
    {
        await using var silo = await StartAsync(new()
        {
            ConfigureSilo = host => host.AddIncomingGrainCallFilter(call => call.MethodName is nameof(IListenerSessionGrain.GiveUp) or nameof(IListenerGrain.TakeBackRest)
                ? throw new TypeLoadException("Unable to resolve type alias.")
                : call.Invoke()),
        });
        var serving = await silo.OpenSessionAsync(Listener);
        var served = (await serving.Take(2, NearMood)).Ids();

        var other = await (await silo.OpenSessionAsync(Listener)).Record(1, served[0]);
        var finished = await serving.Finish([]);
        var next = (await (await silo.OpenSessionAsync(Listener)).Take(4, NearMood)).Ids();

        Assert.Equal((1, SessionOutcome.Done), (other.Recorded, finished));
        Assert.Empty(next.Intersect(served));
    }

    /// <summary>With artworks that another listener's requests have made: a block is as long as the pool allows.</summary>
    private static async Task<ArtFreshCluster> StartAsync(ArtFreshClusterOptions? options = null)
    {
        var silo = await ArtFreshCluster.StartAsync(options);
        var other = await silo.OpenSessionAsync("guest-other");
        foreach (var mood in (Mood[])[NearMood, FarMood])
        {
            await other.Take(40, mood);
        }

        // Its turn comes after the other listener's next block, whose commit a fault of a test must not hit.
        await silo.Grains.GetGrain<IListenerGrain>("guest-other").Has(0);
        return silo;
    }

    /// <summary>What the listener's only block holds besides what was served.</summary>
    private static async Task<long[]> RestAsync(ArtFreshCluster silo, IEnumerable<long> served)
    {
        var blocks = await silo.ServicesOf(0).GetRequiredService<IListenerHistory>().ReadBlocksAsync(Listener, 0, Stop);
        var rest = Assert.Single(blocks).ArtworkIds.Except(served).ToArray();
        Assert.NotEmpty(rest);
        return rest;
    }

    private static async Task AssertUnviewedAsync(ArtFreshCluster silo, IEnumerable<long> artworkIds)
    {
        foreach (var artworkId in artworkIds)
        {
            Assert.Null((await silo.Grains.GetGrain<IArtworkGrain>(artworkId).Describe())!.ViewedAt);
        }

        await new PlayedShow(silo).AddedUpAsync();
        var report = new VerificationResult(20);
        await silo.Ledger.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, report, Stop);
                return true;
            },
            Stop);
        Assert.Empty(report.All.SelectMany(check => check.Rows).Select(row => row.What));
    }
}

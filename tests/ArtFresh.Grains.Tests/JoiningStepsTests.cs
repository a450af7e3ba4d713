using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Joinings that fail, or whose silo dies, between two steps. Whatever happened, the next try ends as the first would have.</summary>
public sealed class JoiningStepsTests
{
    private const string Guest = "guest-a";
    private const string Account = "sub-b";

    /// <summary>What each step writes, in order: the guest's session ends, gives back, and so does the account's; the joining itself.</summary>
    private static readonly Dictionary<string, Step> Steps = new()
    {
        ["end"] = Step.Of<SessionEnded>(),
        ["give back"] = Step.Of<BlockLogged>(),
        ["join"] = Step.Of<ListenerJoined>(),
    };

    public static TheoryData<string, bool> Failures => new MatrixTheoryData<string, bool>([.. Steps.Keys], [false, true]);

    public static TheoryData<string, bool, string> Deaths => new MatrixTheoryData<string, bool, string>([.. Steps.Keys], [false, true], [Account, Guest]);

    /// <summary>Each step fails before it is done, or is done and its answer lost.</summary>
    [Theory, MemberData(nameof(Failures))]
    public async Task JoiningThatFailedAtAnyStepIsDoneByTheNext(string step, bool isDone)
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var (shown, asAccount) = await ServeBothAsync(silo);
        Steps[step].Fail(silo.Faults, isDone);

        var first = await silo.JoinAsync(Guest, Account);
        Assert.Equal(step == "join" ? JoinOutcome.Unavailable : JoinOutcome.Joined, first);
        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(Guest, Account));

        await AssertJoinedAsync(silo, shown, asAccount);
    }

    /// <summary>The silo of the account's grain, or of the guest's, dies before each step is written, and when it is written and nobody knows yet.</summary>
    [Theory, MemberData(nameof(Deaths))]
    public async Task SiloThatDiesBetweenTwoStepsLeavesAJoiningThatTheNextTryEnds(string step, bool isDone, string whose)
    {
        await using var cluster = await ArtFreshCluster.StartAsync(new() { Silos = 2 });
        var (shown, asAccount) = await ServeBothAsync(cluster);
        var held = Steps[step].Hold(cluster.Faults, isDone);
        var dying = cluster.JoinAsync(Guest, Account);
        await Eventually.Async(() => Task.FromResult(cluster.Faults.Held > 0));
        var siloOf = await cluster.SiloOfAsync(cluster.Grains.GetGrain<IListenerGrain>(whose));

        await cluster.KillSiloAsync(siloOf);
        held.Dispose();
        await cluster.StartSiloAsync();

        // Its answer may never come: the caller learns of the death by a timeout.
        dying.Ignore();
        Assert.Equal(JoinOutcome.Joined, await JoinCalls.UntilDoneAsync(() => cluster.JoinAsync(Guest, Account)));
        await AssertJoinedAsync(cluster, shown, asAccount);
    }

    /// <summary>Devices join at once, in an order that the seed tells, while steps of any of them fail.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task AnyNumberOfDevicesJoinInAnyOrderWhateverFails(int seed)
    {
        var random = new Random(seed);
        await using var silo = await ArtFreshCluster.StartAsync();
        string[] guests = [.. Enumerable.Range(0, 8).Select(i => $"guest-{i}")];
        var had = new List<long>();
        foreach (var guest in guests)
        {
            had.AddRange((await (await silo.OpenSessionAsync(guest)).Take(random.Next(1, 30))).Ids());
        }

        foreach (var step in Enumerable.Range(0, 12).Select(_ => Steps.Values.ElementAt(random.Next(Steps.Count))))
        {
            step.Fail(silo.Faults, random.Next(2) == 0);
        }

        var calls = guests.Concat(guests).ToArray();
        random.Shuffle(calls);
        var outcomes = await Task.WhenAll(calls.Select(guest => JoinCalls.UntilDoneAsync(() => silo.JoinAsync(guest, Account))));

        Assert.All(outcomes, outcome => Assert.Equal(JoinOutcome.Joined, outcome));
        Assert.Equal((long)guests.Length, silo.Count("select count(*) from listener_alias where account = 'sub-b'"));
        var asAccount = silo.Session(Account, Guid.CreateVersion7());
        Assert.Equal(SessionOutcome.Done, (await JoinCalls.UntilDoneAsync(() => asAccount.Open("test"))).Outcome);
        var served = new List<long>();
        while (served.Count < 50)
        {
            // An answer has what was made in time, and a step that still fails takes a block.
            served.AddRange((await JoinCalls.UntilDoneAsync(() => asAccount.TakeFresh(new FreshRequest(50 - served.Count, Mood.Neutral, null)))).Artworks.Ids());
        }

        Assert.Equal(50, served.Distinct().Count());
        Assert.Empty(served.Intersect(had));
        await silo.VerifyAsync();
    }

    private static async Task<(long[] Shown, IListenerSessionGrain AsAccount)> ServeBothAsync(ArtFreshCluster cluster)
    {
        var shown = (await (await cluster.OpenSessionAsync(Guest)).Take(5)).Ids();
        var asAccount = await cluster.OpenSessionAsync(Account);
        await asAccount.Take(2);
        return (shown, asAccount);
    }

    private static async Task AssertJoinedAsync(ArtFreshCluster cluster, long[] shown, IListenerSessionGrain asAccount)
    {
        Assert.Equal(1L, cluster.Count("select count(*) from listener_alias"));
        Assert.Equal(1L, cluster.Count("select count(*) from listener_block where kind = 6"));
        Assert.Equal(1L, cluster.Count("select count(*) from listener_block where kind = 3"));
        var wish = new FreshRequest(50, Mood.Neutral, Guid.CreateVersion7().ToString());
        var served = await JoinCalls.UntilDoneAsync(() => asAccount.TakeFresh(wish));
        Assert.Equal(SessionOutcome.Done, served.Outcome);
        Assert.Empty(served.Artworks.Ids().Intersect(shown));
        Assert.Equal(SessionOutcome.Joined, (await JoinCalls.UntilDoneAsync(() => cluster.Session(Guest, Guid.CreateVersion7()).Open("test"))).Outcome);
        await cluster.VerifyAsync();
    }

    /// <summary>How a step is made to fail: before it is done, or after.</summary>
    private sealed record Step(Action<LedgerFaults, bool> Fail, Func<LedgerFaults, bool, IDisposable> Hold)
    {
        public static Step Of<T>()
            where T : class => new(
            (faults, isDone) =>
            {
                if (isDone)
                {
                    faults.LoseNextAnswers<T>();
                }
                else
                {
                    faults.FailNext<T>();
                }
            },
            (faults, isDone) => isDone ? faults.HoldAnswers<T>() : faults.Hold<T>());
    }
}

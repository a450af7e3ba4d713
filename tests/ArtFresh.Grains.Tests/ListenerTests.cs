using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Listener;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class ListenerTests
{
    private static string NewListener() => $"guest-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task ArtServedBeforeARestartIsNotServedAfterIt()
    {
        var listener = NewListener();
        var before = new List<long>();
        await using var silo = await ArtFreshCluster.StartAsync();
        foreach (var mood in Moods())
        {
            before.AddRange((await (await silo.OpenSessionAsync(listener)).Take(30, mood)).Ids());
        }

        await silo.RestartAsync();
        var after = new List<long>();
        foreach (var mood in Moods())
        {
            after.AddRange((await (await silo.OpenSessionAsync(listener)).Take(30, mood)).Ids());
        }

        Assert.Empty(before.Intersect(after));
        Assert.Equal(before.Count + after.Count, before.Concat(after).Distinct().Count());
    }

    [Theory]
    [InlineData("delete from grain_state")]
    [InlineData("update grain_state set payload = substr(payload, 1, length(payload) - 9) || zeroblob(9)")]
    public async Task LostOrDamagedSnapshotCausesNoRepeat(string damage)
    {
        var listener = NewListener();
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync(listener);
        var before = new List<long>();
        foreach (var mood in Moods().Concat(Moods()).Concat(Moods()))
        {
            before.AddRange((await session.Take(10, mood)).Ids());
        }

        await silo.StopAsync();
        Assert.True(silo.Execute(damage) > 0, "there must be a snapshot to damage");
        await silo.RestartAsync();

        var after = (await (await silo.OpenSessionAsync(listener)).Take(50)).Ids();

        Assert.Empty(before.Intersect(after));
    }

    /// <summary>The write of a snapshot fails, or is done and nobody knows.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task SnapshotWhoseWriteFailsIsTriedAgainAndNothingIsForgotten(bool isDone)
    {
        var listener = NewListener();
        await using var silo = await ArtFreshCluster.StartAsync();
        var had = (await (await silo.OpenSessionAsync(listener)).Take(20)).Ids();
        var grain = silo.Grains.GetGrain<IListenerGrain>(listener);
        if (isDone)
        {
            silo.Faults.LoseNextAnswers<SnapshotTaken>();
        }
        else
        {
            silo.Faults.FailNext<SnapshotTaken>();
        }

        // Reading it back tells that a write whose answer was lost was done.
        Assert.Equal(isDone, await grain.Fold(1));
        Assert.True(await grain.Fold(1));
        Assert.True(await grain.Fold(1));
        Assert.Equal(2, silo.Execute("update listener_snapshot set slot = slot"));
        await silo.RestartAsync();

        Assert.Empty(had.Intersect((await (await silo.OpenSessionAsync(listener)).Take(50)).Ids()));
    }

    [Fact]
    public void SnapshotIsDueWhenTheLogHasOutgrownHalfOfIt()
    {
        var slots = new SnapshotSlots([10, 20], 1, 10_000);

        Assert.False(slots.IsDue(5_000));
        Assert.True(slots.IsDue(5_001));
        // Never the one that is known to be whole.
        Assert.Equal(0, slots.Next);
        slots.NoteFailed(0, 10, 5_001);
        Assert.False(slots.IsDue(5_500));
        Assert.Equal(0, slots.Next);
        slots.NoteWritten(new ListenerSnapshot("ann", 0, 30, 0, new byte[20_000], DateTimeOffset.UnixEpoch));
        Assert.Equal((1, 30L), (slots.Next, slots[0]));
        Assert.False(slots.IsDue(10_000));
        Assert.True(slots.IsDue(10_001));
        // A short log is read as fast.
        Assert.False(new SnapshotSlots([0, 0]).IsDue(2_048));
    }

    [Fact]
    public async Task SecondActivationOfAListenerIsFencedAndServesNothingTwice()
    {
        var listener = NewListener();
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync(listener);
        var first = (await session.Take(1)).Ids();
        // What another activation would have served meanwhile, under the number that this one uses next.
        long[] elsewhere = [.. Enumerable.Range(17, 40).Select(id => (long)id)];
        var history = silo.ServicesOf(0).GetRequiredService<IListenerHistory>();
        var last = (await history.ReadBlocksAsync(listener, 0, TestContext.Current.CancellationToken))[^1].BlockNumber;
        var block = new BlockLogged(listener, last + 1, BlockKind.SetAside, Guid.CreateVersion7(), [.. elsewhere], [], DateTimeOffset.UnixEpoch);
        Assert.Equal(LedgerVerdict.Committed, await silo.Writer().AppendAsync(block));

        var next = (await (await silo.OpenSessionAsync(listener)).Take(50)).Ids();

        Assert.Empty(next.Intersect(elsewhere));
        Assert.Empty(next.Intersect(first));
    }

    [Fact]
    public async Task UnreadableSetServesNothing()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync(NewListener());
        silo.Execute("alter table listener_block rename to listener_block_gone");

        var answer = await Record.ExceptionAsync(() => session.TakeFresh(new FreshRequest(3, Mood.Neutral, null)));

        Assert.NotNull(answer);
        silo.Execute("alter table listener_block_gone rename to listener_block");
        Assert.Equal(3, (await session.Take(3)).Length);
    }

    [Fact]
    public async Task BlockThatWasNotCommittedIsNotServed()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync(NewListener());
        silo.Faults.FailNext<BlockLogged>();

        var refused = await session.TakeFresh(new FreshRequest(3, Mood.Neutral, "r"));
        var served = await session.TakeFresh(new FreshRequest(3, Mood.Neutral, "r"));

        Assert.Equal(SessionOutcome.Unavailable, refused.Outcome);
        Assert.Equal((SessionOutcome.Done, 3), (served.Outcome, served.Artworks.Length));
    }

    private static Mood[] Moods() => [.. Enumerable.Range(0, 24).Select(i => MoodGrid.CenterOf(i * 11 % MoodGrid.CellCount))];
}

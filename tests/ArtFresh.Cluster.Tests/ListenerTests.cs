using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;
using ArtFresh.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Cluster.Tests;

public sealed class ListenerTests
{
    private static string NewListener() => $"guest-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task NothingServedBeforeARestartIsServedAfterIt()
    {
        var listener = NewListener();
        var before = new List<long>();
        await using var first = await StartAsync();
        foreach (var mood in Moods())
        {
            before.AddRange((await (await first.OpenAsync(listener)).Take(30, mood)).Ids());
        }

        await using var second = await first.RestartAsync();
        var after = new List<long>();
        foreach (var mood in Moods())
        {
            after.AddRange((await (await second.OpenAsync(listener)).Take(30, mood)).Ids());
        }

        Assert.Empty(before.Intersect(after));
        Assert.Equal(before.Count + after.Count, before.Concat(after).Distinct().Count());
    }

    [Theory]
    [InlineData("delete from grain_state")]
    [InlineData("update grain_state set payload = substr(payload, 1, length(payload) - 9) || zeroblob(9)")]
    public async Task LostOrDamagedSnapshotCostsTimeAndNoRepeat(string damage)
    {
        var listener = NewListener();
        await using var first = await StartAsync();
        var session = await first.OpenAsync(listener);
        var before = new List<long>();
        foreach (var mood in Moods().Concat(Moods()).Concat(Moods()))
        {
            before.AddRange((await session.Take(10, mood)).Ids());
        }

        await first.Cluster.StopAllSilosAsync(TestContext.Current.CancellationToken);
        Assert.True(Execute(first.LedgerPath, damage) > 0, "there must be a snapshot to damage");
        await using var second = await first.RestartAsync();

        var after = (await (await second.OpenAsync(listener)).Take(50)).Ids();

        Assert.Empty(before.Intersect(after));
    }

    [Fact]
    public async Task SecondActivationOfAListenerIsFencedAndServesNothingTwice()
    {
        var listener = NewListener();
        await using var silo = await StartAsync();
        var session = await silo.OpenAsync(listener);
        var first = (await session.Take(1)).Ids();
        // What another activation would have served meanwhile, under the number that this one uses next.
        long[] elsewhere = [.. Enumerable.Range(17, 40).Select(id => (long)id)];
        var history = silo.Cluster.Silos[0].ServiceProvider.GetRequiredService<SqliteHistory>();
        var last = (await history.ReadBlocksAsync(listener, 0, TestContext.Current.CancellationToken))[^1].BlockNumber;
        var block = new BlockLogged(listener, last + 1, BlockKind.SetAside, Guid.CreateVersion7(), [.. elsewhere], [], DateTimeOffset.UnixEpoch);
        Assert.Equal(LedgerVerdict.Committed, await silo.Writer.AppendAsync(block));

        var next = (await (await silo.OpenAsync(listener)).Take(50)).Ids();

        Assert.Empty(next.Intersect(elsewhere));
        Assert.Empty(next.Intersect(first));
    }

    [Fact]
    public async Task UnreadableSeenSetServesNothing()
    {
        await using var silo = await StartAsync();
        var session = await silo.OpenAsync(NewListener());
        Execute(silo.LedgerPath, "alter table listener_block rename to listener_block_gone");

        var answer = await Record.ExceptionAsync(() => session.TakeFresh(new FreshRequest(3, Mood.Neutral, null)));

        Assert.NotNull(answer);
        Execute(silo.LedgerPath, "alter table listener_block_gone rename to listener_block");
        Assert.Equal(3, (await session.Take(3)).Length);
    }

    [Fact]
    public async Task BlockThatWasNotCommittedIsNotServed()
    {
        await using var silo = await StartAsync();
        var session = await silo.OpenAsync(NewListener());
        Execute(silo.LedgerPath, "create trigger no_blocks before insert on listener_block begin select raise(abort, 'no blocks today'); end");

        var refused = await session.TakeFresh(new FreshRequest(3, Mood.Neutral, "r"));
        Execute(silo.LedgerPath, "drop trigger no_blocks");
        var served = await session.TakeFresh(new FreshRequest(3, Mood.Neutral, "r"));

        Assert.Equal(SessionOutcome.Unavailable, refused.Outcome);
        Assert.Equal((SessionOutcome.Done, 3), (served.Outcome, served.Artworks.Length));
    }

    private static async Task<OneSilo> StartAsync()
    {
        var silo = new OneSilo();
        await silo.InitializeAsync();
        return silo;
    }

    private static Mood[] Moods() => [.. Enumerable.Range(0, 24).Select(i => MoodGrid.CenterOf(i * 11 % MoodGrid.CellCount))];

    private static int Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }
}

using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>The ledger goes back to a copy, under running silos or while none runs.</summary>
public sealed class EpochTests
{
    /// <summary>More than a session has set aside ahead of need, however soon its next block comes: some are left to be served.</summary>
    private const int ArtworksBefore = 400;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string NewListener() => $"guest-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task WhatAListenersGrainRemembersIsWrittenToTheLogAndNotServedAgain()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var listener = NewListener();
        await MakeArtAsync(silo);
        var had = (await (await silo.OpenSessionAsync(listener)).Take(20)).Ids();
        await GoBackAsync(silo, listener);

        var after = (await (await silo.OpenSessionAsync(listener)).Take(50)).Ids();

        Assert.Empty(had.Intersect(after));
        var row = Assert.Single(await RowsAsync(silo, listener), row => EpochRows.IsOne(row.Kind, row.SessionId));
        Assert.Equal(silo.Ledger.Epochs.Known.Current, EpochRows.WholeSince(row.Kind, row.SessionId));
        Assert.Empty(had.Except(row.ArtworkIds));
        // Its log is whole: what is below the floor may be served.
        Assert.Contains(after, id => id <= silo.Ledger.Epochs.Known.All[^1].Floor);
    }

    [Fact]
    public async Task ListenerOfWhomNothingIsRememberedIsServedOnlyWhatWasMadeSince()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var listener = NewListener();
        var had = (await (await silo.OpenSessionAsync(listener)).Take(20)).Ids();
        await silo.StopAsync();
        await GoBackAsync(silo, listener);
        await silo.RestartAsync();
        var epoch = silo.Ledger.Epochs.Known.All[^1];

        var after = (await (await silo.OpenSessionAsync(listener)).Take(50)).Ids();

        Assert.True(epoch.Floor > 0);
        Assert.All(after, id => Assert.True(id >= epoch.FirstArtwork, $"{id} is not above the floor {epoch.Floor}"));
        Assert.Empty(had.Intersect(after));
    }

    /// <summary>A server that wrote on while its ledger went back leaves such a log.</summary>
    [Fact]
    public async Task ListenerWhoseLogHasLostItsFirstRowIsServedOnlyWhatWasMadeSince()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var listener = NewListener();
        var session = await silo.OpenSessionAsync(listener);
        // More than one block.
        long[] had = [.. (await session.Take(20)).Ids(), .. (await session.Take(50)).Ids()];
        await silo.StopAsync();
        silo.Execute($"delete from listener_block where listener_id = '{listener}' and block_number = 1");
        silo.Execute($"delete from listener_snapshot where listener_id = '{listener}'");
        Assert.True(Count(silo, $"select count(*) from listener_block where listener_id = '{listener}'") > 0);
        await silo.Ledger.Epochs.RestoredAsync(lostNothing: false, Stop);
        await silo.RestartAsync();

        var after = (await (await silo.OpenSessionAsync(listener)).Take(50)).Ids();

        Assert.All(after, id => Assert.True(id >= silo.Ledger.Epochs.Known.All[^1].FirstArtwork));
        Assert.Empty(had.Intersect(after));
    }

    [Fact]
    public async Task NothingIsHeldBackWhereNothingWasLost()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var listener = NewListener();
        await MakeArtAsync(silo);
        var had = (await (await silo.OpenSessionAsync(listener)).Take(20)).Ids();
        await silo.StopAsync();
        await silo.Ledger.Epochs.RestoredAsync(lostNothing: false, Stop);
        await silo.Ledger.Epochs.RestoredAsync(lostNothing: true, Stop);
        await silo.RestartAsync();

        var after = (await (await silo.OpenSessionAsync(listener)).Take(30)).Ids();

        Assert.Empty(had.Intersect(after));
        Assert.Contains(after, id => id <= silo.Ledger.Epochs.Known.All[^1].Floor);
    }

    [Fact]
    public async Task SessionThatTheLedgerHasLostIsOpenedAgainAndItsJournalLands()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var listener = NewListener();
        await (await silo.OpenSessionAsync(NewListener())).Take(50);
        var session = await silo.OpenSessionAsync(listener);
        var had = (await session.Take(10)).Ids();
        await silo.StopAsync();
        await GoBackAsync(silo, listener);
        await silo.RestartAsync();
        session = silo.Grains.GetGrain<IListenerSessionGrain>(session.GetPrimaryKeyString());
        var batch = SessionCalls.Batch(1, had);

        Assert.Equal(SessionOutcome.SessionNotFound, (await session.RecordBatch(batch)).Outcome);
        Assert.Equal(SessionOutcome.Done, await session.Reopen());
        var recorded = await session.RecordBatch(batch);
        var again = await session.RecordBatch(batch);

        Assert.Equal((10, 0, 0, 10L), (recorded.Recorded, recorded.Unserved, recorded.Unknown.Length, recorded.HighWater));
        Assert.Equal((0, 10), (again.Recorded, again.Duplicates));
        Assert.Equal(0, Count(silo, $"select count(*) from artwork where viewed_at is null and artwork_id in ({string.Join(',', had)})"));
        Assert.Equal(1, Count(silo, "select count(*) from session where reopened_at is not null"));
        var after = (await (await silo.OpenSessionAsync(listener)).Take(40)).Ids();
        Assert.Empty(had.Intersect(after));
    }

    [Fact]
    public async Task TokenOfASessionThatTheLedgerDoesNotKnowIsTheFirstSignOfALoss()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        await (await silo.OpenSessionAsync(NewListener())).Take(10);
        var session = silo.Session(NewListener(), Guid.CreateVersion7());

        Assert.Equal(SessionOutcome.Done, await session.Reopen());

        Assert.Contains("a session that was opened", silo.Ledger.Epochs.Known.All[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SessionInMemoryRecordsNothingFromBeforeAndGoesOnFromTheLedger()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var listener = NewListener();
        var session = await silo.OpenSessionAsync(listener);
        var had = (await session.Take(10)).Ids();
        await session.Record(1, had[..3]);
        silo.Execute("delete from impression_batch");
        silo.Execute("update artwork set viewed_at = null");
        await silo.Ledger.Epochs.RestoredAsync(lostNothing: false, Stop);

        Assert.Equal(SessionOutcome.Unavailable, (await session.Record(4, had[3..6])).Outcome);
        var next = await RepeatedAsync(() => session.Record(4, had[3..6]), result => result.Outcome);
        var replayed = await session.Record(1, had[..3]);

        Assert.Equal((3, 0L), (next.Recorded, next.HighWater));
        // The client's copy of what was acknowledged lands as new, and with its first view.
        Assert.Equal((3, 6L), (replayed.Recorded, replayed.HighWater));
        Assert.Equal(6, Count(silo, "select count(*) from artwork where viewed_at is not null"));
    }

    [Fact]
    public async Task ArtThatTheLedgerHasLostIsUnknownThoughTheListenersGrainRemembersIt()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var session = await silo.OpenSessionAsync(NewListener());
        var had = (await session.Take(10)).Ids();
        silo.Execute("delete from listener_block");
        silo.Execute($"delete from artwork where artwork_id in ({string.Join(',', had[5..])})");
        await silo.Ledger.Epochs.RestoredAsync(lostNothing: false, Stop);

        var recorded = await RepeatedAsync(() => session.Record(1, had), result => result.Outcome);

        Assert.Equal(5, recorded.Recorded);
        Assert.Equal(had[5..].Order(), recorded.Unknown.Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SnapshotAheadOfItsLogIsKept(bool isAnotherRow)
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var listener = NewListener();
        await (await silo.OpenSessionAsync(NewListener())).Take(50);
        var had = (await (await silo.OpenSessionAsync(listener)).Take(20)).Ids();
        Assert.True(await silo.Grains.GetGrain<IListenerGrain>(listener).Fold(1));
        await silo.StopAsync();
        Assert.True(silo.Execute(isAnotherRow
            ? $"update listener_block set artwork_ids = (select artwork_ids from listener_block where listener_id <> '{listener}' limit 1) where listener_id = '{listener}'"
            : $"delete from listener_block where listener_id = '{listener}'") > 0);
        await silo.RestartAsync();

        var after = (await (await silo.OpenSessionAsync(listener)).Take(30)).Ids();

        Assert.Empty(had.Intersect(after));
        Assert.Empty(had.Except((await RowsAsync(silo, listener)).SelectMany(row => row.ArtworkIds)));
        Assert.Equal(isAnotherRow ? 1 : 2, silo.Ledger.Epochs.Known.All.Count);
    }

    [Fact]
    public async Task PoolsForgetWhatTheLedgerHasLost()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        await (await silo.OpenSessionAsync(NewListener())).Take(40);
        var kept = Count(silo, "select max(artwork_id) / 2 from artwork");
        silo.Execute("delete from listener_block");
        silo.Execute($"delete from artwork where artwork_id > {kept}");
        await silo.Ledger.Epochs.RestoredAsync(lostNothing: false, Stop);

        var after = (await (await silo.OpenSessionAsync(NewListener())).Take(40)).Ids();

        Assert.Equal(after.Length, Count(silo, $"select count(*) from artwork where artwork_id in ({string.Join(',', after)})"));
    }

    /// <summary>More than one listener's blocks take in a test.</summary>
    private static async Task MakeArtAsync(ArtFreshCluster silo)
    {
        var session = await silo.OpenSessionAsync(NewListener());
        for (var taken = 0; taken < ArtworksBefore; taken += 50)
        {
            await session.Take(50);
        }
    }

    /// <summary>The ledger forgets a listener, as a copy of before it came does; the catalogue is as it was.</summary>
    /// <summary>The grain of an erased listener stays in memory, to refuse the calls that wait. A copy from before the erasure knows nothing of it.</summary>
    [Fact]
    public async Task ListenerWhoseErasureTheLedgerHasLostIsServedAgain()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var (listener, erasures) = (NewListener(), silo.ServicesOf(0).GetRequiredService<IErasures>());
        await erasures.AskAsync(listener, TimeProvider.System.GetUtcNow(), Stop);
        await Eventually.Async(async () => (await erasures.ReadDueAsync(1, Stop)).Count == 0);
        var request = new BlockRequest(Guid.CreateVersion7(), Mood.Neutral, 16, [], 1);
        Task<Block> SetAsideAsync() => silo.Grains.GetGrain<IListenerGrain>(listener).SetAside(request);
        Assert.Equal(SessionOutcome.ListenerErased, (await SetAsideAsync()).Outcome);

        silo.Execute("delete from erasure");
        await silo.Ledger.Epochs.RestoredAsync(lostNothing: false, Stop);

        Assert.NotEmpty((await RepeatedAsync(SetAsideAsync, block => block.Outcome)).Artworks);
    }

    private static async Task GoBackAsync(ArtFreshCluster silo, string listener)
    {
        silo.Execute($"delete from impression_batch where session_id in (select session_id from session where listener_id = '{listener}')");
        silo.Execute($"delete from session where listener_id = '{listener}'");
        silo.Execute($"delete from listener_block where listener_id = '{listener}'");
        silo.Execute($"delete from listener_snapshot where listener_id = '{listener}'");
        silo.Execute($"delete from grain_state where grain_key = 'listener/{listener}'");
        await silo.Ledger.Epochs.RestoredAsync(lostNothing: false, Stop);
    }

    private static async Task<T> RepeatedAsync<T>(Func<Task<T>> call, Func<T, SessionOutcome> outcomeOf)
    {
        var answer = await call();
        await Eventually.Async(async () => outcomeOf(answer) == SessionOutcome.Done || outcomeOf(answer = await call()) == SessionOutcome.Done);
        return answer;
    }

    private static Task<IReadOnlyList<LoggedBlock>> RowsAsync(ArtFreshCluster silo, string listener) =>
        silo.ServicesOf(0).GetRequiredService<IListenerHistory>().ReadBlocksAsync(listener, 0, Stop);

    private static long Count(ArtFreshCluster silo, string sql)
    {
        using var connection = silo.Ledger.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}

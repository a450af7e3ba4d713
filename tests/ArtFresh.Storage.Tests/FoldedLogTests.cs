using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>Logs whose first months are dropped because snapshots cover them; run over each kind of database.</summary>
public abstract class FoldedLogTests : IAsyncLifetime
{
    /// <summary>Each statement that changes something while a log is folded: what it is, and the row on which the process dies.</summary>
    private static readonly Dictionary<string, (string Table, string Operation, string When)> Steps = new()
    {
        ["the month is noted"] = ("dropped_block_month", "insert", "true"),
        ["the first snapshot is written"] = ("listener_snapshot", "insert", "new.slot = 0"),
        ["the second snapshot is written"] = ("listener_snapshot", "insert", "new.slot = 1"),
        ["the first checksums are kept"] = ("erased_block", "insert", "true"),
        ["the first blocks are deleted"] = ("listener_block", "delete", "old.block_number = 2"),
        ["later blocks are deleted"] = ("listener_block", "delete", $"old.block_number = {FoldingWorld.OldBlocks + 1}"),
        ["the last blocks are deleted"] = ("listener_block", "delete", $"old.block_number = {2 * FoldingWorld.OldBlocks}"),
        ["checksums are merged"] = ("erased_block", "update", "true"),
        ["merged checksums are deleted"] = ("erased_block", "delete", "true"),
        ["the month is done"] = ("dropped_block_month", "update", "true"),
    };

    private FoldingWorld _world = null!;

    public static TheoryData<string> StepNames => [.. Steps.Keys];

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected abstract Task<FoldingWorld> StartAsync();

    public async ValueTask InitializeAsync() => _world = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task MonthsThatSnapshotsCoverAreDroppedAndNothingIsForgotten()
    {
        var had = await _world.LiveAsync();

        Assert.True(await _world.DropAsync());

        Assert.Equal((2 * FoldingWorld.OldBlocks) + 1, Number("select min(block_number) from listener_block"));
        Assert.Equal(40, Number("select count(*) from listener_block"));
        // Of a writer's dropped blocks one checksum is left for each run.
        Assert.Equal(1, Number("select count(*) from erased_block"));
        await AssertWholeAsync(had);
        await _world.RestartAsync();
        await AssertWholeAsync(had);
        Assert.True(await _world.Grain.Has(had[0]));
        Assert.False(await _world.Months.BeginAsync(FoldingWorld.Kept, Stop));
    }

    [Theory, MemberData(nameof(StepNames))]
    public async Task ProcessThatDiesInAnyStepLeavesALogThatTheNextFoldsToTheEnd(string step)
    {
        var had = await _world.LiveAsync();
        var (table, operation, when) = Steps[step];
        _world.Break(table, operation, when);
        await Record.ExceptionAsync(_world.DropAsync);
        Assert.Equal(0, Number("select count(*) from dropped_block_month where done_at is not null"));
        _world.Mend();
        await _world.RestartAsync();
        await AssertWholeAsync(had);

        Assert.True(await _world.DropAsync());

        Assert.Equal(40, Number("select count(*) from listener_block"));
        Assert.Equal(1, Number("select count(*) from dropped_block_month where done_at is not null"));
        await AssertWholeAsync(had);
    }

    [Theory, InlineData(0), InlineData(1)]
    public async Task DamagedSnapshotIsReplacedFromTheOtherAndTheBlocksSince(int slot)
    {
        var had = await _world.LiveAsync();
        Assert.True(await _world.DropAsync());
        var session = Guid.CreateVersion7(FoldingWorld.Kept);
        var last = Number("select max(block_number) from listener_block");
        await _world.AppendAsync(
            new SessionOpened(FoldingWorld.Listener, session, "test", FoldingWorld.Kept),
            new BlockLogged(FoldingWorld.Listener, last + 1, BlockKind.Backfilled, session, [1, 2], [], FoldingWorld.Kept));
        Damage(slot);

        await _world.RestartAsync();

        Assert.Equal(had, await _world.HasAsync());
        Assert.True(await _world.Grain.Fold(last + 1));
        Assert.True(await _world.Grain.Fold(last + 1));
        Assert.All(await Task.WhenAll(new[] { 0, 1 }.Select(each => _world.History.ReadSnapshotAsync(FoldingWorld.Listener, each, Stop))), stored => Assert.NotNull(stored!.TryUnpack()));
        Assert.Equal(had, await _world.HasAsync());
    }

    [Fact]
    public async Task ListenerWhoseSnapshotsAreBothDamagedIsServedNothing()
    {
        await _world.LiveAsync();
        Assert.True(await _world.DropAsync());
        Damage(0);
        Damage(1);
        await _world.RestartAsync();

        var refused = await Record.ExceptionAsync(() => _world.Grain.SetAside(new BlockRequest(Guid.CreateVersion7(), Mood.Neutral, 5, [], 5)));

        Assert.Contains("no snapshot covers", refused!.ToString(), StringComparison.Ordinal);
        Assert.Contains("run verify", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains(await _world.FaultsAsync(), fault => fault.StartsWith("snapshots-hold", StringComparison.Ordinal));
    }

    /// <summary>A server that wrote on while its ledger went back leaves a hole. It is not of the dropped rows: the snapshots hold those.</summary>
    [Fact]
    public async Task HoleAfterTheSnapshotsStopsNobody()
    {
        var had = await _world.LiveAsync();
        Assert.True(await _world.DropAsync());
        var last = Number("select max(block_number) from listener_block");
        await _world.AppendAsync(Backfilled(last + 1), Backfilled(last + 2));
        _world.Scalar($"delete from listener_block where block_number = {last + 1}");

        await _world.RestartAsync();

        Assert.Equal(had, await _world.HasAsync());

        static BlockLogged Backfilled(long number) => new(FoldingWorld.Listener, number, BlockKind.Backfilled, Guid.CreateVersion7(), [1, 2], [], FoldingWorld.Kept);
    }

    /// <summary>As long as all blocks are there, they say what the snapshots said.</summary>
    [Fact]
    public async Task DamagedSnapshotsOfAWholeLogAreWrittenAnew()
    {
        var had = await _world.LiveAsync();
        Assert.True(await _world.Grain.Fold(1));
        Assert.True(await _world.Grain.Fold(1));
        Damage(0);
        Damage(1);
        await _world.RestartAsync();

        Assert.Equal(had, await _world.HasAsync());
        Assert.True(await _world.Grain.Fold(1));
        Assert.True(await _world.Grain.Fold(1));
        await AssertWholeAsync(had);
    }

    /// <summary>The rest of the log shows that a snapshot lacks an artwork: what it is to stand for stays.</summary>
    [Fact]
    public async Task NothingIsDroppedForASnapshotThatDoesNotSayWhatTheLogSays()
    {
        await _world.LiveAsync();
        var rows = await _world.History.ReadBlocksAsync(FoldingWorld.Listener, 0, Stop);
        foreach (var slot in new[] { 0, 1 })
        {
            var log = new ListenerLog(FoldingWorld.Listener);
            var forgetful = log.Fold();
            await _world.AppendAsync(new SnapshotTaken(new ListenerSnapshot(FoldingWorld.Listener, slot, rows[^1].BlockNumber, rows[^1].Checksum, forgetful.ToBytes(), FoldingWorld.Kept), 0));
        }

        await _world.DropAsync();

        Assert.Equal(rows.Count, Number("select count(*) from listener_block"));
        Assert.Equal(0, Number("select count(*) from dropped_block_month where done_at is not null"));
        Assert.Contains(await _world.FaultsAsync(), fault => fault.Contains("does not say what the log says", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SnapshotTakesThePlaceOfTheOneThatItsWriterKnowsAlone()
    {
        await _world.LiveAsync();
        var rows = await _world.History.ReadBlocksAsync(FoldingWorld.Listener, 0, Stop);
        await _world.AppendAsync(Taken(20, 0));
        await TakeAsync(10, 0);
        await TakeAsync(30, 10);
        Assert.Equal(20, Number("select block_number from listener_snapshot where slot = 0"));

        await _world.AppendAsync(Taken(30, 20));
        Assert.Equal(30, Number("select block_number from listener_snapshot where slot = 0"));
        await TakeAsync(25, 30);
        Assert.Equal(30, Number("select block_number from listener_snapshot where slot = 0"));
        // The log does not have such a block.
        await TakeAsync(100_000, 30);
        Assert.Equal(30, Number("select block_number from listener_snapshot where slot = 0"));

        SnapshotTaken Taken(long number, long replaced) => new(
            new ListenerSnapshot(FoldingWorld.Listener, 0, number, rows.SingleOrDefault(row => row.BlockNumber == number)?.Checksum ?? 0, new ListenerLog("").Fold().ToBytes(), FoldingWorld.Kept), replaced);

        Task TakeAsync(long number, long replaced) => Record.ExceptionAsync(() => _world.AppendAsync(Taken(number, replaced))).AsTask();
    }

    /// <summary>The rows that say so are dropped, and verification still knows it.</summary>
    [Fact]
    public async Task WhatAGuestBroughtAlongAndWhatAnotherSystemShowedIsStillVerified()
    {
        var (old, session, guest) = (FoldingWorld.Kept.AddMonths(-1), Guid.CreateVersion7(FoldingWorld.Kept.AddMonths(-1)), Guid.CreateVersion7(FoldingWorld.Kept.AddMonths(-1)));
        await _world.AppendAsync(LedgerFile.Made(60));
        await _world.AppendAsync(new SessionOpened(FoldingWorld.Listener, session, "test", old), new SessionOpened("guest-a", guest, "test", old));
        await _world.AppendAsync(Block(FoldingWorld.Listener, 1, session, BlockKind.SetAside, 1, 2), Block("guest-a", 1, guest, BlockKind.SetAside, 10, 11), Block("guest-a", 2, guest, BlockKind.SetAside, 12));
        await _world.AppendAsync(new ListenerJoined("guest-a", 3, FoldingWorld.Listener, 2, [10, 11, 12], old));
        await _world.AppendAsync(
            new ViewsBackfilled(new Dictionary<long, DateTimeOffset> { [50] = old }), Block(FoldingWorld.Listener, 3, Guid.Empty, BlockKind.Backfilled, 50),
            Block(FoldingWorld.Listener, 4, guest, BlockKind.Claimed, 20) with { Claimed = 1 }, Block(FoldingWorld.Listener, 5, session, BlockKind.SetAside, 3) with { LoggedAt = FoldingWorld.Kept });
        await AssertWholeAsync([1, 2, 3, 10, 11, 12, 20, 50]);

        Assert.True(await _world.DropAsync());

        // The last row of each.
        Assert.Equal(2, Number("select count(*) from listener_block"));
        await AssertWholeAsync([1, 2, 3, 10, 11, 12, 20, 50]);
        await _world.RestartAsync();
        await AssertWholeAsync([1, 2, 3, 10, 11, 12, 20, 50]);

        BlockLogged Block(string listener, long number, Guid by, BlockKind kind, params long[] ids) => new(listener, number, kind, by, [.. ids], [], old);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task ErasureTakesTheSnapshotsToo(bool isOfTheReleaseBefore)
    {
        await _world.LiveAsync();
        Assert.True(await _world.DropAsync());
        await _world.Erasures.AskAsync(FoldingWorld.Listener, FoldingWorld.Kept, Stop);
        if (isOfTheReleaseBefore)
        {
            // It knows no snapshots, and takes the name from the erasure at the end.
            _world.Scalar("update erasure set listener_id = null");
        }
        else
        {
            foreach (var due in await _world.Erasures.ReadDueAsync(10, Stop))
            {
                await _world.Erasures.DeleteAsync(due, Stop);
            }
        }

        Assert.Equal(0, Number("select count(*) from listener_snapshot"));
        Assert.False(await _world.Grain.Fold(1));
        Assert.Equal(0, Number("select count(*) from listener_snapshot"));
    }

    /// <summary>To a release that reads no snapshots, what is left of the log would be all of it.</summary>
    [Fact]
    public async Task WriterOfTheReleaseBeforeWritesToNoLogThatHasLostItsFirstBlocks()
    {
        await _world.LiveAsync();
        await _world.LiveAsync("sub-bob");
        _world.Scalar("update ledger_writer set reads_snapshots = null");
        var last = Number("select max(block_number) from listener_block");
        await _world.AppendAsync(new BlockLogged(FoldingWorld.Listener, last + 1, BlockKind.Backfilled, Guid.Empty, [1], [], FoldingWorld.Kept));
        await _world.RestartAsync();
        Assert.True(await _world.DropAsync());
        _world.Scalar("update ledger_writer set reads_snapshots = null");

        var refused = await Record.ExceptionAsync(() => _world.AppendAsync(new BlockLogged(FoldingWorld.Listener, last + 2, BlockKind.Backfilled, Guid.Empty, [1], [], FoldingWorld.Kept)));

        Assert.Contains("Fenced", refused!.ToString(), StringComparison.Ordinal);
        await _world.AppendAsync(new BlockLogged("sub-new", 1, BlockKind.Backfilled, Guid.Empty, [1], [], FoldingWorld.Kept));
        await _world.AppendAsync(new BlockLogged("sub-new", 2, BlockKind.Backfilled, Guid.Empty, [2], [], FoldingWorld.Kept));
    }

    private async Task AssertWholeAsync(long[] had)
    {
        Assert.Equal(had, await _world.HasAsync());
        Assert.Empty(await _world.FaultsAsync());
    }

    private void Damage(int slot) => _world.Scalar($"update listener_snapshot set last_row = last_row + 1 where slot = {slot.ToString(CultureInfo.InvariantCulture)}");

    private long Number(string sql) => Convert.ToInt64(_world.Scalar(sql), CultureInfo.InvariantCulture);
}

public sealed class SqliteFoldedLogTests : FoldedLogTests
{
    protected override Task<FoldingWorld> StartAsync() => SqliteFolding.StartAsync();
}

[Collection("postgres")]
public sealed class PostgresFoldedLogTests(PostgresWorld world) : FoldedLogTests
{
    protected override Task<FoldingWorld> StartAsync() => PostgresFolding.StartAsync(world);
}

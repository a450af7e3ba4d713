using ArtFresh.Grains.Listener;
using ArtFresh.Ledger;
using ArtFresh.TestWorld;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>Orleans' ADO.NET providers on our statements: what they get wrong elsewhere, they must not get wrong here.</summary>
[Collection("postgres")]
public sealed class OrleansOnPostgresTests(PostgresWorld world) : IAsyncLifetime
{
    private const string StateName = "listener";
    private PostgresSilo _silo = null!;

    private IGrainStorage Snapshots => _silo.Services.GetRequiredKeyedService<IGrainStorage>(ListenerGrain.SnapshotStorage);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _silo = await PostgresSilo.StartAsync(world.Server);

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task OneOfTwoConcurrentFirstWritesIsRefused()
    {
        for (var round = 0; round < 20; round++)
        {
            var grain = Listener($"guest-{Guid.CreateVersion7():N}");
            using var start = new Barrier(2);
            var writes = await Task.WhenAll(Enumerable.Range(1, 2).Select(block => Task.Run(
                async () =>
                {
                    start.SignalAndWait(Stop);
                    return await Record.ExceptionAsync(() => WriteAsync(grain, block, etag: null));
                },
                Stop)));

            Assert.Single(writes, fault => fault is null);
            Assert.IsType<InconsistentStateException>(Assert.Single(writes, fault => fault is not null));
            Assert.Equal(Array.IndexOf(writes, null) + 1, (await ReadAsync(grain)).Block);
        }
    }

    [Fact]
    public async Task LaterWriteOfAnOldVersionIsRefused()
    {
        var grain = Listener("guest-a");
        await WriteAsync(grain, 1, etag: null);
        var read = await ReadAsync(grain);
        await WriteAsync(grain, 2, read.ETag);

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(grain, 3, read.ETag));

        Assert.Equal(2, (await ReadAsync(grain)).Block);
    }

    [Fact]
    public async Task ListenersWhoseNamesLookLikeNumbersHaveStatesOfTheirOwn()
    {
        // As the front end names listeners: after a prefix that is no hexadecimal number, and without '+'.
        string[] names = ["sub-1f", "sub-001F", "sub-01f", "sub-a%2Bb", "sub-a", "sub-a%2Bc", "guest-0123456789abcdef0123456789abcdef", "sub-0123456789abcdef0123456789abcdef"];
        for (var i = 0; i < names.Length; i++)
        {
            await WriteAsync(Listener(names[i]), i + 1, etag: null);
        }

        for (var i = 0; i < names.Length; i++)
        {
            Assert.Equal(i + 1, (await ReadAsync(Listener(names[i]))).Block);
        }
    }

    [Fact]
    public async Task DamagedSnapshotReadsAsNoneAndIsReplacedByTheNext()
    {
        var grain = Listener("guest-a");
        await WriteAsync(grain, 7, etag: null);
        await _silo.CountAsync("update orleansstorage set payloadbinary = '\\xdeadbeef'; select 1");

        var damaged = await ReadAsync(grain);
        await WriteAsync(grain, 8, damaged.ETag);

        Assert.Equal(0, damaged.Block);
        Assert.Equal(8, (await ReadAsync(grain)).Block);
    }

    [Fact]
    public async Task SnapshotIsBytesAndSmall()
    {
        var state = new GrainState<ListenerState>(new ListenerState { BlockNumber = 1, Served = new byte[1_000] });
        await LogAsync("guest-a");
        await Snapshots.WriteStateAsync(StateName, Listener("guest-a"), state);

        Assert.InRange(await _silo.CountAsync("select length(payloadbinary) from orleansstorage"), 1_000, 1_100);
    }

    [Fact]
    public async Task UpkeepIsOnAReminderAndMakesTheMonthsAhead()
    {
        Assert.Equal(1, await _silo.CountAsync("select count(*) from orleansreminderstable where remindername = 'daily' and period = 86400000"));
        var months = await _silo.CountAsync("select count(*) from pg_inherits where inhparent = 'impression_batch'::regclass");
        await _silo.CountAsync(
            """
            do $$ begin execute 'drop table ' || (select max(inhrelid::regclass::text) from pg_inherits where inhparent = 'impression_batch'::regclass); end $$; select 1
            """);

        var upkeep = _silo.Services.GetRequiredService<ILedgerUpkeep>();
        await upkeep.PrepareAsync(Stop);
        await upkeep.PrepareAsync(Stop);

        Assert.Equal(months, await _silo.CountAsync("select count(*) from pg_inherits where inhparent = 'impression_batch'::regclass"));
    }

    /// <summary>As an activation would write it that has outlived its listener.</summary>
    [Fact]
    public async Task SnapshotOfAListenerWithoutALogIsRefused()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Snapshots.WriteStateAsync(StateName, Listener("guest-erased"), new GrainState<ListenerState>(new ListenerState { BlockNumber = 1 })));

        Assert.Equal(0, await _silo.CountAsync("select count(*) from orleansstorage"));
    }

    private static GrainId Listener(string name) => GrainId.Create("listener", name);

    private async Task WriteAsync(GrainId grain, long blockNumber, string? etag)
    {
        await LogAsync(grain.Key.ToString()!);
        await Snapshots.WriteStateAsync(StateName, grain, new GrainState<ListenerState>(new ListenerState { BlockNumber = blockNumber }, etag));
    }

    /// <summary>A snapshot is of a log.</summary>
    private Task<long> LogAsync(string listener) => _silo.CountAsync(
        $"""
        insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, logged_at) values ('{listener}', 1, 0, gen_random_uuid(), '', 0)
        on conflict do nothing; select 1
        """);

    private async Task<(long Block, string? ETag)> ReadAsync(GrainId grain)
    {
        var state = new GrainState<ListenerState>(new ListenerState());
        await Snapshots.ReadStateAsync(StateName, grain, state);
        return (state.State!.BlockNumber, state.ETag);
    }
}

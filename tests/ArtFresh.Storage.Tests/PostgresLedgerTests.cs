using System.Net.NetworkInformation;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.Storage.Tests;

[Collection("postgres")]
public sealed class PostgresLedgerTests : LedgerTests
{
    private const string Listener = "guest-a";
    private readonly PostgresWorld _world;
    private readonly PostgresFile _postgres;
    private readonly Guid _session = Guid.CreateVersion7();

    public PostgresLedgerTests(PostgresWorld world)
        : this(world, new PostgresFile(world.Server))
    {
    }

    private PostgresLedgerTests(PostgresWorld world, PostgresFile file)
        : base(file) => (_world, _postgres) = (world, file);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CommitWhoseAnswerWasLostIsFoundAndNotRepeated()
    {
        await using var far = new FarLedger(_postgres.ConnectionString);
        var writer = await far.Ledger.StartWriterAsync(Stop);
        await far.Ledger.CommitAsync(Group(writer, 1, LedgerFile.Made(4), new SessionOpened(Listener, _session, "r1", LedgerFile.Now)), Stop);

        for (var number = 1; number <= 10; number++)
        {
            far.Proxy.LoseNextAnswer();
            var verdicts = await far.Ledger.CommitAsync(
                Group(writer, number, LedgerFile.Batch(_session, number, number, 1), LedgerFile.Block(Listener, number, _session, BlockKind.SetAside, [number]), LedgerFile.Made(1)), Stop);
            Assert.Equal([LedgerVerdict.Committed, LedgerVerdict.Committed, LedgerVerdict.Committed], verdicts);
        }

        Assert.Equal(10, far.Proxy.Lost);
        Assert.Equal(10L, _postgres.Scalar("select count(*) from impression_batch"));
        Assert.Equal(14L, _postgres.Scalar("select count(*) from artwork"));
    }

    [Fact]
    public async Task TallyWhoseAnswerWasLostIsAddedUpOnce()
    {
        await using var far = new FarLedger(_postgres.ConnectionString);
        var writer = await far.Ledger.StartWriterAsync(Stop);
        await far.Ledger.CommitAsync(Group(writer, 1, LedgerFile.Made(1)), Stop);
        for (var position = 0; position < 6; position++)
        {
            far.Proxy.LoseNextAnswer();
            var advanced = new TallyAdvanced(writer, position, position + 1, [new ViewsAdded(1, 1, LedgerFile.Now)], [new CounterAdded("r1", LedgerFile.Now, "Batches", 1)], []);
            // False where the answer that was lost was the last: the retry finds the checkpoint moved.
            await far.Ledger.AdvanceAsync(advanced, Stop);
        }

        await _postgres.CountViewsAsync();
        Assert.Equal(6, (await _postgres.Catalogue.ReadViewsAsync(1, Stop))!.ViewCount);
        Assert.Equal(6, (await _postgres.Figures.ReadCountersAsync(LedgerFile.Now.AddHours(-1), null, Stop)).Single().Amount);
    }

    [Fact]
    public async Task BrokenIdleConnectionsAreReplaced()
    {
        var settings = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { KeepAlive = 1, ApplicationName = "kept" };
        await using var database = new PostgresDatabase(settings.ToString());
        await using var ledger = new PostgresLedger(database, TimeProvider.System);
        var writer = await ledger.StartWriterAsync(Stop);
        await ledger.CommitAsync(Group(writer, 1, LedgerFile.Made(1)), Stop);
        await ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, [], [], []), Stop);
        Assert.Equal(2L, _postgres.Scalar("select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'kept'"));
        await Eventually.TrueAsync(() => 0L.Equals(_postgres.Scalar("select count(*) from pg_stat_activity where application_name = 'kept'")));
        // Until the keepalive has found it out: then this side closes its end as well.
        await Eventually.TrueAsync(() => !IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Any(connection => connection.RemoteEndPoint.Port == settings.Port && connection.State == TcpState.CloseWait));

        Assert.True(await ledger.AdvanceAsync(new TallyAdvanced(writer, 1, 2, [], [], []), Stop));
        Assert.Equal([LedgerVerdict.Committed], await ledger.CommitAsync(Group(writer, 1, LedgerFile.Batch(_session, 1, 1, 1)), Stop));
    }

    [Fact]
    public async Task SessionsAreReadWithOneQueryPlan()
    {
        var settings = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { MaxPoolSize = 1 };
        await using var database = new PostgresDatabase(settings.ToString());
        var history = new SqlHistory(database);
        for (var reads = 0; reads < 12; reads++)
        {
            await history.ReadSessionAsync(Listener, Guid.CreateVersion7(), Stop);
        }

        await using var connection = await database.OpenAsync(Stop);
        await using var planned = new NpgsqlCommand(
            "select count(*) from pg_prepared_statements where statement like '%impression_batch%' and generic_plans >= 10 and custom_plans = 0", connection);
        Assert.Equal(1L, await planned.ExecuteScalarAsync(Stop));
    }

    [Fact]
    public async Task OneInvalidEntryDoesNotFailItsGroup()
    {
        var writer = await _postgres.Ledger.StartWriterAsync(Stop);
        var inDroppedMonth = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(40));
        var verdicts = await _postgres.CommitAsync(
            writer, 1,
            LedgerFile.Made(3),
            LedgerFile.Batch(_session, 1, 1, 1),
            LedgerFile.Batch(inDroppedMonth, 1, 1, 2),
            LedgerFile.Block("guest-\0", 1, _session, BlockKind.SetAside, [1]),
            LedgerFile.Batch(_session, 2, 2, 3));

        Assert.Equal(
            [LedgerVerdict.Committed, LedgerVerdict.Committed, LedgerVerdict.Fenced, LedgerVerdict.Unavailable, LedgerVerdict.Committed], verdicts);
        Assert.Equal(2L, _postgres.Scalar("select max(position) from impression_batch"));
    }

    [Fact]
    public async Task SilosThatShowTheSameArtworksAtOnceDoNotDeadlockAndFirstViewsStay()
    {
        await using var databases = new PostgresDatabase(_postgres.ConnectionString);
        await _postgres.CommitAsync(await _postgres.Ledger.StartWriterAsync(Stop), 1, LedgerFile.Made(500));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(silo => Task.Run(
            async () =>
            {
                await using var ledger = new PostgresLedger(databases, TimeProvider.System);
                var writer = await ledger.StartWriterAsync(Stop);
                var random = new Random(silo);
                for (var number = 1; number <= 30; number++)
                {
                    var ids = Enumerable.Range(0, 60).Select(_ => random.NextInt64(1, 501)).Distinct().ToArray();
                    var verdicts = await ledger.CommitAsync(Group(writer, number, LedgerFile.Batch(Guid.CreateVersion7(), 1, 1, ids), LedgerFile.Made(2)), Stop);
                    Assert.Equal([LedgerVerdict.Committed, LedgerVerdict.Committed], verdicts);
                }
            },
            Stop)));

        var ids = await _postgres.Catalogue.ReadPoolAsync(3, 0, Stop);
        Assert.Equal(Enumerable.Range(1, 740).Select(id => (long)id), ids);
        Assert.Equal(0, (await _postgres.Figures.CountLegacyAsync(Stop)).ImpressionsWithoutViewedAt);
    }

    [Fact]
    public async Task MonthIsDroppedOnlyWhenItIsOldAndAddedUp()
    {
        var writer = await _postgres.Ledger.StartWriterAsync(Stop);
        await _postgres.CommitAsync(
            writer, 1, LedgerFile.Made(1), new SessionOpened(Listener, _session, "r1", LedgerFile.Now), LedgerFile.Batch(_session, 1, 1, 1),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1]));
        var now = TimeProvider.System.GetUtcNow();
        await Assert.ThrowsAsync<InvalidOperationException>(() => MonthPartitions.DropAsync(_postgres.Database, now, now, Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(() => MonthPartitions.DropAsync(_postgres.Database, now, now.AddMonths(3), Stop));
        await _postgres.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, [], [], []), Stop);

        Assert.Equal(1, await MonthPartitions.DropAsync(_postgres.Database, now, now.AddMonths(3), Stop));

        Assert.Null(await _postgres.History.ReadSessionAsync(Listener, _session, Stop));
        Assert.Single(await _postgres.History.ReadBlocksAsync(Listener, 0, Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(() => MonthPartitions.DropAsync(_postgres.Database, now, now.AddMonths(3), Stop));
    }

    [Fact]
    public async Task SchemaIsUpgradedOnceHoweverManyStartAtOnce()
    {
        var connectionString = _world.Server.NewDatabase();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            await using var database = new PostgresDatabase(connectionString);
            await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), Stop);
        }));

        await using var read = new PostgresDatabase(connectionString);
        await using var connection = await read.OpenAsync(Stop);
        await using var command = new NpgsqlCommand("select string_agg(version::text, ' ' order by version) from schema_version", connection);
        Assert.Equal(string.Join(' ', Enumerable.Range(1, 30)), await command.ExecuteScalarAsync(Stop));
    }

    private static CommitGroup Group(long writer, long firstPosition, params LedgerEntry[] entries) => new(writer, firstPosition, entries, new ArtworkSet());

    /// <summary>The same database, over a line that loses answers.</summary>
    private sealed class FarLedger : IAsyncDisposable
    {
        private readonly PostgresDatabase _database;

        public FarLedger(string connectionString)
        {
            var there = new NpgsqlConnectionStringBuilder(connectionString);
            Proxy = new FaultLink(there.Port);
            there.Port = Proxy.Port;
            _database = new PostgresDatabase(there.ToString());
            Ledger = new PostgresLedger(_database, TimeProvider.System);
        }

        public FaultLink Proxy { get; }

        public PostgresLedger Ledger { get; }

        public async ValueTask DisposeAsync()
        {
            await Ledger.DisposeAsync();
            await _database.DisposeAsync();
            Proxy.Dispose();
        }
    }
}

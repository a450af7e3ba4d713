using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtFresh.Storage.Tests;

public sealed class SqliteLedgerTests : LedgerTests
{
    private const string Listener = "guest-a";
    private readonly SqliteFile _sqlite;
    private readonly Guid _session = Guid.CreateVersion7();

    public SqliteLedgerTests()
        : this(new SqliteFile())
    {
    }

    private SqliteLedgerTests(SqliteFile file)
        : base(file) => _sqlite = file;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FullDiskFailsTheWholeGroupAndCommitsResumeWhenThereIsRoom()
    {
        var writer = await _sqlite.Ledger.StartWriterAsync(Stop);
        await _sqlite.CommitAsync(writer, 1, LedgerFile.Made(4), new SessionOpened(Listener, _session, "r1", LedgerFile.Now));
        using var full = FullDisk.Of(_sqlite);
        var verdict = LedgerVerdict.Committed;
        var number = 0L;
        await Assert.ThrowsAsync<LedgerUnavailableException>(async () =>
        {
            while (verdict == LedgerVerdict.Committed)
            {
                number++;
                var batch = LedgerFile.Batch(_session, number, number, 1) with { DisplayedAt = new byte[30_000] };
                verdict = (await full.Ledger.CommitAsync(new CommitGroup(writer, number, [batch, LedgerFile.Made(1)], new ArtworkSet()), Stop))[0];
            }
        });

        Assert.Equal(number - 1, (long)_sqlite.Scalar("select count(*) from impression_batch")!);
        Assert.Equal(4 + number - 1, (long)_sqlite.Scalar("select count(*) from artwork")!);

        Assert.Contains("cannot be written", await full.Ledger.FindFaultAsync(Stop), StringComparison.Ordinal);

        full.MakeRoom();
        Assert.Null(await full.Ledger.FindFaultAsync(Stop));
        var next = await full.Ledger.CommitAsync(new CommitGroup(writer, number, [LedgerFile.Batch(_session, number, number, 1)], new ArtworkSet()), Stop);
        Assert.Equal([LedgerVerdict.Committed], next);
    }

    /// <summary>A flood of requests to keep what is kept made every commit wait.</summary>
    [Fact]
    public async Task WhatIsKeptAlreadyOrNotKeptWaitsForNoWriterAndMakesNoneWait()
    {
        var records = new SqlRecords(_sqlite.Database);
        var kept = new KeptArtwork(1, LedgerFile.Now);
        Assert.True(await records.KeepAsync(Listener, kept, 10, Stop));
        await using var writer = _sqlite.Database.Open();
        await using var writing = writer.BeginTransaction(deferred: false);

        Assert.True(await records.KeepAsync(Listener, kept with { KeptAt = LedgerFile.Now.AddDays(1) }, 10, Stop));
        await records.UnkeepAsync([Listener], 2, Stop);

        await writing.RollbackAsync(Stop);
        Assert.Equal([kept], await records.FindKeptAsync([Listener], [1], Stop));
    }

    /// <summary>Otherwise a request that meets another's commit is answered 150 ms later.</summary>
    [Fact]
    public void ConnectionsAskForLocksAsSqliteDoesAndNotAsTheLibraryDoes()
    {
        using var connection = _sqlite.Database.Open();
        Assert.True(WaitOf(connection) > 0);

        // A reader that keeps the log: who cuts it off does not wait, and then waits for locks again.
        using var reading = _sqlite.Database.Open();
        using var moment = reading.BeginTransaction(deferred: true);
        SqliteDatabase.Execute(reading, "select count(*) from artwork");
        SqliteDatabase.Execute(connection, "insert into dropped_month (first_at) values (1)");
        Assert.False(SqliteDatabase.CutLog(connection));
        Assert.True(WaitOf(connection) > 0);

        static long WaitOf(SqliteConnection connection)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "pragma busy_timeout";
            return (long)command.ExecuteScalar()!;
        }
    }

    [Fact]
    public void SchemaIsUpgradedOnceHoweverManyStartAtOnce()
    {
        Parallel.For(0, 8, _ => new SqliteDatabase(_sqlite.Database.Path).Upgrade(TimeProvider.System));

        Assert.Equal(1L, _sqlite.Scalar("select count(*) from schema_version where version = 1"));
    }
}

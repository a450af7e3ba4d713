using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>Which blocks silos have to end after a command has written to listeners' logs; run over each kind of database.</summary>
public abstract class BlockEndingTests(LedgerFile file, SqlDatabase database) : IDisposable
{
    private const string Listener = "sub-a";
    private const string Guest = "guest-b";

    private readonly LedgerFile _file = file;
    private readonly SqlBlockEndings _endings = new(database);
    private readonly Guid _session = Guid.CreateVersion7();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _file.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task RowFromOutsideEndsBlocksThatSessionsServeFrom()
    {
        await ServeAsync(Listener, _session, LedgerFile.Now);

        await _file.Ledger.EnterAsync([Backfilled(2)], Stop);

        Assert.Equal([new BlockEnding(Listener, 2)], await _endings.ReadAsync(10, Stop));
        Assert.Equal(1, await _endings.CountAsync(Stop));
    }

    [Fact]
    public async Task NothingIsToEndWhereNoSessionServesOrAGrainWrote()
    {
        var ended = Guid.CreateVersion7();
        var writer = await ServeAsync(Listener, _session, LedgerFile.Now - BlockEnding.BlockLifetime - TimeSpan.FromMinutes(11));
        await _file.CommitAsync(writer, 1, new SessionOpened(Listener, ended, "r1", LedgerFile.Now), LedgerFile.Block(Listener, 2, ended, BlockKind.SetAside, [2]));
        await _file.CommitAsync(writer, 1, new SessionEnded(ended, LedgerFile.Now));

        await _file.CommitAsync(writer, 1, LedgerFile.Block(Listener, 3, _session, BlockKind.Claimed, [5]));
        await _file.Ledger.EnterAsync([Backfilled(4), Backfilled(1) with { ListenerId = "sub-who-never-came" }], Stop);

        Assert.Empty(await _endings.ReadAsync(10, Stop));
    }

    [Fact]
    public async Task EndingThatWasAskedForAgainMeanwhileStays()
    {
        await ServeAsync(Listener, _session, LedgerFile.Now);
        await _file.Ledger.EnterAsync([Backfilled(2)], Stop);
        var done = (await _endings.ReadAsync(10, Stop)).Single();
        await _file.Ledger.EnterAsync([Backfilled(3)], Stop);

        await _endings.DeleteAsync(done, Stop);
        Assert.Equal([new BlockEnding(Listener, 3)], await _endings.ReadAsync(10, Stop));

        await _endings.DeleteAsync(new BlockEnding(Listener, 3), Stop);
        Assert.Equal(0, await _endings.CountAsync(Stop));
    }

    /// <summary>The guest may hold what the account was shown, and the account what the guest was.</summary>
    [Fact]
    public async Task OperatorsJoiningEndsTheBlocksOfBoth()
    {
        await ServeAsync(Listener, _session, LedgerFile.Now);
        await ServeAsync(Guest, Guid.CreateVersion7(), LedgerFile.Now);

        await _file.Ledger.EnterAsync([new ListenerJoined(Guest, 2, Listener, 2, [1], LedgerFile.Now)], Stop);

        Assert.Equal([new BlockEnding(Guest, 2), new BlockEnding(Listener, 2)], await _endings.ReadAsync(10, Stop));
    }

    private static BlockLogged Backfilled(long number) => LedgerFile.Block(Listener, number, Guid.Empty, BlockKind.Backfilled, [number + 100]);

    private async Task<long> ServeAsync(string listener, Guid session, DateTimeOffset at)
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(
            writer, 1, new SessionOpened(listener, session, "r1", at), LedgerFile.Block(listener, 1, session, BlockKind.SetAside, [1]) with { LoggedAt = at });
        return writer;
    }
}

public sealed class SqliteBlockEndingTests : BlockEndingTests
{
    public SqliteBlockEndingTests()
        : this(new SqliteFile())
    {
    }

    private SqliteBlockEndingTests(SqliteFile sqlite)
        : base(sqlite, sqlite.Database)
    {
    }
}

[Collection("postgres")]
public sealed class PostgresBlockEndingTests : BlockEndingTests
{
    public PostgresBlockEndingTests(PostgresWorld world)
        : this(new PostgresFile(world.Server))
    {
    }

    private PostgresBlockEndingTests(PostgresFile postgres)
        : base(postgres, postgres.Database)
    {
    }
}

using ArtFresh.Ledger;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>What a ledger keeps of guests who have joined an account; run over each kind of database.</summary>
public abstract class ListenerAliasTests(LedgerFile file) : IDisposable
{
    private const string Guest = "guest-a";
    private const string Account = "sub-b";

    private readonly LedgerFile _file = file;
    private readonly Guid _session = Guid.CreateVersion7();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _file.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task JoiningClosesTheGuestsLogAndGivesTheAccountAllOfIt()
    {
        var writer = await StartAsync();

        Assert.Equal([LedgerVerdict.Committed], await _file.CommitAsync(writer, 1, Joined(guestBlock: 2, accountBlock: 1)));

        Assert.Equal(
            [(1, BlockKind.SetAside, "1,2,3"), (2, BlockKind.Closed, "")], Rows(await _file.History.ReadBlocksAsync(Guest, 0, Stop)));
        Assert.Equal([(1, BlockKind.Backfilled, "1,2,3")], Rows(await _file.History.ReadBlocksAsync(Account, 0, Stop)));
        var alias = new ListenerAlias(Guest, Account, 1, LedgerFile.Now);
        Assert.Equal(alias, await _file.Aliases.FindAliasAsync(Guest, Stop));
        Assert.Null(await _file.Aliases.FindAliasAsync(Account, Stop));
        Assert.Equal([alias], await _file.Aliases.ReadGuestsAsync(Account, Stop));
        Assert.Empty(await _file.Aliases.ReadGuestsAsync(Guest, Stop));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public async Task JoiningWhoseLogsHaveGoneOnWritesNothing(long guestBlock, long accountBlock)
    {
        var writer = await StartAsync();
        await _file.CommitAsync(
            writer, 1, LedgerFile.Block(Account, 1, _session, BlockKind.SetAside, [7]), LedgerFile.Block(Account, 2, _session, BlockKind.SetAside, [8]));

        var verdicts = await _file.CommitAsync(
            writer, 1, Joined(guestBlock, accountBlock), LedgerFile.Block(Account, 3, _session, BlockKind.SetAside, [9]));

        Assert.Equal([LedgerVerdict.Fenced, LedgerVerdict.Committed], verdicts);
        Assert.Equal([(1, BlockKind.SetAside, "1,2,3")], Rows(await _file.History.ReadBlocksAsync(Guest, 0, Stop)));
        Assert.Equal(3, (await _file.History.ReadBlocksAsync(Account, 0, Stop)).Count);
        Assert.Null(await _file.Aliases.FindAliasAsync(Guest, Stop));
    }

    /// <summary>A silo of a release that knows no joining catches up with the closing row and writes the next number.</summary>
    [Fact]
    public async Task ClosedLogTakesNoRowOfAnyNumberAndTheRestOfTheGroupIsCommitted()
    {
        var writer = await StartAsync();
        await _file.CommitAsync(writer, 1, Joined(guestBlock: 2, accountBlock: 1));

        var verdicts = await _file.CommitAsync(
            writer, 1,
            LedgerFile.Block(Guest, 2, _session, BlockKind.SetAside, [4]),
            LedgerFile.Block(Guest, 3, _session, BlockKind.SetAside, [5]),
            LedgerFile.Block(Guest, 9, _session, BlockKind.Claimed, [6]),
            LedgerFile.Block(Account, 2, _session, BlockKind.SetAside, [7]));

        Assert.Equal([LedgerVerdict.Fenced, LedgerVerdict.Fenced, LedgerVerdict.Fenced, LedgerVerdict.Committed], verdicts);
        Assert.Equal(2, (await _file.History.ReadBlocksAsync(Guest, 0, Stop)).Count);
    }

    [Fact]
    public async Task GuestJoinsOnce()
    {
        var writer = await StartAsync();
        await _file.CommitAsync(writer, 1, Joined(guestBlock: 2, accountBlock: 1));

        var verdicts = await _file.CommitAsync(
            writer, 1, Joined(guestBlock: 2, accountBlock: 1), Joined(guestBlock: 3, accountBlock: 2), Joined(3, 1) with { Account = "sub-c" });

        Assert.Equal([LedgerVerdict.Fenced, LedgerVerdict.Fenced, LedgerVerdict.Fenced], verdicts);
        Assert.Equal(Account, (await _file.Aliases.FindAliasAsync(Guest, Stop))?.Account);
        Assert.Empty(await _file.History.ReadBlocksAsync("sub-c", 0, Stop));
    }

    private static ListenerJoined Joined(long guestBlock, long accountBlock) => new(Guest, guestBlock, Account, accountBlock, [1, 2, 3], LedgerFile.Now);

    private static IEnumerable<(long, BlockKind, string)> Rows(IEnumerable<LoggedBlock> blocks) =>
        blocks.Select(block => (block.BlockNumber, block.Kind, string.Join(',', block.ArtworkIds)));

    private async Task<long> StartAsync()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(
            writer, 1, new SessionOpened(Guest, _session, "r1", LedgerFile.Now), LedgerFile.Block(Guest, 1, _session, BlockKind.SetAside, [1, 2, 3]));
        return writer;
    }
}

public sealed class SqliteListenerAliasTests() : ListenerAliasTests(new SqliteFile());

[Collection("postgres")]
public sealed class PostgresListenerAliasTests(PostgresWorld world) : ListenerAliasTests(new PostgresFile(world.Server));

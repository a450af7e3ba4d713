using System.Text;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Xunit;

namespace ArtFresh.Storage.Tests;

public sealed class SqliteErasureTests : ErasureTests
{
    private readonly SqliteFile _sqlite;

    public SqliteErasureTests()
        : this(new SqliteFile())
    {
    }

    private SqliteErasureTests(SqliteFile sqlite)
        : base(sqlite, sqlite.Database) => _sqlite = sqlite;

    /// <summary>SQLite leaves copies of the rows that it moves in the free space of the pages from which it moves them. Rows of many sizes are moved often.</summary>
    [Fact]
    public async Task RowsThatSqliteHasMovedLeaveNothingBehind()
    {
        var random = new Random(1);
        var listeners = Enumerable.Range(0, 3_000).Select(i => $"guest-{random.NextInt64():x16}{i:x16}").ToArray();
        var writer = await File.Ledger.StartWriterAsync(Stop);
        for (var block = 1; block <= 12; block++)
        {
            random.Shuffle(listeners);
            await File.CommitAsync(
                writer, 1,
                [
                    .. listeners.Select(listener => LedgerFile.Block(listener, block, Guid.CreateVersion7(), BlockKind.SetAside, [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.NextInt64(1 << 20)).Distinct().Order()])),
                    .. listeners.Where(_ => random.Next(3) == 0).Select(listener => new SessionOpened(listener, Guid.CreateVersion7(), "r1", LedgerFile.Now)),
                ]);
        }

        var gone = listeners[..600];
        var erasures = new SqlErasures(_sqlite.Database);
        foreach (var listener in gone)
        {
            await erasures.AskAsync(listener, LedgerFile.Now, Stop);
        }

        var dues = await erasures.ReadDueAsync(gone.Length, Stop);
        foreach (var due in dues)
        {
            await erasures.DeleteAsync(due, Stop);
        }

        Assert.True(await erasures.FinishAsync(dues, LedgerFile.Now, Stop));

        var bytes = BytesOf();
        Assert.DoesNotContain(gone, listener => Has(bytes, listener));
        Assert.True(Has(bytes, listeners[^1]));
        // VACUUM, for which all that write would wait, leaves no free page.
        Assert.NotEqual(0L, File.Scalar("pragma freelist_count"));
        Assert.Equal("ok", File.Scalar("pragma integrity_check"));

        // The writer's connection had the pages in memory as they were.
        await File.CommitAsync(
            writer, 1, [.. listeners[600..].Select(listener => LedgerFile.Block(listener, 13, Guid.CreateVersion7(), BlockKind.SetAside, [1, 2, 3]))]);
        File.Scalar("pragma wal_checkpoint(truncate)");
        bytes = BytesOf();
        Assert.DoesNotContain(gone, listener => Has(bytes, listener));
        Assert.Equal("ok", File.Scalar("pragma integrity_check"));
    }

    /// <summary>Whose id is the beginning of another's: it is found in rows of the other, and the file is not written anew for that.</summary>
    [Fact]
    public async Task IdThatIsPartOfAnothersIsNoReasonToWriteTheFileAnew()
    {
        var writer = await File.Ledger.StartWriterAsync(Stop);
        string[] listeners = [.. Enumerable.Range(0, 400).Select(i => $"sub-ann{i}"), "sub-ann"];
        await File.CommitAsync(writer, 1, [.. listeners.Select(listener => LedgerFile.Block(listener, 1, Guid.CreateVersion7(), BlockKind.SetAside, [1, 2, 3]))]);
        await File.CommitAsync(writer, 1, [.. listeners.Select(listener => LedgerFile.Block(listener, 2, Guid.CreateVersion7(), BlockKind.SetAside, [4, 5]))]);
        File.Scalar("create table spare (x blob); insert into spare values (zeroblob(100000)); drop table spare");

        await EraseAsync(listener: "sub-ann");

        Assert.NotEqual(0L, File.Scalar("pragma freelist_count"));
        Assert.Equal(2L, File.Scalar("select count(*) from listener_block where listener_id = 'sub-ann7'"));
    }

    /// <summary>A client sends its request twice, the second time when the id is gone from the erasure and the end is not yet noted.</summary>
    [Fact]
    public async Task ErasureThatIsAskedForAgainAsItEndsIsDoneAgain()
    {
        var erasures = new SqlErasures(_sqlite.Database);
        var writer = await File.Ledger.StartWriterAsync(Stop);
        await File.CommitAsync(writer, 1, LedgerFile.Made(3), LedgerFile.Block("sub-ann", 1, Guid.CreateVersion7(), BlockKind.SetAside, [1, 2, 3]));
        File.Scalar("""
            create trigger asked_again after update of listener_id on erasure when new.listener_id is null
            begin update erasure set listener_id = old.listener_id where erasure_id = old.erasure_id; end
            """);

        await EraseAsync(listener: "sub-ann");
        File.Scalar("drop trigger asked_again");

        Assert.Equal("sub-ann", Assert.Single(await erasures.ReadDueAsync(10, Stop)).ListenerId);
        await EraseAsync(ask: false);
        Assert.Empty(await erasures.ReadDueAsync(10, Stop));
        Assert.False(Names("sub-ann"));
    }

    /// <summary>Byte by byte, in the file, its free pages and the log beside it.</summary>
    protected override bool Names(string text) => Has(BytesOf(), text);

    private static bool Has(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private byte[] BytesOf()
    {
        using var bytes = new MemoryStream();
        foreach (var path in Directory.GetFiles(Path.GetDirectoryName(_sqlite.Database.Path)!))
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.CopyTo(bytes);
        }

        return bytes.ToArray();
    }
}

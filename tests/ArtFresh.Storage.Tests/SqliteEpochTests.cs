using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtFresh.Storage.Tests;

public sealed class SqliteEpochTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("artfresh-epoch-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_directory, "data");

    private string Backup => Path.Combine(_directory, "backup");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task LedgerThatIsOpenedAgainKeepsItsEpoch()
    {
        await RunAsync(async file => await file.CommitAsync(LedgerFile.Made(3)));
        await RunAsync(async file =>
        {
            Assert.Equal([LedgerEpoch.First], file.Epochs.All.Select(epoch => epoch.Number));
            await file.CommitAsync(LedgerFile.Made(1));
            Assert.Equal(4L, file.Scalar("select max(artwork_id) from artwork"));
        });
        await CountAsync(1);
    }

    [Fact]
    public async Task KilledServerLeavesNoEpochBehind()
    {
        await RunAsync(async file => await file.CommitAsync(LedgerFile.Made(3)));
        // A mark whose transaction did not end.
        var mark = Assert.Single(Directory.GetFiles(Data, "*.mark-*"));
        File.WriteAllBytes(mark[..(mark.LastIndexOf('-') + 1)] + (int.Parse(mark[(mark.LastIndexOf('-') + 1)..], null) + 1), []);
        await CountAsync(1);
    }

    [Fact]
    public async Task CopyFromBetweenTwoMarksOpensAnEpochAfterAKill()
    {
        Directory.CreateDirectory(Data);
        var (path, copy) = (Path.Combine(Data, SqliteDatabase.FileName), Path.Combine(_directory, "copy.db"));
        // It lives on, as a killed server would not: its last mark must not move.
        using var killed = new OpenedFile(path, TimeProvider.System);
        await killed.CommitAsync(LedgerFile.Made(3));
        killed.Scalar($"vacuum into '{copy}'");
        var marks = Directory.GetFiles(Data, "*.mark-*");
        await killed.CommitAsync(LedgerFile.Made(5));
        Assert.Equal(marks, Directory.GetFiles(Data, "*.mark-*"));

        SqliteConnection.ClearAllPools();
        Array.ForEach(Directory.GetFiles(Data, SqliteDatabase.FileName + "-*"), File.Delete);
        File.Move(copy, path, overwrite: true);
        using var database = new SqliteDatabase(path);
        database.Upgrade(TimeProvider.System);

        Assert.Equal(3, database.Epochs.Known.All[^1].Floor);
        Assert.Equal(2, database.Epochs.Known.All.Count);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("folder over it")]
    [InlineData("folder in its place")]
    [InlineData("file alone elsewhere")]
    [InlineData("nothing")]
    public async Task CopyThatIsPutBackOpensAnEpochAboveAllThatWasGivenOut(string what)
    {
        await RunAsync(async file => await file.CommitAsync(LedgerFile.Made(3), new SessionOpened("guest-a", Guid.CreateVersion7(), "r1", LedgerFile.Now)));
        Copy(Data, Backup);
        await RunAsync(async file => await file.CommitAsync(LedgerFile.Made(5), new SessionOpened("guest-b", Guid.CreateVersion7(), "r1", LedgerFile.Now)));
        switch (what)
        {
            case "file":
                File.Copy(Path.Combine(Backup, SqliteDatabase.FileName), Path.Combine(Data, SqliteDatabase.FileName), overwrite: true);
                break;
            case "folder over it":
                Copy(Backup, Data);
                break;
            case "folder in its place":
                Directory.Delete(Data, recursive: true);
                Copy(Backup, Data);
                break;
            case "file alone elsewhere":
                Directory.Delete(Data, recursive: true);
                Directory.CreateDirectory(Data);
                File.Copy(Path.Combine(Backup, SqliteDatabase.FileName), Path.Combine(Data, SqliteDatabase.FileName));
                break;
            default:
                File.Delete(Path.Combine(Data, SqliteDatabase.FileName));
                break;
        }

        await RunAsync(async file =>
        {
            var found = file.Epochs.All[^1];
            Assert.True(found.Number > LedgerEpoch.First, found.Reason);
            Assert.Equal(what == "nothing" ? 0 : 3, found.Floor);
            await file.CommitAsync(LedgerFile.Made(2), new SessionOpened("guest-c", Guid.CreateVersion7(), "r1", LedgerFile.Now));
            Assert.Equal(found.FirstArtwork + 1, file.Scalar("select max(artwork_id) from artwork"));
            Assert.Equal(found.FirstGrant, file.Scalar("select max(genome_grant) from session"));
            Assert.Equal(found.FirstWriter, file.Scalar("select max(writer_number) from ledger_writer"));
        });
        await CountAsync(what == "nothing" ? 1 : 2);
    }

    [Fact]
    public async Task SecondRestoreOfOneCopyIsAnotherEpoch()
    {
        await RunAsync(async file => await file.CommitAsync(LedgerFile.Made(3)));
        Copy(Data, Backup);
        var clock = new ShiftedClock();
        var numbers = new List<long>();
        for (var restore = 0; restore < 2; restore++)
        {
            Directory.Delete(Data, recursive: true);
            Copy(Backup, Data);
            clock.By += TimeSpan.FromMinutes(1);
            await RunAsync(
                async file =>
                {
                    await file.CommitAsync(LedgerFile.Made(100));
                    numbers.Add((long)file.Scalar("select max(artwork_id) from artwork")!);
                    Assert.True(file.Epochs.All[^1].FirstArtwork > numbers.ElementAtOrDefault(restore - 1));
                },
                clock);
        }
    }

    [Fact]
    public async Task OperatorsWordOpensAnEpochOrSaysThatNothingWasLost()
    {
        await RunAsync(async file =>
        {
            await file.CommitAsync(LedgerFile.Made(3));
            var opened = await file.Database.Epochs.RestoredAsync(lostNothing: false, Stop);
            Assert.Equal((3, false), (opened.Floor, opened.LostNothing));
            Assert.Equal(3, file.Epochs.FloorOf("sub-a", 0));
            var marked = await file.Database.Epochs.RestoredAsync(lostNothing: true, Stop);
            Assert.Equal((opened.Number, true), (marked.Number, marked.LostNothing));
            Assert.Equal(0, file.Epochs.FloorOf("sub-a", 0));
        });
        await CountAsync(2);
    }

    private Task CountAsync(int epochs) => RunAsync(file =>
    {
        Assert.Equal(epochs, file.Epochs.All.Count);
        return Task.CompletedTask;
    });

    private async Task RunAsync(Func<OpenedFile, Task> work, TimeProvider? clock = null)
    {
        Directory.CreateDirectory(Data);
        using var file = new OpenedFile(Path.Combine(Data, SqliteDatabase.FileName), clock ?? TimeProvider.System);
        await work(file);
    }

    /// <summary>As <c>cp -rp</c>: what it copies keeps its times.</summary>
    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            var copy = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, copy, overwrite: true);
            File.SetLastWriteTimeUtc(copy, File.GetLastWriteTimeUtc(file));
        }
    }

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
    }

    /// <summary>A ledger as a server opens it.</summary>
    private sealed class OpenedFile : IDisposable
    {
        private readonly SqliteLedger _ledger;
        private readonly long _writer;
        private long _position = 1;

        public OpenedFile(string path, TimeProvider clock)
        {
            Database = new SqliteDatabase(path);
            Database.Upgrade(clock);
            _ledger = new SqliteLedger(Database, clock);
            _writer = _ledger.StartWriterAsync(Stop).GetAwaiter().GetResult();
        }

        public SqliteDatabase Database { get; }

        public EpochList Epochs => Database.Epochs.Known;

        public async Task CommitAsync(params LedgerEntry[] entries) => await _ledger.CommitAsync(new CommitGroup(_writer, _position++, entries, new ArtworkSet()), Stop);

        public object? Scalar(string sql)
        {
            using var connection = Database.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }

        public void Dispose()
        {
            _ledger.Dispose();
            Database.Dispose();
            SqliteConnection.ClearAllPools();
        }
    }
}

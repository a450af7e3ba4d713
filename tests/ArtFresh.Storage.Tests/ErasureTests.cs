using System.Text;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>What is left of a listener who is erased; run over each kind of database.</summary>
public abstract class ErasureTests(LedgerFile file, SqlDatabase database) : IDisposable
{
    protected const string Listener = "sub-erased-listener";
    protected const string Guest = "guest-erased-listener";
    private const string Other = "guest-who-stays";

    private readonly SqlErasures _erasures = new(database);
    private readonly Guid _session = Guid.CreateVersion7();
    private readonly Guid _otherSession = Guid.CreateVersion7();

    protected LedgerFile File { get; } = file;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        File.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task NothingNamesAnErasedListenerAndTheRestOfTheLedgerIsSound()
    {
        await FillAsync();
        Assert.True(NamesAny());

        await EraseAsync();

        Assert.False(NamesAny());
        Assert.Empty(await _erasures.ReadDueAsync(10, Stop));
        Assert.True(await _erasures.IsErasedAsync(Listener, Stop));
        Assert.True(await _erasures.IsErasedAsync(Guest, Stop));
        Assert.False(await _erasures.IsErasedAsync(Other, Stop));
        Assert.NotNull(await File.History.ReadSessionAsync(Other, _otherSession, Stop));
        await AssertSoundAsync();
        var (_, proofs) = await _erasures.ExportAsync(Stop);
        Assert.Equal(2, proofs.Count);
        Assert.All(proofs, proof => Assert.NotNull(proof.DoneAt));
        Assert.InRange(proofs.Sum(proof => proof.Rows), 8, 12);
    }

    /// <summary>Nothing but the alias ties a guest to the account: whoever joins between the question and the deletion goes with it.</summary>
    [Fact]
    public async Task GuestWhoJoinedAfterTheErasureWasAskedForIsErasedToo()
    {
        await _erasures.AskAsync(Listener, LedgerFile.Now, Stop);
        await FillAsync();

        await EraseAsync(ask: false);
        await EraseAsync(ask: false);

        Assert.False(NamesAny());
        Assert.True(await _erasures.IsErasedAsync(Guest, Stop));
        await AssertSoundAsync();
    }

    /// <summary>The account must not be served what the guest had, also when the guest alone is erased.</summary>
    [Fact]
    public async Task AccountKeepsWhatAnErasedGuestHad()
    {
        await FillAsync();

        await EraseAsync(listener: Guest);

        Assert.False(Names(Guest));
        Assert.False(await _erasures.IsErasedAsync(Listener, Stop));
        Assert.Equal([3L], (await File.History.ReadBlocksAsync(Listener, 1, Stop)).Single().ArtworkIds);
        await AssertSoundAsync();
    }

    [Fact]
    public async Task ErasureGoesOnWhereItStopped()
    {
        await FillAsync();
        await _erasures.AskAsync(Listener, LedgerFile.Now, Stop);
        var due = await _erasures.ReadDueAsync(10, Stop);
        await _erasures.DeleteAsync(due[0], Stop);

        foreach (var again in await new SqlErasures(database).ReadDueAsync(10, Stop))
        {
            await FinishAsync(again);
        }

        Assert.False(NamesAny());
    }

    [Fact]
    public async Task ErasureAskedForAgainKeepsItsNumber()
    {
        await FillAsync();
        var first = await _erasures.AskAsync(Listener, LedgerFile.Now, Stop);
        Assert.Equal(first, await _erasures.AskAsync(Listener, LedgerFile.Now, Stop));
        await EraseAsync();
        Assert.Equal(first, await _erasures.AskAsync(Listener, LedgerFile.Now, Stop));
    }

    [Fact]
    public async Task RestoredCopyErasesAgainWhatWasErasedBefore()
    {
        await FillAsync();
        await EraseAsync();
        var (key, proofs) = await _erasures.ExportAsync(Stop);
        await FillAgainAsync();
        Assert.True(NamesAny());

        Assert.Equal(2, await _erasures.ApplyAsync(key, proofs, LedgerFile.Now, Stop));
        await EraseAsync(ask: false);

        Assert.False(NamesAny());
    }

    [Fact]
    public async Task BatchesThatNoTallyHasAddedUpAreKnown()
    {
        var writer = await FillAsync(isTallied: false);
        Assert.True(await _erasures.HasUntalliedAsync(Listener, Stop));

        await TallyAsync(writer);

        Assert.False(await _erasures.HasUntalliedAsync(Listener, Stop));
    }

    /// <summary>Whether any table, or the database's file, names the listener or its guest.</summary>
    protected abstract bool Names(string text);

    private async Task AssertSoundAsync()
    {
        var report = new VerifyReport(9);
        await File.Source.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, report, Stop);
                return true;
            },
            Stop);
        Assert.Equal([], report.All.SelectMany(check => check.Rows).Select(broken => broken.What));
    }

    private bool NamesAny() => Names(Listener) || Names(Guest);

    private async Task<long> FillAsync(bool isTallied = true)
    {
        var writer = await File.Ledger.StartWriterAsync(Stop);
        var guestSession = Guid.CreateVersion7();
        await File.CommitAsync(
            writer, 1,
            LedgerFile.Made(6),
            new SessionOpened(Listener, _session, "r1", LedgerFile.Now),
            new SessionOpened(Guest, guestSession, "r1", LedgerFile.Now),
            new SessionOpened(Other, _otherSession, "r1", LedgerFile.Now),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2]),
            LedgerFile.Block(Guest, 1, guestSession, BlockKind.SetAside, [3]),
            LedgerFile.Block(Other, 1, _otherSession, BlockKind.SetAside, [1, 2]),
            LedgerFile.Batch(_session, 1, 1, 1, 2),
            LedgerFile.Batch(_otherSession, 1, 1, 2),
            LedgerFile.Batch(guestSession, 1, 1, 3));
        await File.CommitAsync(writer, 4, new ListenerJoined(Guest, 2, Listener, 2, [3], LedgerFile.Now));
        await new SqlRecords(database).KeepAsync(Listener, new KeptArtwork(1, LedgerFile.Now), 10, Stop);
        if (isTallied)
        {
            await TallyAsync(writer);
        }

        return writer;
    }

    /// <summary>The rows that a copy from before the erasure brings back.</summary>
    private async Task FillAgainAsync()
    {
        var writer = await File.Ledger.StartWriterAsync(Stop);
        await File.CommitAsync(
            writer, 1, new SessionOpened(Listener, Guid.CreateVersion7(), "r1", LedgerFile.Now), LedgerFile.Block(Guest, 1, Guid.CreateVersion7(), BlockKind.SetAside, [3]));
    }

    private async Task TallyAsync(long writer)
    {
        var views = new ViewSums();
        views.Add([1, 2, 2, 3], LedgerFile.Now);
        var hour = CounterAdded.StartOf(LedgerFile.Now, TimeSpan.FromHours(1));
        await File.Ledger.AdvanceAsync(
            new TallyAdvanced(writer, 0, 3, views, [new CounterAdded("r1", hour, nameof(KpiCounts.ImpressionsRecorded), 4)], []), Stop);
    }

    private async Task EraseAsync(bool ask = true, string listener = Listener)
    {
        if (ask)
        {
            await _erasures.AskAsync(listener, LedgerFile.Now, Stop);
        }

        foreach (var due in await _erasures.ReadDueAsync(10, Stop))
        {
            await FinishAsync(due);
        }
    }

    private async Task FinishAsync(ErasureDue due)
    {
        while (due.ListenerId is not null && await _erasures.DeleteAsync(due, Stop) > 0)
        {
        }

        Assert.True(await _erasures.FinishAsync(due.Erasure, LedgerFile.Now, Stop));
    }
}

public sealed class SqliteErasureTests : ErasureTests
{
    private readonly SqliteFile _sqlite;

    public SqliteErasureTests()
        : this(new SqliteFile())
    {
    }

    private SqliteErasureTests(SqliteFile sqlite)
        : base(sqlite, sqlite.Database) => _sqlite = sqlite;

    /// <summary>Byte by byte, in the file, its free pages and the log beside it.</summary>
    protected override bool Names(string text) => Directory.GetFiles(Path.GetDirectoryName(_sqlite.Database.Path)!)
        .Any(path =>
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        });
}

[Collection("postgres")]
public sealed class PostgresErasureTests : ErasureTests
{
    public PostgresErasureTests(PostgresWorld world)
        : this(new PostgresFile(world.Server))
    {
    }

    private PostgresErasureTests(PostgresFile postgres)
        : base(postgres, postgres.Database)
    {
    }

    protected override bool Names(string text) => (bool)File.Scalar($"select position('{text}' in database_to_xml(true, false, '')::text) > 0")!;
}

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

        Assert.Equal(new ErasuresApplied(2, 0), await _erasures.ApplyAsync(key, proofs, LedgerFile.Now, Stop));
        await EraseAsync(ask: false);

        Assert.False(NamesAny());
    }

    [Fact]
    public async Task LedgerWithoutProofsTakesOverTheirKeyAndRefusesWhomItNeverHeld()
    {
        var key = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var proof = new ErasureProof(System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("guest-of-a-lost-day")), LedgerFile.Now, LedgerFile.Now, 7);
        Assert.False(await _erasures.IsErasedAsync("guest-of-a-lost-day", Stop));

        Assert.Equal(new ErasuresApplied(0, 1), await _erasures.ApplyAsync(key, [proof], LedgerFile.Now, Stop));

        Assert.True(await _erasures.IsErasedAsync("guest-of-a-lost-day", Stop));
        Assert.Empty(await _erasures.ReadDueAsync(10, Stop));
        await Assert.ThrowsAsync<InvalidDataException>(() => _erasures.ApplyAsync(new byte[32], [proof], LedgerFile.Now, Stop));
    }

    [Fact]
    public async Task WhatIsHeldOfAListenerIsCounted()
    {
        await FillAsync();
        var records = new SqlRecords(database);

        Assert.Equal(new ListenerHoldings(Sessions: 1, Batches: 1, Served: 2, Snapshots: 0, Kept: 1, Joined: 1, Strikes: 0), await records.CountAsync(Listener, Stop));
        Assert.Equal(new ListenerHoldings(1, 1, 2, 0, 0, 0, 0), await records.CountAsync(Guest, Stop));
        Assert.Equal(0, (await records.CountAsync("nobody", Stop)).Rows);
    }

    /// <summary>As a release before wrote it.</summary>
    [Fact]
    public async Task AuditRowOfAStrikeLosesTheNameWithTheListener()
    {
        await FillAsync();
        var releases = new SqlReleases(database);
        foreach (var listener in new[] { Listener, Other })
        {
            await releases.AppendAsync(new OperatorAct(LedgerFile.Now, "ann", "strike-claims", null, $"listener {listener}: lies: of many"), Stop);
        }

        await EraseAsync();

        Assert.False(NamesAny());
        var name = ErasureProof.NameOf(await _erasures.ProofOfAsync(Listener, Stop));
        Assert.Equal([$"listener {Other}: lies: of many", $"listener {name}: lies: of many"], (await releases.ReadAsync(2, Stop)).Select(row => row.Detail));
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
        var report = new VerificationResult(9);
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

        Assert.True(await _erasures.FinishAsync([due], LedgerFile.Now, Stop));
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

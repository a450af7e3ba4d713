using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>What goes by itself once it is old; run over each kind of database.</summary>
public abstract class RetentionTests(LedgerFile file, SqlDatabase database, ILedgerMonths months) : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly SqlErasures _erasures = new(database);
    private readonly Guid _member = Guid.CreateVersion7();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A day after which all that the tests write is old.</summary>
    private static DateTimeOffset Later => LedgerFile.Now.AddDays(400);

    private SqlRetention Retention => new(database, _erasures);

    public void Dispose()
    {
        file.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task OneMemberHasTheTurnUntilItEndsOrTheLeaseDoes()
    {
        var (other, now) = (Guid.CreateVersion7(), LedgerFile.Now);
        Assert.True(await Retention.TakeTurnAsync(_member, now, Lease, Stop));
        Assert.True(await Retention.TakeTurnAsync(_member, now, Lease, Stop));
        Assert.False(await Retention.TakeTurnAsync(other, now, Lease, Stop));

        Assert.True(await Retention.TakeTurnAsync(other, now + Lease, Lease, Stop));
        Assert.False(await Retention.TakeTurnAsync(_member, now + Lease, Lease, Stop));
        // The end of one that has lost its turn ends nobody else's.
        await Retention.EndTurnAsync(_member, now.AddDays(1), Stop);
        Assert.False(await Retention.TakeTurnAsync(_member, now + Lease, Lease, Stop));

        await Retention.EndTurnAsync(other, now.AddDays(1), Stop);
        Assert.False(await Retention.TakeTurnAsync(_member, now.AddHours(23), Lease, Stop));
        Assert.True(await Retention.TakeTurnAsync(_member, now.AddDays(1), Lease, Stop));
    }

    [Fact]
    public async Task MemberThatHasLostItsTurnAsksForNothing()
    {
        await ServeAsync("sub-idle");
        Assert.True(await Retention.TakeTurnAsync(_member, Later, Lease, Stop));
        Assert.True(await Retention.TakeTurnAsync(Guid.CreateVersion7(), Later + Lease, Lease, Stop));

        Assert.False(await Retention.LapseAsync("sub-idle", Later, _member, Later + Lease, Stop));

        Assert.Empty(await _erasures.ReadDueAsync(10, Stop));
    }

    [Fact]
    public async Task SweepFindsEveryListenerOfBothTablesPartByPart()
    {
        string[] listeners = [.. Enumerable.Range(0, 23).Select(i => $"guest-{i:x2}")];
        foreach (var listener in listeners)
        {
            await ServeAsync(listener, isServed: listener != "guest-05");
        }

        foreach (var count in new[] { 1, 7, 23, 100 })
        {
            Assert.Equal(listeners.Where(listener => listener != "guest-05"), await SweepAsync(ListenerSource.Blocks, count));
            Assert.Equal(listeners, await SweepAsync(ListenerSource.Sessions, count));
        }
    }

    [Fact]
    public async Task YoungestVisitOfAnAccountOrItsGuestsCounts()
    {
        // Each was away for long but for one thing.
        await ServeAsync("sub-session", visits: (at, writer, position) => file.CommitAsync(writer, position, new SessionOpened("sub-session", Guid.CreateVersion7(at), "r1", at)));
        await ServeAsync("sub-block", visits: (at, writer, position) => file.CommitAsync(
            writer, position, LedgerFile.Block("sub-block", 2, Guid.CreateVersion7(), BlockKind.Claimed, [2]) with { LoggedAt = at }));
        await ServeAsync("sub-kept", visits: (at, _, _) => new SqlRecords(database).KeepAsync("sub-kept", new KeptArtwork(1, at), 10, Stop));
        var guestSession = Guid.CreateVersion7();
        await ServeAsync("guest-of-ann", guestSession);
        await ServeAsync("sub-ann", visits: async (at, writer, position) =>
        {
            await file.CommitAsync(writer, position, new ListenerJoined("guest-of-ann", 2, "sub-ann", 2, [1], LedgerFile.Now));
            await file.CommitAsync(writer, position, LedgerFile.Batch(guestSession, 2, 5, 1) with { ReceivedAt = at });
        });
        await ServeAsync("sub-idle");
        Assert.True(await Retention.TakeTurnAsync(_member, Later, Lease, Stop));

        foreach (var listener in new[] { "sub-session", "sub-block", "sub-kept", "guest-of-ann", "sub-ann" })
        {
            Assert.False(await Retention.LapseAsync(listener, Later, _member, Later, Stop), listener);
        }

        Assert.True(await Retention.LapseAsync("sub-idle", Later, _member, Later, Stop));
        Assert.False(await Retention.LapseAsync("sub-idle", Later, _member, Later, Stop));
        Assert.Equal("sub-idle", Assert.Single(await _erasures.ReadDueAsync(10, Stop)).ListenerId);
        // A day after those visits the account goes too, with its guest, whichever of the two is found.
        Assert.True(await Retention.LapseAsync("guest-of-ann", Later.AddDays(2), _member, Later, Stop));
        Assert.Equal(["sub-idle", "sub-ann", "guest-of-ann"], (await _erasures.ReadDueAsync(10, Stop)).Select(due => due.ListenerId));
    }

    [Fact]
    public async Task LapsedListenerLeavesNothingAndMayComeBack()
    {
        await ServeAsync("sub-idle");
        await LapseAsync("sub-idle");
        Assert.True(await _erasures.IsErasedAsync("sub-idle", Stop));
        Assert.Equal(1, await Retention.CountLapsesAsync(Stop));

        await EraseDueAsync();

        Assert.False(await _erasures.IsErasedAsync("sub-idle", Stop));
        Assert.Equal(0, await Retention.CountLapsesAsync(Stop));
        Assert.Equal(0, (await new SqlRecords(database).CountAsync("sub-idle", Stop)).Rows);
        Assert.Equal(0L, file.Scalar("select count(*) from erasure"));
        Assert.Empty((await _erasures.ExportAsync(Stop)).Proofs);
    }

    /// <summary>Whoever asked for it waits for nobody who has not come back, and stays erased.</summary>
    [Fact]
    public async Task ErasureThatIsAskedForComesFirstAndStaysOne()
    {
        await ServeAsync("sub-idle");
        await ServeAsync("sub-asks");
        await ServeAsync("sub-both");
        await LapseAsync("sub-idle");
        await LapseAsync("sub-both");
        await _erasures.AskAsync("sub-asks", Later, Stop);
        await _erasures.AskAsync("sub-both", Later, Stop);

        Assert.Equal(["sub-both", "sub-asks", "sub-idle"], (await _erasures.ReadDueAsync(10, Stop)).Select(due => due.ListenerId));
        await EraseDueAsync();

        Assert.True(await _erasures.IsErasedAsync("sub-both", Stop));
        Assert.True(await _erasures.IsErasedAsync("sub-asks", Stop));
        Assert.False(await _erasures.IsErasedAsync("sub-idle", Stop));
        Assert.Equal(2, (await _erasures.ExportAsync(Stop)).Proofs.Count);
    }

    /// <summary>As a silo of the release before does it, which knows no lapse.</summary>
    [Fact]
    public async Task LapseThatAnotherReleaseHasDoneIsClearedWithTheNext()
    {
        await ServeAsync("sub-idle");
        await LapseAsync("sub-idle");
        file.Scalar("update erasure set listener_id = null, done_at = 1");

        Assert.True(await _erasures.IsErasedAsync("sub-idle", Stop));
        await Retention.EndTurnAsync(_member, Later, Stop);

        Assert.False(await _erasures.IsErasedAsync("sub-idle", Stop));
    }

    [Fact]
    public async Task MonthIsDroppedOnceItIsOldAndAddedUpAndTheRestStays()
    {
        var now = TimeProvider.System.GetUtcNow();
        var (first, session) = (new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero), Guid.CreateVersion7());
        var writer = await ServeAsync("sub-idle", session, isTallied: false);
        Assert.DoesNotContain(first, await months.ReadEndedAsync(first.AddMonths(1).AddSeconds(-1), Stop));
        Assert.Contains(first, await months.ReadEndedAsync(first.AddMonths(1), Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(() => months.DropAsync(now, first.AddMonths(1), Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(() => months.DropAsync(now, first.AddMonths(3), Stop));
        Assert.NotNull(await file.History.ReadSessionAsync("sub-idle", session, Stop));

        await TallyAsync(writer);
        Assert.Equal(1, await months.DropAsync(now, first.AddMonths(3), Stop));

        Assert.DoesNotContain(first, await months.ReadEndedAsync(Later, Stop));
        Assert.Null(await file.History.ReadSessionAsync("sub-idle", session, Stop));
        Assert.Equal(0L, file.Scalar("select count(*) from impression_batch"));
        Assert.Equal([1L], (await file.History.ReadBlocksAsync("sub-idle", 0, Stop)).Single().ArtworkIds);
        var report = new VerificationResult(9);
        await file.Source.ReadMomentAsync(
            async moment =>
            {
                Assert.True(await moment.HasDroppedMonthsAsync(Stop));
                await LedgerVerification.RunAsync(moment, report, Stop);
                return true;
            },
            Stop);
        Assert.Equal([], report.All.SelectMany(check => check.Rows).Select(broken => broken.What));
    }

    [Fact]
    public async Task StruckListenersOfADroppedMonthCountNoMoreThanBefore()
    {
        var now = TimeProvider.System.GetUtcNow();
        var first = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var writer = await ServeAsync("guest-liar", isTallied: false);
        var counted = new TalliedBatch((await file.Figures.ReadBatchesAsync(writer, 0, 9, Stop)).Single());
        var sums = new CounterSums(TimeSpan.FromHours(1));
        counted.AddArrival(sums.Of("r1", LedgerFile.Now), []);
        await file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, [], sums.All, []), Stop);
        await file.Releases.StrikeAsync("guest-liar", new OperatorAct(LedgerFile.Now, "ann", "strike-claims", null, "lies"), Stop);
        var struck = await CountersAsync();

        Assert.Equal(1, await months.DropAsync(now, first.AddMonths(3), Stop));

        Assert.Contains(struck, counter => counter.Counter == nameof(KpiCounts.ImpressionsRecorded));
        Assert.DoesNotContain(struck, counter => counter.Counter == nameof(KpiCounts.AwaitedAttempts));
        Assert.Equal(struck, await CountersAsync());

        async Task<CounterAdded[]> CountersAsync() =>
            [.. (await file.Figures.ReadCountersAsync(DateTimeOffset.UnixEpoch, null, Stop)).Where(counter => counter.Amount != 0).OrderBy(counter => counter.Counter, StringComparer.Ordinal)];
    }

    /// <summary>A client makes the same artworks again from the same seeds.</summary>
    [Fact]
    public async Task SeedsOfSessionsThatAreGoneAreNotGrantedAgain()
    {
        var (before, after) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await ServeAsync("sub-idle", before);
        var grant = (await file.History.ReadSessionAsync("sub-idle", before, Stop))!.GenomeGrant;
        await LapseAsync("sub-idle");
        await EraseDueAsync();

        await ServeAsync("sub-idle", after);

        Assert.True((await file.History.ReadSessionAsync("sub-idle", after, Stop))!.GenomeGrant > grant);
    }

    private async Task<List<string>> SweepAsync(ListenerSource source, int count)
    {
        var all = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await Retention.ReadIdleAsync(source, after, Later, count, Stop);
            Assert.InRange(page.Looked, 0, count);
            all.AddRange(page.Idle);
            after = page.Last;
        }

        return all;
    }

    private async Task LapseAsync(string listener)
    {
        Assert.True(await Retention.TakeTurnAsync(_member, Later.AddDays(9), Lease, Stop));
        Assert.True(await Retention.LapseAsync(listener, Later.AddDays(9), _member, Later.AddDays(9), Stop));
    }

    private async Task EraseDueAsync()
    {
        var due = await _erasures.ReadDueAsync(10, Stop);
        foreach (var one in due)
        {
            while (await _erasures.DeleteAsync(one, Stop) > 0)
            {
            }
        }

        Assert.True(await _erasures.FinishAsync(due, Later, Stop));
    }

    /// <summary>A visit long ago, and what comes on a later day, which gets its time, a writer and a position.</summary>
    private async Task<long> ServeAsync(string listener, Guid? sessionId = null, bool isServed = true, bool isTallied = true, Func<DateTimeOffset, long, long, Task>? visits = null)
    {
        var (writer, session) = (await file.Ledger.StartWriterAsync(Stop), sessionId ?? Guid.CreateVersion7());
        LedgerEntry[] served = isServed ? [LedgerFile.Block(listener, 1, session, BlockKind.SetAside, [1]), LedgerFile.Batch(session, 1, 1, 1)] : [];
        await file.CommitAsync(writer, 1, [LedgerFile.Made(2), new SessionOpened(listener, session, "r1", LedgerFile.Now), .. served]);
        if (isTallied)
        {
            await TallyAsync(writer);
        }

        if (visits is not null)
        {
            await visits(Later.AddDays(1), writer, 2);
        }

        return writer;
    }

    private Task<bool> TallyAsync(long writer)
    {
        var views = new ViewSums();
        views.Add([1], LedgerFile.Now);
        var hour = CounterAdded.StartOf(LedgerFile.Now, TimeSpan.FromHours(1));
        return file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, views, [new CounterAdded("r1", hour, nameof(KpiCounts.ImpressionsRecorded), 1)], []), Stop);
    }
}

public sealed class SqliteRetentionTests : RetentionTests
{
    public SqliteRetentionTests()
        : this(new SqliteFile())
    {
    }

    private SqliteRetentionTests(SqliteFile file)
        : base(file, file.Database, new SqliteMonths(file.Database))
    {
    }
}

[Collection("postgres")]
public sealed class PostgresRetentionTests : RetentionTests
{
    public PostgresRetentionTests(PostgresWorld world)
        : this(new PostgresFile(world.Server))
    {
    }

    private PostgresRetentionTests(PostgresFile file)
        : base(file, file.Database, new ServiceCollection().AddPostgresLedger(file.Database).BuildServiceProvider().GetRequiredService<ILedgerMonths>())
    {
    }
}

using ArtFresh.Freshness;
using ArtFresh.Ledger;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>What any ledger must do; run over each kind of database.</summary>
public abstract class LedgerTests(LedgerFile file) : IDisposable
{
    private const string Listener = "guest-a";
    private readonly LedgerFile _file = file;
    private readonly Guid _session = Guid.CreateVersion7();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _file.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task CommittedEntriesAreReadBack()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(5), new SessionOpened(Listener, _session, "r1", LedgerFile.Now));
        await _file.CommitAsync(
            writer, 1,
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2, 3, 4]),
            LedgerFile.Batch(_session, 1, 1, 1, 2),
            LedgerFile.Batch(_session, 2, 5, 3));

        var history = await _file.History.ReadSessionAsync(Listener, _session, Stop);

        Assert.NotNull(history);
        Assert.Equal("r1", history.Release);
        Assert.False(history.Ended);
        Assert.Equal([4], history.Unshown);
        Assert.Equal([1, 2, 3], history.Seen);
        Assert.Equal((2, 5, 3), (history.Numbers.HighWater, history.Numbers.Highest, history.Numbers.Count));
        Assert.Equal(2, history.LastBatchNumber);
        Assert.Null(await _file.History.ReadSessionAsync("guest-b", _session, Stop));
    }

    /// <summary>One port is one contract: no kind of entry is for one database alone.</summary>
    [Fact]
    public async Task EveryKindOfEntryIsCommitted()
    {
        LedgerEntry[] entries =
        [
            LedgerFile.Made(3),
            new SessionOpened(Listener, _session, "r1", LedgerFile.Now),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2]),
            LedgerFile.Batch(_session, 1, 1, 1),
            new ListenerJoined("guest-b", 1, Listener, 2, [3], LedgerFile.Now),
            new SnapshotTaken(new ListenerSnapshot(Listener, 0, 1, 1, new ListenerLog(Listener).Fold().ToBytes(), LedgerFile.Now), 0),
            new ServedTwiceFound(_session, LedgerFile.Now, 1),
            new SessionEnded(_session, LedgerFile.Now, 3, 1, 1),
            new EndCorrected(_session, -1),
            new ViewsBackfilled(new Dictionary<long, DateTimeOffset> { [2] = LedgerFile.Now }),
            new ArtworkCompared(2, 77, [1]),
        ];
        var kinds = typeof(LedgerEntry).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(LedgerEntry)) && !type.IsAbstract);
        Assert.Equal(kinds.OrderBy(kind => kind.Name), entries.Select(entry => entry.GetType()).OrderBy(kind => kind.Name));
        var writer = await _file.Ledger.StartWriterAsync(Stop);

        Assert.All(await _file.CommitAsync(writer, 1, entries), verdict => Assert.Equal(LedgerVerdict.Committed, verdict));
        Assert.All(
            await _file.Ledger.EnterAsync([.. entries.OfType<OutsideEntry>().Where(entry => entry is not (BlockLogged or ListenerJoined)), LedgerFile.Block(Listener, 3, _session, BlockKind.Backfilled, [3]),
                new ListenerJoined("guest-c", 1, Listener, 4, [3], LedgerFile.Now)], Stop),
            verdict => Assert.Equal(LedgerVerdict.Committed, verdict));

        Assert.Equal(6L, _file.Scalar("select count(*) from artwork"));
        Assert.Equal(6L, _file.Scalar("select count(*) from listener_block"));
        Assert.Equal(1L, _file.Scalar("select count(*) from impression_batch"));
        Assert.Equal(2L, _file.Scalar("select count(*) from artwork where viewed_at is not null"));
        Assert.Equal(1L, _file.Scalar("select count(*) from session where ended_at is not null"));
    }

    [Fact]
    public async Task UnshownExcludesArtworksGivenBackOrClaimedByOthers()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        var other = Guid.CreateVersion7();
        await _file.CommitAsync(
            writer, 1,
            new SessionOpened(Listener, _session, "r1", LedgerFile.Now),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2, 3, 4, 5]),
            LedgerFile.Block(Listener, 2, other, BlockKind.Claimed, [2]),
            LedgerFile.Block(Listener, 3, _session, BlockKind.TakenBack, [], 3),
            LedgerFile.Block(Listener, 4, _session, BlockKind.SetAside, [6], 4));

        var history = await _file.History.ReadSessionAsync(Listener, _session, Stop);

        Assert.Equal([1, 5, 6], history!.Unshown);
    }

    [Fact]
    public async Task SecondRowOfTheSameNumberIsFencedOffAndTheRestOfItsGroupCommitted()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(9), new SessionOpened(Listener, _session, "r1", LedgerFile.Now));
        await _file.CommitAsync(
            writer, 1, LedgerFile.Batch(_session, 1, 1, 1), LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1]));

        var verdicts = await _file.CommitAsync(
            writer, 2,
            LedgerFile.Batch(_session, 1, 1, 7),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [8]),
            LedgerFile.Batch(_session, 2, 2, 2));

        Assert.Equal([LedgerVerdict.Fenced, LedgerVerdict.Fenced, LedgerVerdict.Committed], verdicts);
        Assert.Null((await _file.Catalogue.ReadViewsAsync(7, Stop))!.ViewedAt);
        Assert.NotNull((await _file.Catalogue.ReadViewsAsync(2, Stop))!.ViewedAt);
        var rows = await _file.Figures.ReadBatchesAsync(writer, 0, 10, Stop);
        Assert.Equal([1L, 2L], rows.Select(row => row.Position).ToArray());
    }

    /// <summary>A run may touch an interval only with its last number. Then the session takes it at the limit of intervals, and so must who reads it back.</summary>
    [Fact]
    public async Task RunAtTheLimitOfIntervalsIsReadBack()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(1), new SessionOpened(Listener, _session, "r1", LedgerFile.Now));
        PackedImpression[] scattered = [new(1, 1, ImpressionOutcome.Recorded), .. Enumerable.Range(2, 4095).Select(i => new PackedImpression((2 * i) + 1, 1, ImpressionOutcome.Repeat))];
        await _file.CommitAsync(
            writer, 1,
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1]),
            LedgerFile.Batch(_session, 1, 1, 1) with { Impressions = PackedImpressions.Pack(scattered) },
            LedgerFile.Batch(_session, 2, 3) with
            {
                Impressions = PackedImpressions.Pack([new(3, 1, ImpressionOutcome.Repeat), new(4, 1, ImpressionOutcome.Repeat)]),
            });

        var history = await _file.History.ReadSessionAsync(Listener, _session, Stop);
        var found = await _file.Source.ReadMomentAsync(moment => moment.FindSessionsAsync(new SessionFilter(_session, null, null, false, 1), Stop), Stop);

        Assert.Equal((1, 8193, 4098), (history!.Numbers.HighWater, history.Numbers.Highest, history.Numbers.Count));
        Assert.Equal(4095, found.Single().Missing);
    }

    [Fact]
    public async Task ReportSurvivesSerialization()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(1), new SessionOpened(Listener, _session, "r1", LedgerFile.Now));
        var batch = LedgerFile.Batch(_session, 1, 1, 1);
        await _file.CommitAsync(writer, 1, batch with { Report = batch.Report! with { Dropped = 7, Journal = "localstorage" } });

        var report = (await _file.Figures.ReadBatchesAsync(writer, 0, 10, Stop)).Single().Report!;

        Assert.Equal((1, 1, "beacon", "hidden", 2), (report.Displayed, report.Skipped, report.Transport, report.Reason, report.Attempts));
        Assert.Equal((7, "localstorage"), (report.Dropped, report.Journal));
        Assert.Equal([120, 3000], report.DisplayMs);
    }

    [Fact]
    public async Task ReportOfAReleaseWithFewerFieldsCanBeRead()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(1), new SessionOpened(Listener, _session, "r1", LedgerFile.Now));
        await _file.CommitAsync(writer, 1, LedgerFile.Batch(_session, 1, 1, 1));
        _file.Scalar(
            """
            update impression_batch set report = '{"Displayed":4,"Skipped":2,"Transport":"fetch","Reason":"size","Attempts":1,"DisplayMs":[5]}'
            returning batch_number
            """);

        var report = (await _file.Figures.ReadBatchesAsync(writer, 0, 10, Stop)).Single().Report!;

        Assert.Equal((4, 0, null), (report.Displayed, report.Dropped, report.Journal));
        Assert.Equal([5], report.DisplayMs);
    }

    [Fact]
    public async Task ViewedAtIsTheFirstViewAndStays()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(1));
        await _file.CommitAsync(writer, 1, LedgerFile.Batch(_session, 1, 1, 1));

        await _file.CommitAsync(writer, 2, LedgerFile.Batch(Guid.CreateVersion7(), 1, 1, 1) with { ReceivedAt = LedgerFile.Now.AddDays(1) });

        Assert.Equal(LedgerFile.Now, (await _file.Catalogue.ReadViewsAsync(1, Stop))!.ViewedAt);
    }

    [Fact]
    public async Task ArtworkIdsAreDenseAndTheSameContentIsOneArtwork()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(3, content: "sha"), LedgerFile.Made(3, content: "sha"), LedgerFile.Made(2));

        Assert.Equal("1 2 3 4 5", string.Join(' ', await _file.Catalogue.ReadPoolAsync(3, 0, Stop)));
        Assert.Equal("4 5", string.Join(' ', await _file.Catalogue.ReadPoolAsync(3, 3, Stop)));
        Assert.Equal([0L, 6, 99], (await _file.Catalogue.FindMissingAsync([0, 1, 5, 6, 99], Stop)).Order());
        Assert.Equal([2L, 4], (await _file.Catalogue.ReadArtworksAsync([4, 2, 77], Stop)).Select(artwork => artwork.ArtworkId));
    }

    [Fact]
    public async Task ContentsAreFoundById()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(3, content: "sha"), LedgerFile.Made(2));

        var found = await _file.Catalogue.FindContentsAsync(["sha2", "sha0", "none"], Stop);

        Assert.Equal([("sha0", 1L), ("sha2", 3L)], found.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Empty(await _file.Catalogue.FindContentsAsync([], Stop));
    }

    [Fact]
    public async Task EachSessionIsGrantedSeedsOfItsOwnOnce()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        var other = Guid.CreateVersion7();
        await _file.CommitAsync(
            writer, 1, new SessionOpened(Listener, _session, "r1", LedgerFile.Now), new SessionOpened(Listener, other, "r1", LedgerFile.Now));
        var first = (await _file.History.ReadSessionAsync(Listener, _session, Stop))!.GenomeGrant;

        await _file.CommitAsync(writer, 1, new SessionOpened(Listener, _session, "r1", LedgerFile.Now));

        Assert.True(first > 0);
        Assert.Equal(first, (await _file.History.ReadSessionAsync(Listener, _session, Stop))!.GenomeGrant);
        Assert.NotEqual(first, (await _file.History.ReadSessionAsync(Listener, other, Stop))!.GenomeGrant);
        Assert.Equal(Listener, await _file.History.FindGrantedListenerAsync(first!.Value, Stop));
        Assert.Null(await _file.History.FindGrantedListenerAsync(0, Stop));
    }

    [Fact]
    public async Task SessionOpenedByThePreviousReleaseHasNoGrant()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, new SessionOpened(Listener, _session, "r1", LedgerFile.Now));
        _file.Scalar("update session set genome_grant = null returning release");

        var session = await _file.History.ReadSessionAsync(Listener, _session, Stop);

        Assert.NotNull(session);
        Assert.Null(session.GenomeGrant);
    }

    [Fact]
    public async Task ArtServedAgainIsCountedOnceForTheReleaseOfItsSession()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        var other = Guid.CreateVersion7();
        await _file.CommitAsync(writer, 1, LedgerFile.Made(9), new SessionOpened(Listener, _session, "r1", LedgerFile.Now), new SessionOpened(Listener, other, "r2", LedgerFile.Now));
        BlockLogged Again(long number, Guid session, int repeats) =>
            LedgerFile.Block(Listener, number, session, BlockKind.SetAside, [number]) with { ServedTwice = repeats };

        await _file.CommitAsync(writer, 1, Again(1, _session, 0), Again(2, _session, 2), Again(3, _session, 1), Again(4, other, 5));
        var fenced = await _file.CommitAsync(writer, 1, Again(2, _session, 2));
        await _file.CommitAsync(writer, 1, new ServedTwiceFound(_session, LedgerFile.Now, 4), new ServedTwiceFound(Guid.CreateVersion7(), LedgerFile.Now, 9));

        Assert.Equal([LedgerVerdict.Fenced], fenced);
        CounterAdded Of(string release, long amount) => new(release, LedgerFile.Now, ReleaseCounters.ServedTwice, amount);
        foreach (var counters in new[] { await _file.Figures.ReadCountersAsync(LedgerFile.Now.AddHours(-1), null, Stop), await _file.Releases.ReadMinutesAsync(LedgerFile.Now.AddHours(-1), Stop) })
        {
            Assert.Equal([Of("r1", 7), Of("r2", 5)], counters.Where(counter => counter.Counter == ReleaseCounters.ServedTwice).Select(counter => counter with { Hour = LedgerFile.Now }).OrderBy(counter => counter.Release, StringComparer.Ordinal));
        }
    }

    /// <summary>What sessions were given to show, less what they gave back and what cannot have been shown: in the hour of their opening, whoever writes.</summary>
    [Fact]
    public async Task WhatSessionsWereGivenToShowIsCountedWithTheBlocks()
    {
        var (one, two) = (await _file.Ledger.StartWriterAsync(Stop), 0L);
        await _file.CommitAsync(one, 1, LedgerFile.Made(20), new SessionOpened(Listener, _session, "r1", LedgerFile.Now));
        await _file.CommitAsync(one, 1, LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2, 3, 4, 5, 6, 7, 8]));
        two = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(
            two, 1,
            LedgerFile.Block(Listener, 2, _session, BlockKind.Claimed, [1, 9]) with { Claimed = 1 }, LedgerFile.Block(Listener, 3, _session, BlockKind.TakenBack, [], 7, 8),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [11, 12]));
        await _file.CommitAsync(two, 1, new SessionEnded(_session, LedgerFile.Now.AddHours(2), 4, 2, 3));
        await _file.CommitAsync(two, 1, new SessionEnded(_session, LedgerFile.Now.AddHours(2), 5, 3, 2), new SessionEnded(_session, LedgerFile.Now.AddHours(3), 9, 4, 1));

        var served = Assert.Single(await _file.Figures.ReadCountersAsync(LedgerFile.Now.AddHours(-1), "r1", Stop));
        Assert.Equal(new CounterAdded("r1", CounterAdded.StartOf(LedgerFile.Now, TimeSpan.FromHours(1)), ReleaseCounters.SessionServed, 8 + 1 - 2 - 2), served);
        var gap = Assert.Single(await _file.Figures.ReadGapsAsync(LedgerFile.Now, null, Stop));
        Assert.Equal((3, LedgerFile.Now.AddHours(2)), (gap.Missing, gap.EndedAt));
        var history = await _file.History.ReadSessionAsync(Listener, _session, Stop);
        Assert.Equal((5, 3, 2), (history!.LastNumber, history.CountedMissing, history.EndUnshown));
    }

    /// <summary>What comes after the end is in one count only, whichever writer has it, and never more than the end has closed.</summary>
    [Fact]
    public async Task WhatIsReportedAfterAnEndIsTakenFromWhatTheEndHasClosed()
    {
        var one = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(one, 1, LedgerFile.Made(20), new SessionOpened(Listener, _session, "r1", LedgerFile.Now));
        await _file.CommitAsync(one, 1, LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2, 3, 4, 5, 6, 7, 8]), new SessionEnded(_session, LedgerFile.Now, 0, 0, 8));
        var two = await _file.Ledger.StartWriterAsync(Stop);
        var late = LedgerFile.Batch(_session, 1, 1, 1, 2, 3) with { UnshownChange = -3 };
        Assert.Equal([LedgerVerdict.Committed, LedgerVerdict.Fenced, LedgerVerdict.Committed], await _file.CommitAsync(two, 1, late, late, new EndCorrected(_session, -2)));
        Assert.Equal(3, (await _file.History.ReadSessionAsync(Listener, _session, Stop))!.EndUnshown);
        Assert.Equal(8 - 3, Assert.Single(await _file.Figures.ReadCountersAsync(LedgerFile.Now.AddHours(-1), "r1", Stop)).Amount);
        await _file.CommitAsync(two, 2, new EndCorrected(_session, -9), new EndCorrected(Guid.CreateVersion7(), -1));
        Assert.Equal(0, (await _file.History.ReadSessionAsync(Listener, _session, Stop))!.EndUnshown);
        Assert.Equal(8, Assert.Single(await _file.Figures.ReadCountersAsync(LedgerFile.Now.AddHours(-1), "r1", Stop)).Amount);
    }

    [Fact]
    public async Task ListenersLogIsReadForwardsAndBackwardsByPages()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(
            writer, 1,
            LedgerFile.Made(9),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2]),
            LedgerFile.Block(Listener, 2, _session, BlockKind.Unserved, [3]),
            LedgerFile.Block(Listener, 3, _session, BlockKind.SetAside, [2, 4], 1),
            LedgerFile.Block("guest-b", 4, _session, BlockKind.SetAside, [1]));

        var rows = await _file.History.ReadBlockRowsAsync(Listener, Stop);
        var back = await _file.History.ReadBlocksBackAsync(Listener, 3, 2, Stop);
        var last = await _file.History.ReadBlocksBackAsync(Listener, 4, 1, Stop);

        Assert.Equal([(1, Listener, _session), (2, Listener, _session), (3, Listener, _session)], rows.Select(row => (row.Number, row.Listener, row.Session)));
        Assert.Equal([2L], ServedTwiceFinder.Find(rows, [], new HashSet<long> { 3 })[3]);
        Assert.Equal([(2, BlockKind.Unserved), (1, BlockKind.SetAside)], back.Select(block => (block.BlockNumber, block.Kind)));
        Assert.Equal([3L], last.Select(block => block.BlockNumber));
    }

    [Fact]
    public async Task UnservedArtworkIsNotAmongTheSessionsUnshownOnes()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(
            writer, 1,
            LedgerFile.Made(9),
            new SessionOpened(Listener, _session, "r1", LedgerFile.Now),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1]),
            LedgerFile.Block(Listener, 2, _session, BlockKind.Unserved, [3]));

        var session = await _file.History.ReadSessionAsync(Listener, _session, Stop);

        Assert.Equal([1L], session!.Unshown);
    }

    [Fact]
    public async Task TallyIsAddedUpOnceHoweverOftenItIsSent()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(300));
        var advanced = new TallyAdvanced(
            writer, 0, 4, [new ViewsAdded(255, 2, LedgerFile.Now), new ViewsAdded(256, 1, LedgerFile.Now)], [new CounterAdded("r1", LedgerFile.Now, "Batches", 4)], []);

        Assert.True(await _file.Ledger.AdvanceAsync(advanced, Stop));
        Assert.False(await _file.Ledger.AdvanceAsync(advanced, Stop));
        Assert.True(await _file.CountViewsAsync());
        Assert.True(await _file.Ledger.AdvanceAsync(advanced with { FromPosition = 4, ToPosition = 5 }, Stop));
        Assert.Equal(2, (await _file.Catalogue.ReadViewsAsync(255, Stop))!.ViewCount);
        Assert.True(await _file.CountViewsAsync());
        Assert.False(await _file.CountViewsAsync());
        Assert.Equal(4, (await _file.Catalogue.ReadViewsAsync(255, Stop))!.ViewCount);
        Assert.Equal((2, LedgerFile.Now), ((await _file.Catalogue.ReadViewsAsync(256, Stop))!.ViewCount, (await _file.Catalogue.ReadViewsAsync(256, Stop))!.LastViewedAt));
        Assert.Equal(8, (await _file.Figures.ReadCountersAsync(LedgerFile.Now.AddHours(-1), null, Stop)).Single().Amount);
        Assert.Empty(await _file.Figures.ReadCountersAsync(LedgerFile.Now.AddHours(-1), "another", Stop));
        Assert.Equal(5, await _file.Figures.ReadCheckpointAsync(writer, Stop));
    }

    [Fact]
    public async Task DeadWritersAreFoundUntilTheirBatchesAreAddedUp()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(1), LedgerFile.Batch(_session, 1, 1, 1));
        Assert.Equal([writer], await _file.Figures.ReadUntalliedWritersAsync(Stop));

        await _file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, [], [], []), Stop);

        Assert.Empty(await _file.Figures.ReadUntalliedWritersAsync(Stop));
        Assert.Equal(writer + 1, await _file.Ledger.StartWriterAsync(Stop));
    }

    [Fact]
    public async Task LegacyQueryFindsEachKindOfViolation()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(
            writer, 1,
            LedgerFile.Made(6),
            LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [1, 2]),
            LedgerFile.Batch(_session, 1, 1, 1),
            LedgerFile.Block(Listener, 2, _session, BlockKind.SetAside, [2, 3], 1),
            LedgerFile.Block("guest-b", 1, _session, BlockKind.SetAside, [1, 2, 3]));
        var sound = await _file.Figures.CountLegacyAsync(Stop);
        Assert.Equal((0, 1, 0, 6, 1), (sound.ImpressionsWithoutViewedAt, sound.ServedTwice, sound.Repeats, sound.Artworks, sound.Viewed));

        _file.Scalar("update artwork set viewed_at = null where artwork_id = 1");
        var repeat = LedgerFile.Batch(_session, 2, 2, 5) with { Impressions = PackedImpressions.Pack([new(2, 1, ImpressionOutcome.Repeat)]), ArtworkIds = [] };
        var revisit = repeat with { BatchNumber = 3, Impressions = PackedImpressions.Pack([new(3, 1, ImpressionOutcome.Repeat)]), Revisits = 1 };
        await _file.CommitAsync(writer, 2, repeat, revisit);
        Assert.Equal(1L, Convert.ToInt64(_file.Scalar("select revisits from impression_batch where batch_number = 3"), System.Globalization.CultureInfo.InvariantCulture));
        var broken = await _file.Figures.CountLegacyAsync(Stop);

        Assert.Equal((1, 1, 1), (broken.ImpressionsWithoutViewedAt, broken.ServedTwice, broken.Repeats));
    }

}

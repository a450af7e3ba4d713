using ArtFresh.Freshness;
using Xunit;

namespace ArtFresh.Ledger.Tests;

public sealed class LedgerVerificationTests
{
    private static readonly Dictionary<string, (string Check, Action<SmallLedger> Break)> FaultsByName = new()
    {
        ["a batch that cannot be unpacked"] = ("readable", ledger => ledger.Batches[0] = ledger.Batches[0] with { Impressions = [1, 2, 3] }),
        ["fewer times of display than impressions"] = ("readable", ledger => ledger.Batches[0] = ledger.Batches[0] with { DisplayedAt = PackedIds.Pack([1]) }),
        ["a block that cannot be unpacked"] = ("readable", ledger => ledger.Blocks[0] = ledger.Blocks[0] with { ArtworkIds = [9] }),
        ["a report that is no JSON"] = ("readable", ledger => ledger.Rows[0] = ledger.Rows[0] with { Report = "{" }),
        ["a page of views that is too short"] = ("readable", ledger => ledger.Pages[0] = [1]),
        ["an artwork that is gone"] = ("known", ledger => ledger.Artworks.Remove(1)),
        ["a session that is gone"] = ("known", ledger => ledger.Batches[2] = ledger.Batches[2] with { Listener = null }),
        ["a gap between blocks"] = ("blocks-in-order", ledger => ledger.Blocks[1] = ledger.Blocks[1] with { Number = 3 }),
        ["a block with an artwork of an earlier one"] = ("served-once", ledger => ledger.Blocks[1] = ledger.Blocks[1] with { ArtworkIds = PackedIds.Pack([3, 4, 5]) }),
        ["a gap between batches"] = ("batches-in-order", ledger => ledger.Batches[1] = ledger.Batches[1] with { Number = 3 }),
        ["an artwork recorded twice by a session"] = ("recorded-once", ledger => ledger.Batches[1] = ledger.Batches[1] with { Impressions = SmallLedger.Pack((3, 1)) }),
        ["an artwork shown in both sessions"] = ("shown-once", ledger => ledger.Batches[2] = ledger.Batches[2] with { Impressions = SmallLedger.Pack((1, 1)) }),
        ["an artwork shown without a block"] = ("served-first", ledger => ledger.Blocks[1] = ledger.Blocks[1] with { ArtworkIds = PackedIds.Pack([5, 6]) }),
        ["an impression counted as never served that is not spent"] = ("unserved-spent", ledger => ledger.Batches[2] = ledger.Batches[2] with
        {
            Impressions = PackedImpressions.Pack([new PackedImpression(1, 4, ImpressionOutcome.Unserved)]),
        }),
        ["an artwork spent as never served that was served"] = ("unserved-spent", ledger => ledger.Blocks.Add(
            new BlockRow(SmallLedger.Listener, SmallLedger.SecondSession, 3, SmallLedger.At(4), BlockKind.Unserved, PackedIds.Pack([5]), null))),
        ["an artwork that was spent and is served"] = ("served-once", ledger => ledger.Blocks.Insert(
            0, new BlockRow(SmallLedger.Listener, SmallLedger.SecondSession, 0, SmallLedger.At(0), BlockKind.Unserved, PackedIds.Pack([5]), null))),
        ["a missing number that is counted and is there"] = ("missing-counted", ledger => ledger.Batches[1] = ledger.Batches[1] with { MissingChange = 1 }),
        ["a missing number that is not counted"] = ("missing-counted", ledger => ledger.Batches[1] = ledger.Batches[1] with { Impressions = SmallLedger.Pack((4, 3)) }),
        ["no viewed_at after an impression"] = ("viewed-at", ledger => ledger.Artworks[1] = null),
        ["viewed_at without an impression"] = ("viewed-at", ledger => ledger.Artworks[5] = SmallLedger.At(1)),
        ["viewed_at later than any impression"] = ("viewed-at", ledger => ledger.Artworks[1] = SmallLedger.At(9)),
        ["viewed_at before the first impression"] = ("viewed-at", ledger => ledger.Artworks[4] = SmallLedger.At(1)),
        ["a gap between a writer's positions"] = ("positions-in-order", ledger => ledger.Rows[2] = ledger.Rows[2] with { Position = 4, FirstPosition = 4 }),
        ["a checkpoint beyond the last row"] = ("positions-in-order", ledger => ledger.Checkpoints[1] = 4),
        ["a view too many"] = ("views-tallied", ledger => ledger.Pages[0] = SmallLedger.PageOf((1, SmallLedger.At(1)), (1, SmallLedger.At(1)), (2, SmallLedger.At(1)), (3, SmallLedger.At(2)), (4, SmallLedger.At(3)))),
        ["a noted view too many"] = ("views-tallied", ledger => ledger.Noted.Add(PackedViews.Pack([new CountedViews(2, 1, 1)]))),
        ["a noted view of an artwork on no page"] = ("views-tallied", ledger => ledger.Noted.Add(PackedViews.Pack([new CountedViews(9_000, 1, 1)]))),
        ["noted views that are damaged"] = ("readable", ledger => ledger.Noted.Add([1, 2, 3])),
        ["views without a page"] = ("views-tallied", ledger => ledger.Pages.Clear()),
        ["a counter too high"] = ("counters-tallied", ledger => ledger.Counters[0] = ledger.Counters[0] with { Amount = 5 }),
        ["a counter that is gone"] = ("counters-tallied", ledger => ledger.Counters.RemoveAt(1)),
    };

    private static readonly Dictionary<string, (string Check, Action<SmallLedger> Break)> JoinFaultsByName = new()
    {
        ["a row after the closing one"] = ("joined-whole", ledger => ledger.Blocks.Insert(
            2, new BlockRow(SmallLedger.Guest, SmallLedger.GuestSession, 3, SmallLedger.At(5), BlockKind.SetAside, PackedIds.Pack([2]), null))),
        ["a closing row that is gone"] = ("joined-whole", ledger => ledger.Blocks.RemoveAt(1)),
        ["an alias that is gone"] = ("joined-whole", ledger => ledger.Aliases.Clear()),
        ["an account's row that is gone"] = ("joined-whole", ledger => ledger.Blocks[4] = ledger.Blocks[4] with { Session = Guid.Empty }),
        ["an artwork that the account was not given"] = ("joined-whole", ledger => ledger.Blocks[4] = ledger.Blocks[4] with { ArtworkIds = PackedIds.Pack([1, 6]) }),
        ["an artwork of the guest's that is served to the account"] = ("served-once", ledger => ledger.Blocks.Add(
            new BlockRow(SmallLedger.Listener, SmallLedger.SecondSession, 5, SmallLedger.At(6), BlockKind.SetAside, PackedIds.Pack([7]), null))),
        ["an artwork of the guest's that the account gave back and is served"] = ("served-once", ledger => ledger.Blocks.AddRange(
        [
            new BlockRow(SmallLedger.Listener, SmallLedger.FirstSession, 5, SmallLedger.At(6), BlockKind.TakenBack, PackedIds.Pack([]), PackedIds.Pack([1])),
            new BlockRow(SmallLedger.Listener, SmallLedger.SecondSession, 6, SmallLedger.At(6), BlockKind.SetAside, PackedIds.Pack([1]), null),
        ])),
    };

    public static TheoryData<string> Faults => [.. FaultsByName.Keys];

    public static TheoryData<string> JoinFaults => [.. JoinFaultsByName.Keys];

    [Fact]
    public async Task SoundLedgerPassesAndEachRowIsRead()
    {
        var report = await VerifyAsync(new SmallLedger());

        Assert.True(report.Holds, string.Join('\n', report.All.SelectMany(check => check.Rows).Select(row => row.What)));
        Assert.All(report.All, check => Assert.Null(check.NotJudged));
        Assert.Equal((6, 2, 3, 4), (report.Artworks, report.BlockRows, report.BatchRows, report.Impressions));
        Assert.Equal(report.RowsToRead, report.RowsRead);
    }

    /// <summary>The first view was received before the clock was set back, and so has a later time than the second.</summary>
    [Fact]
    public async Task ClockSetBackBreaksNoPromise()
    {
        var (ledger, session) = (new SmallLedger(), Guid.CreateVersion7());
        (ledger.Artworks[1], ledger.Artworks[2]) = (SmallLedger.At(50), SmallLedger.At(50));
        ledger.Batches[0] = ledger.Batches[0] with { ReceivedAt = SmallLedger.At(50) };
        ledger.Rows[0] = ledger.Rows[0] with { ReceivedAt = SmallLedger.At(50) };
        ledger.Pages[0] = SmallLedger.PageOf((1, SmallLedger.At(50)), (2, SmallLedger.At(50)), (3, SmallLedger.At(2)), (4, SmallLedger.At(3)));
        ledger.Blocks.Add(new BlockRow("other", session, 1, SmallLedger.At(0), BlockKind.SetAside, PackedIds.Pack([1]), null));
        ledger.Batches.Add(new BatchRow("other", session, 1, SmallLedger.At(4), SmallLedger.Pack((1, 1)), null, 0));
        ledger.Rows.Add(new WriterRow(1, 4, SmallLedger.Release, SmallLedger.At(4), SmallLedger.Pack((1, 1)), 0, null));

        var report = await VerifyAsync(ledger);

        Assert.True(report.Holds, string.Join('\n', report.All.SelectMany(check => check.Rows).Select(row => row.What)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ArtThatAnEpochHasLostBreaksNoPromiseWhereMemoryKeptIt(bool isKept)
    {
        var ledger = new SmallLedger();
        var session = isKept ? EpochRows.Kept(2) : SmallLedger.SecondSession;
        ledger.Blocks.Add(new BlockRow(SmallLedger.Listener, session, 3, SmallLedger.At(4), isKept ? BlockKind.Backfilled : BlockKind.SetAside, PackedIds.Pack([99]), null));

        var report = await VerifyAsync(ledger);

        Assert.Equal(isKept, report.Holds);
    }

    [Fact]
    public async Task UnservedArtworkBreaksNoPromise()
    {
        var ledger = new SmallLedger();
        ledger.Artworks[7] = null;
        ledger.Blocks.Add(new BlockRow(SmallLedger.Listener, SmallLedger.SecondSession, 3, SmallLedger.At(4), BlockKind.Unserved, PackedIds.Pack([7]), null));
        var impressions = PackedImpressions.Pack([new PackedImpression(2, 7, ImpressionOutcome.Unserved), new PackedImpression(3, 4, ImpressionOutcome.Repeat)]);
        ledger.Batches.Add(new BatchRow(SmallLedger.Listener, SmallLedger.SecondSession, 2, SmallLedger.At(5), impressions, null, 0));
        ledger.Rows.Add(new WriterRow(1, 4, SmallLedger.Release, SmallLedger.At(5), impressions, 0, null));

        var report = await VerifyAsync(ledger);

        Assert.True(report.Holds, string.Join('\n', report.All.SelectMany(check => check.Rows).Select(row => row.What)));
    }

    /// <summary>What is given back beyond the limit stays the guest's, and is the account's.</summary>
    [Fact]
    public async Task GuestWhoGaveBackMoreThanIsTakenHandsOverTheRest()
    {
        var ledger = new SmallLedger();
        long[] ids = [.. Enumerable.Range(100, BlockLogged.GivenBackMax + 5).Select(id => (long)id)];
        var joined = new ListenerJoined(SmallLedger.Guest, 3, SmallLedger.Listener, 3, [.. ids[^5..]], SmallLedger.At(4));
        ledger.Aliases.Add(new ListenerAlias(joined.Guest, joined.Account, joined.AccountBlockNumber, joined.JoinedAt));
        ledger.Blocks.InsertRange(0,
        [
            new(joined.Guest, SmallLedger.GuestSession, 1, SmallLedger.At(0), BlockKind.SetAside, PackedIds.Pack(ids), null),
            new(joined.Guest, SmallLedger.GuestSession, 2, SmallLedger.At(1), BlockKind.TakenBack, PackedIds.Pack([]), PackedIds.Pack(ids)),
            SmallLedger.RowOf(joined.ClosingRow),
        ]);
        ledger.Blocks.Add(SmallLedger.RowOf(joined.JoiningRow));
        foreach (var id in ids)
        {
            ledger.Artworks[id] = null;
        }

        var report = await VerifyAsync(ledger);

        Assert.True(report.Holds, string.Join('\n', report.All.SelectMany(check => check.Rows).Select(row => row.What)));
    }

    /// <summary>A run may touch an interval only with its last number.</summary>
    [Fact]
    public async Task RunAtTheLimitOfIntervalsIsReadable()
    {
        PackedImpression[] scattered = [.. Enumerable.Range(2, 4095).Select(i => new PackedImpression((2 * i) + 1, 4, ImpressionOutcome.Repeat))];
        PackedImpression[] run = [new(3, 4, ImpressionOutcome.Repeat), new(4, 4, ImpressionOutcome.Repeat)];
        var ledger = new SmallLedger();
        foreach (var (i, impressions) in new[] { scattered, run }.Index())
        {
            var packed = PackedImpressions.Pack(impressions);
            // The run fills two of the numbers that the first row counts as missing.
            ledger.Batches.Add(new BatchRow(SmallLedger.Listener, SmallLedger.SecondSession, i + 2, SmallLedger.At(5), packed, null, i == 0 ? 4097 : -2));
            ledger.Rows.Add(new WriterRow(1, i + 4, SmallLedger.Release, SmallLedger.At(5), packed, 0, null));
        }

        var report = await VerifyAsync(ledger);

        Assert.Equal(0, report.All.Single(check => check.Name == "readable").Faults);
        Assert.Equal(0, report.All.Single(check => check.Name == "missing-counted").Faults);
    }

    [Fact]
    public async Task MissingNumberThatIsRefusedAsAClaimBreaksNoPromise()
    {
        var ledger = new SmallLedger();
        ledger.Batches[1] = ledger.Batches[1] with { Impressions = SmallLedger.Pack((4, 3)), Account = new BatchAccount { IsFirst = true, Refused = 1 }.Pack() };

        Assert.True((await VerifyAsync(ledger)).Holds);
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task EachFaultBreaksItsPromise(string fault)
    {
        var ledger = new SmallLedger();
        var (broken, change) = FaultsByName[fault];
        change(ledger);

        var report = await VerifyAsync(ledger);

        Assert.False(report.Holds);
        Assert.Contains(broken, report.All.Where(check => check.Faults > 0).Select(check => check.Name));
    }

    [Fact]
    public async Task GuestWhoJoinedBreaksNoPromise()
    {
        var report = await VerifyAsync(SmallLedger.WithGuest());

        Assert.True(report.Holds, string.Join('\n', report.All.SelectMany(check => check.Rows).Select(row => row.What)));
    }

    [Theory, MemberData(nameof(JoinFaults))]
    public async Task FaultOfAJoiningBreaksThePromiseThatItIsAbout(string fault)
    {
        var ledger = SmallLedger.WithGuest();
        var (broken, change) = JoinFaultsByName[fault];
        change(ledger);

        var report = await VerifyAsync(ledger);

        Assert.Contains(broken, report.All.Where(check => check.Faults > 0).Select(check => check.Name));
    }

    [Fact]
    public async Task LegacyQueryFindsWhatAGuestHadAndTheAccountIsServed()
    {
        var ledger = SmallLedger.WithGuest();
        ledger.Blocks.Add(new BlockRow(SmallLedger.Listener, SmallLedger.SecondSession, 5, SmallLedger.At(6), BlockKind.SetAside, PackedIds.Pack([7]), null));

        var audit = await new LegacyQuery(_ => { }).RunAsync(ledger, TestContext.Current.CancellationToken);

        Assert.Equal(1, audit.ServedTwice);
    }

    [Fact]
    public async Task DroppedMonthsAreNotJudged()
    {
        var ledger = new SmallLedger { HasDroppedMonths = true };
        ledger.Batches.RemoveAt(2);
        ledger.Rows.RemoveAt(2);

        var report = await VerifyAsync(ledger);

        Assert.True(report.Holds);
        Assert.Equal(["viewed-at", "positions-in-order", "views-tallied", "counters-tallied"], report.All.Where(check => check.NotJudged is not null).Select(check => check.Name));
    }

    [Fact]
    public async Task AllFaultsAreCountedAndTheFirstAreKept()
    {
        var ledger = new SmallLedger();
        ledger.Artworks.Clear();

        var report = await VerifyAsync(ledger, rowsMax: 2);

        var known = report.All.Single(check => check.Name == "known");
        Assert.Equal((10, 2), (known.Faults, known.Rows.Count));
        Assert.Equal((SmallLedger.Listener, SmallLedger.FirstSession, 1L), (known.Rows[0].Listener, known.Rows[0].Session, known.Rows[0].ArtworkId));
    }

    [Fact]
    public async Task LegacyQueryFindsUnviewedAndServedAgainAndCountsRepeats()
    {
        var ledger = new SmallLedger();
        ledger.Artworks[1] = null;
        ledger.Blocks[1] = ledger.Blocks[1] with { ArtworkIds = PackedIds.Pack([2, 4]) };
        ledger.Batches[2] = ledger.Batches[2] with { Impressions = PackedImpressions.Pack([new PackedImpression(1, 3, ImpressionOutcome.Repeat)]) };
        var found = new List<LegacyFinding>();

        var audit = await new LegacyQuery(found.Add).RunAsync(ledger, TestContext.Current.CancellationToken);

        Assert.Equal((1, 1, 1), (audit.ImpressionsWithoutViewedAt, audit.ServedTwice, audit.Repeats));
        Assert.Equal(
            [(LegacyKind.NotViewed, SmallLedger.FirstSession, 1L), (LegacyKind.ServedTwice, SmallLedger.SecondSession, 2L)],
            found.Select(finding => (finding.Kind, finding.Session, finding.ArtworkId)));
    }

    [Fact]
    public async Task LegacyQueryNamesTheDamagedRow()
    {
        var ledger = new SmallLedger();
        ledger.Blocks[1] = ledger.Blocks[1] with { ArtworkIds = [9] };

        var damage = await Assert.ThrowsAsync<InvalidDataException>(() => new LegacyQuery(_ => { }).RunAsync(ledger, TestContext.Current.CancellationToken));

        Assert.StartsWith($"Block 2 of listener {SmallLedger.Listener}: ", damage.Message, StringComparison.Ordinal);
    }

    private static async Task<VerificationResult> VerifyAsync(SmallLedger ledger, int rowsMax = 10)
    {
        var report = new VerificationResult(rowsMax);
        await LedgerVerification.RunAsync(ledger, report, TestContext.Current.CancellationToken);
        return report;
    }
}

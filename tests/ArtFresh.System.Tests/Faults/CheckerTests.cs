using ArtFresh.Freshness;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

/// <summary>A run in which all went well, and the same with one thing wrong.</summary>
public sealed class CheckerTests
{
    private const string First = "session-1";
    private const string Second = "session-2";
    private static readonly long[] Shown = [11, 12, 13];

    private readonly List<HistoryEvent> _history =
    [
        Fresh(0, First, "r1", 10, 11, 12, 13),
        Batch(0, First, "b1", 20, Outcome.Unknown),
        Batch(0, First, "b1", 40, Outcome.Done, new Answer([], 0, 3, 0, [], 3)),
        Fresh(0, Second, "r2", 60, 14),
        new ViewSample(50, 11, 1_000),
    ];

    private LedgerImage _ledger = new(
        new Dictionary<string, string> { [First] = "ann", [Second] = "ann" },
        [new BatchRow(First, 1, "b1", 1_000, [.. Shown.Select((id, i) => new PackedImpression(i + 1, id, ImpressionOutcome.Recorded))], 0, 0)],
        [new BlockRow("ann", 1, First, Shown, []), new BlockRow("ann", 2, Second, [14], [])],
        [.. Shown.Select(id => new ArtworkRow(id, 1_000, 1)), new ArtworkRow(14, null, 0)],
        new Dictionary<string, long> { ["ImpressionsRecorded"] = 3 },
        new LossFigures(0, 1, new HashSet<string>()));

    [Fact]
    public void ARunInWhichAllWentWellHoldsEveryPromise() => Assert.All(Checker.Check(_history, _ledger), verdict => Assert.Empty(verdict.Broken));

    [Fact]
    public void ServedAgainIsFound()
    {
        _history.Add(Fresh(0, Second, "r3", 70, 12));
        AssertBroken(Checker.NeverTwice);
    }

    [Fact]
    public void ServedAgainAfterItWasGivenBackIsNoRepeat()
    {
        _history.Add(new ListenerCall(0, Operation.End, First, "e1", 0, [12], 50, 55, Outcome.Unknown, 0, null));
        _history.Add(Fresh(0, Second, "r3", 70, 12));
        Assert.All(Checker.Check(_history, _ledger), verdict => Assert.Empty(verdict.Broken));
    }

    [Fact]
    public void SetAsideTwiceIsFoundEvenIfNobodyWasServed()
    {
        _ledger = _ledger with { Blocks = [.. _ledger.Blocks, new BlockRow("ann", 3, Second, [13], [])] };
        AssertBroken(Checker.NeverTwice);
    }

    [Fact]
    public void ClaimOfWhatAnotherActivationOfTheSessionWasServedIsNoRepeat()
    {
        _ledger = _ledger with { Blocks = [.. _ledger.Blocks, new BlockRow("ann", 3, First, [13], [], IsClaim: true)] };
        Assert.All(Checker.Check(_history, _ledger), verdict => Assert.Empty(verdict.Broken));
    }

    [Fact]
    public void RepeatInAServersAnswerIsFound()
    {
        _history.Add(Batch(0, First, "b1", 80, Outcome.Done, new Answer([], 0, 2, 1, [], 3)));
        AssertBroken(Checker.NeverTwice);
    }

    [Fact]
    public void AcknowledgedAndNotInTheLedgerIsFound()
    {
        _history.Add(new ListenerCall(0, Operation.Batch, First, "b2", 4, [15], 80, 85, Outcome.Done, 200, new Answer([], 1, 0, 0, [], 4)));
        AssertBroken(Checker.Kept);
    }

    [Fact]
    public void NotAcknowledgedAndNotInTheLedgerIsNoLoss()
    {
        _history.Add(new ListenerCall(0, Operation.Batch, First, "b2", 4, [15], 80, 85, Outcome.Unknown, 0, null));
        Assert.All(Checker.Check(_history, _ledger), verdict => Assert.Empty(verdict.Broken));
    }

    [Fact]
    public void ArtThatNobodyServedIsNamedWithoutBreakingAnything()
    {
        _history.Add(new ListenerCall(0, Operation.Batch, First, "b2", 4, [15], 80, 85, Outcome.Done, 200, new Answer([], 0, 0, 0, [], 4, Unserved: 1)));
        CountAsUnserved(15);
        Assert.All(Checker.Check(_history, _ledger), verdict => Assert.Empty(verdict.Broken));
    }

    /// <summary>Artwork 14 was served to the listener's other session.</summary>
    [Fact]
    public void ServedArtThatCountsAsNeverServedIsFound()
    {
        _history.Add(new ListenerCall(0, Operation.Batch, First, "b2", 4, [14], 80, 85, Outcome.Done, 200, new Answer([], 0, 0, 0, [], 4, Unserved: 1)));
        CountAsUnserved(14);
        AssertBroken(Checker.Kept);
    }

    [Fact]
    public void RecordedTwiceForOneListenerIsFound()
    {
        _ledger = _ledger with { Batches = [.. _ledger.Batches, new BatchRow(Second, 1, "b1", 1_000, [new PackedImpression(1, 11, ImpressionOutcome.Recorded)], 0, 0)] };
        AssertBroken(Checker.Kept, Checker.NothingInvented, Checker.Counted);
    }

    [Fact]
    public void WhatNobodySentIsFound()
    {
        var batch = _ledger.Batches[0];
        _ledger = _ledger with { Batches = [batch with { Impressions = [.. batch.Impressions, new PackedImpression(4, 14, ImpressionOutcome.Repeat)] }] };
        AssertBroken(Checker.NothingInvented);
    }

    [Fact]
    public void ImpressionWithoutViewedAtIsFound()
    {
        _ledger = _ledger with { Artworks = [.. _ledger.Artworks.Select(artwork => artwork.ArtworkId == 12 ? artwork with { ViewedAt = null } : artwork)] };
        AssertBroken(Checker.Viewed);
    }

    [Fact]
    public void ImpressionThatHadNoViewedAtForAMomentIsFound()
    {
        _history.Add(new Unviewed(30, 12, First));
        AssertBroken(Checker.Viewed);
    }

    [Fact]
    public void ViewedAtThatChangedIsFound()
    {
        _history.Add(new ViewSample(55, 12, 999));
        AssertBroken(Checker.Viewed);
    }

    [Theory]
    [InlineData("views")]
    [InlineData("ImpressionsRecorded")]
    [InlineData("Duplicates")]
    [InlineData("missing")]
    public void WrongCountIsFound(string count)
    {
        _ledger = count == "views"
            ? _ledger with { Artworks = [.. _ledger.Artworks.Select(artwork => artwork with { ViewCount = artwork.ViewCount * 2 })] }
            : _ledger with { Counters = new Dictionary<string, long>(_ledger.Counters) { [count] = 6 } };
        AssertBroken(Checker.Counted);
    }

    [Theory]
    [InlineData(First, 2, 2, true)]
    [InlineData(First, 1, 2, false)]
    [InlineData(First, 3, 3, false)]
    [InlineData(Second, 0, 2, true)]
    [InlineData(Second, 0, 1, false)]
    [InlineData(Second, 2, 2, false)]
    public void LossThatTheFiguresDoNotBoundIsFound(string session, long lost, long lostAtMost, bool holds)
    {
        _history.Add(new NeverSent(80, session, 4, [21, 22]));
        _ledger = _ledger with { Loss = new LossFigures(lost, lostAtMost, new HashSet<string> { First }) };
        AssertBroken(holds ? [] : [Checker.LossBounded]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void WrongHighWaterIsFound(long highWater)
    {
        _history.Add(Batch(0, First, "b1", 80, Outcome.Done, new Answer([], 0, 3, 0, [], highWater)));
        AssertBroken(Checker.LossMeasured);
    }

    [Fact]
    public void AnswerThatDoesNotAddUpIsFound()
    {
        _history.Add(Batch(0, First, "b1", 80, Outcome.Done, new Answer([], 0, 2, 0, [], 3)));
        AssertBroken(Checker.LossMeasured);
    }

    [Fact]
    public void RefusalIsFound()
    {
        _history.Add(new ListenerCall(0, Operation.Fresh, First, "r9", 0, [], 80, 85, Outcome.Refused, 404, null));
        AssertBroken(Checker.OnlyFaultsRefuse);
    }

    [Fact]
    public void WaitIsMeasuredFromTheFirstFailureToTheSuccessAndLaidToTheLastHarm()
    {
        _history.Add(new FaultDone("KillSilo", "", 15, 18));
        Assert.Equal(new Dictionary<string, long> { ["KillSilo"] = 25 }, LongestWaits.ByHarm(_history));
    }

    private void CountAsUnserved(long artworkId) => _ledger = _ledger with
    {
        Batches = [.. _ledger.Batches, new BatchRow(First, 2, "b2", 2_000, [new PackedImpression(4, artworkId, ImpressionOutcome.Unserved)], 0, 0)],
    };

    private static ListenerCall Fresh(int listener, string session, string requestId, long at, params long[] served) =>
        new(listener, Operation.Fresh, session, requestId, 0, [], at, at + 5, Outcome.Done, 200, Answer.Empty with { Served = served });

    private static ListenerCall Batch(int listener, string session, string batchId, long at, Outcome outcome, Answer? answer = null) =>
        new(listener, Operation.Batch, session, batchId, 1, Shown, at, at + 5, outcome, 200, answer);

    private void AssertBroken(params string[] promises) =>
        Assert.Equal(promises.Order(), Checker.Check(_history, _ledger).Where(verdict => !verdict.Holds).Select(verdict => verdict.Promise).Order());
}

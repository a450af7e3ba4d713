using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class ListenerSessionTests(OneSilo fixture) : IClassFixture<OneSilo>
{
    private readonly ArtFreshCluster _silo = fixture.Cluster;

    private static string NewListener() => $"guest-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task RetriedBatchIsRecordedOnce()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(5)).Ids();
        var batch = SessionCalls.Batch(1, ids);

        var first = await session.RecordBatch(batch);
        var retry = await session.RecordBatch(batch);

        Assert.Equal((5, 0, 0, 5L), (first.Recorded, first.Duplicates, first.Repeats, first.HighWater));
        Assert.Equal((0, 5, 0, 5L), (retry.Recorded, retry.Duplicates, retry.Repeats, retry.HighWater));
        Assert.Empty(first.Unknown);
    }

    [Fact]
    public async Task ConcurrentRetryIsRecordedOnce()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var batch = SessionCalls.Batch(1, (await session.Take(8)).Ids());

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => session.RecordBatch(batch)));

        Assert.Equal(8, results.Sum(result => result.Recorded));
        Assert.Equal(40, results.Sum(result => result.Duplicates));
        Assert.Equal(0, results.Sum(result => result.Repeats));
    }

    [Fact]
    public async Task BatchesOutOfOrderRaiseTheHighWaterOnlyWhenTheGapCloses()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(6)).Ids();

        var late = await session.Record(4, ids[3..]);
        var early = await session.Record(1, ids[..3]);

        Assert.Equal((3, 0L), (late.Recorded, late.HighWater));
        Assert.Equal((3, 6L), (early.Recorded, early.HighWater));
    }

    [Fact]
    public async Task NewNumberForAShownArtworkIsARepeatAndNotADuplicate()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(2)).Ids();
        await session.Record(1, ids);

        var again = await session.Record(3, ids[0]);

        Assert.Equal((0, 0, 1, 3L), (again.Recorded, again.Duplicates, again.Repeats, again.HighWater));
    }

    [Fact]
    public async Task ArtworkShownAgainOnPurposeIsARevisitAndNoRepeat()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(3)).Ids();
        await session.Record(1, ids[0], ids[1]);
        var batch = SessionCalls.Batch(3, ids[0], ids[1], ids[2]) with { Revisits = [ids[0], ids[2]] };

        var again = await session.RecordBatch(batch);
        var retry = await session.RecordBatch(batch);

        Assert.Equal((1, 0, 1, 1, 5L), (again.Recorded, again.Duplicates, again.Repeats, again.Revisits, again.HighWater));
        Assert.Equal((0, 3, 0, 0), (retry.Recorded, retry.Duplicates, retry.Repeats, retry.Revisits));
    }

    [Fact]
    public async Task ArtworkOfAnotherSessionShownAgainOnPurposeIsARevisit()
    {
        var listener = NewListener();
        var before = await _silo.OpenSessionAsync(listener);
        var ids = (await before.Take(1)).Ids();
        await before.Record(1, ids);
        var later = await _silo.OpenSessionAsync(listener);

        var again = await later.RecordBatch(SessionCalls.Batch(1, ids) with { Revisits = [.. ids] });

        Assert.Equal((0, 0, 0, 1), (again.Recorded, again.Duplicates, again.Repeats, again.Revisits));
    }

    [Fact]
    public async Task ArtworkNeverServedIsUnservedHoweverOnPurpose()
    {
        var other = (await (await _silo.OpenSessionAsync(NewListener())).Take(1)).Ids();
        var session = await _silo.OpenSessionAsync(NewListener());

        var result = await session.RecordBatch(SessionCalls.Batch(1, other) with { Revisits = [.. other] });

        Assert.Equal((0, 0, 1), (result.Recorded, result.Revisits, result.Unserved));
    }

    [Fact]
    public async Task NumberReusedForAnotherArtworkStillRecordsTheImpression()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(2)).Ids();
        await session.Record(1, ids[0]);

        var reused = await session.Record(1, ids[1]);

        Assert.Equal((1, 0, 0), (reused.Recorded, reused.Duplicates, reused.Repeats));
    }

    [Fact]
    public async Task SingleImpressionsWithoutNumbersAreNumberedByTheSession()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(3)).Ids();

        var first = await session.Record(null, ids[0]);
        var retry = await session.Record(null, ids[0]);
        var second = await session.Record(null, ids[1]);

        Assert.Equal((1, 1L), (first.Recorded, first.HighWater));
        Assert.Equal((0, 1, 0), (retry.Recorded, retry.Duplicates, retry.Repeats));
        Assert.Equal((1, 2L), (second.Recorded, second.HighWater));
    }

    [Fact]
    public async Task UnknownArtworkIsReportedAndNotRecordedAndItsNumberIsNotLost()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(1)).Ids();

        var result = await session.Record(1, 9_000_000_000, ids[0]);

        Assert.Equal((1, 0, 0, 2L), (result.Recorded, result.Duplicates, result.Repeats, result.HighWater));
        Assert.Equal([9_000_000_000], result.Unknown);
        Assert.Null(await _silo.Grains.GetGrain<IArtworkGrain>(9_000_000_000).Describe());
    }

    [Fact]
    public async Task FailedCommitLeavesTheSessionUnchanged()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(4)).Ids();
        _silo.Faults.FailNext<BatchRecorded>();

        var failed = await session.Record(1, ids);
        var retried = await session.Record(1, ids);

        Assert.Equal(SessionOutcome.Unavailable, failed.Outcome);
        Assert.Equal((SessionOutcome.Done, 4, 0), (retried.Outcome, retried.Recorded, retried.Duplicates));
    }

    [Fact]
    public async Task RetryAfterALostAnswerFindsTheCommittedBatch()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(4)).Ids();
        _silo.Faults.LoseNextAnswers<BatchRecorded>();

        var lost = await session.Record(1, ids);
        var retried = await session.Record(1, ids);

        Assert.Equal(SessionOutcome.Unavailable, lost.Outcome);
        Assert.Equal((SessionOutcome.Done, 0, 4, 0), (retried.Outcome, retried.Recorded, retried.Duplicates, retried.Repeats));
    }

    [Fact]
    public async Task FreshRequestDoesNotWaitBehindACommit()
    {
        // A pool that is as good as empty would have to make the next artworks, and commit them.
        await (await _silo.OpenSessionAsync(NewListener())).Take(50);
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(2)).Ids();
        Task<RecordBatchResult> recording;
        using (_silo.Faults.Hold<BatchRecorded>())
        {
            recording = session.Record(1, ids);
            var fresh = await session.Take(2).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            Assert.Equal(2, fresh.Length);
            Assert.False(recording.IsCompleted);
        }

        Assert.Equal(2, (await recording).Recorded);
    }

    /// <summary>One client can ask for this as often as it likes, so it must not look like a failure of the server.</summary>
    [Fact]
    public async Task SessionWithTooManyBatchesInProgressIsBusyAndNotUnavailable()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var artwork = (await session.Take(1)).Ids()[0];
        Task<RecordBatchResult>[] recording;
        using (_silo.Faults.Hold<BatchRecorded>())
        {
            recording = [.. Enumerable.Range(1, 40).Select(number => session.Record(number, artwork))];
            await Eventually.Async(() => Task.FromResult(recording.Count(one => one.IsCompleted) >= 40 - 16));
        }

        // Unavailable to the front ends of the release before, which know no busy session.
        var results = await Task.WhenAll(recording);
        Assert.Equal((16, 24), (results.Count(result => result.Outcome == SessionOutcome.Done), results.Count(result => result is { Outcome: SessionOutcome.Unavailable, IsBusy: true })));
    }

    [Fact]
    public async Task SecondActivationIsFencedAndRetriesAfterReloading()
    {
        var listener = NewListener();
        var sessionId = Guid.CreateVersion7();
        var session = _silo.Session(listener, sessionId);
        await session.Open("test");
        var ids = (await session.Take(3)).Ids();
        // What another activation would write: the batch number that this one is about to use.
        var elsewhere = new BatchRecorded(
            sessionId, "test", DateTimeOffset.UnixEpoch, 1, Guid.CreateVersion7(), DateTimeOffset.UnixEpoch,
            Freshness.PackedImpressions.Pack([new(1, ids[0], Freshness.ImpressionOutcome.Recorded)]), [ids[0]], null, 0, 0, null);
        Assert.Equal(LedgerVerdict.Committed, await _silo.Writer().AppendAsync(elsewhere));

        var result = await session.Record(1, ids);

        Assert.Equal((SessionOutcome.Done, 2, 1, 0), (result.Outcome, result.Recorded, result.Duplicates, result.Repeats));
    }

    [Fact]
    public async Task SameRequestIdGetsTheSameAnswerAndAnotherIdGetsOtherArt()
    {
        var session = await _silo.OpenSessionAsync(NewListener());

        var first = (await session.Take(5, requestId: "a")).Ids();
        var again = (await session.Take(5, requestId: "a")).Ids();
        var other = (await session.Take(5, requestId: "b")).Ids();

        Assert.Equal(first, again);
        Assert.Empty(first.Intersect(other));
    }

    [Fact]
    public async Task ConcurrentRequestsOfManyMoodsAndTabsNeverRepeat()
    {
        var listener = NewListener();
        var sessions = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _silo.OpenSessionAsync(listener)));
        var random = new Random(11);
        var requests = Enumerable.Range(0, 60)
            .Select(i => (Session: sessions[i % 4], Mood: new Mood(random.NextDouble(), random.NextDouble()), Count: random.Next(1, 20)))
            .ToArray();

        var answers = await Task.WhenAll(requests.Select(request => request.Session.Take(request.Count, request.Mood)));

        Assert.Equal(requests.Sum(request => request.Count), answers.Sum(answer => answer.Length));
        Assert.Equal(answers.Sum(answer => answer.Length), answers.SelectMany(answer => answer.Ids()).Distinct().Count());
    }

    [Fact]
    public async Task EndGivesBackOnlyUnservedAndUnshownArtworks()
    {
        var listener = NewListener();
        var first = await _silo.OpenSessionAsync(listener);
        var ids = (await first.Take(6)).Ids();
        await first.Record(1, ids[0], ids[1]);

        Assert.Equal(SessionOutcome.Done, await first.Finish([ids[1], ids[2], ids[3], 8_888_888]));
        Assert.Equal(SessionOutcome.Done, await first.Finish([ids[4]]));
        var second = await _silo.OpenSessionAsync(listener);
        var next = (await second.Take(40)).Ids();

        Assert.Contains(ids[2], next);
        Assert.Contains(ids[3], next);
        Assert.DoesNotContain(ids[0], next);
        Assert.DoesNotContain(ids[1], next);
        Assert.DoesNotContain(ids[4], next);
        Assert.Equal(SessionOutcome.SessionEnded, (await first.TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome);
    }

    [Fact]
    public async Task LateImpressionOfAGivenBackArtworkIsRecordedOnceOverBothSessions()
    {
        var listener = NewListener();
        var first = await _silo.OpenSessionAsync(listener);
        var id = (await first.Take(1)).Ids()[0];
        await first.Finish([id]);
        var second = await _silo.OpenSessionAsync(listener);
        Assert.Contains(id, (await second.Take(40)).Ids());

        var late = await first.Record(1, id);
        var shown = await second.Record(1, id);

        Assert.Equal((1, 0, 0), (late.Recorded, late.Duplicates, late.Repeats));
        Assert.Equal((0, 0, 1), (shown.Recorded, shown.Duplicates, shown.Repeats));
    }

    [Fact]
    public async Task ArtworkOfAnotherTabIsRecordedOnceWhoeverReportsItFirst()
    {
        var listener = NewListener();
        var one = await _silo.OpenSessionAsync(listener);
        var other = await _silo.OpenSessionAsync(listener);
        var ids = (await one.Take(2)).Ids();
        await one.Record(1, ids[0]);

        var shownThere = await other.Record(1, ids[0]);
        var takenOver = await other.Record(2, ids[1]);
        var tooLate = await one.Record(2, ids[1]);

        Assert.Equal((0, 1), (shownThere.Recorded, shownThere.Repeats));
        Assert.Equal((1, 0), (takenOver.Recorded, takenOver.Repeats));
        Assert.Equal((0, 1), (tooLate.Recorded, tooLate.Repeats));
    }

    [Fact]
    public async Task TabsThatReportEachOthersArtworksAtOnceNeitherDeadlockNorCountTwice()
    {
        var listener = NewListener();
        var one = await _silo.OpenSessionAsync(listener);
        var other = await _silo.OpenSessionAsync(listener);
        var mine = (await one.Take(10)).Ids();
        var theirs = (await other.Take(10)).Ids();
        long[] all = [.. mine, .. theirs];

        var results = await Task.WhenAll(one.Record(1, all), other.Record(1, all), one.Record(1, all), other.Record(1, all))
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        Assert.All(results, result => Assert.Equal(SessionOutcome.Done, result.Outcome));
        Assert.Equal(20, results.Sum(result => result.Recorded));
    }

    [Fact]
    public async Task ReportedArtworkThatWasNeverServedIsNeverServedLater()
    {
        var listener = NewListener();
        var other = await _silo.OpenSessionAsync(NewListener());
        var mood = new Mood(0.05, 0.95);
        var theirs = (await other.Take(20, mood)).Ids();
        var session = await _silo.OpenSessionAsync(listener);

        var claimed = await session.Record(1, theirs);
        var served = await session.Take(50, mood);

        Assert.Equal((0, 20), (claimed.Recorded, claimed.Unserved));
        Assert.Empty(served.Ids().Intersect(theirs));
    }

    [Fact]
    public async Task MissingSessionAndAnotherListenersSessionLookTheSame()
    {
        var sessionId = Guid.CreateVersion7();
        await _silo.Session(NewListener(), sessionId).Open("test");
        var stranger = _silo.Session(NewListener(), sessionId);

        Assert.Equal(SessionOutcome.SessionNotFound, (await stranger.Record(1, 1)).Outcome);
        Assert.Equal(SessionOutcome.SessionNotFound, (await stranger.TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome);
        Assert.Equal(SessionOutcome.SessionNotFound, await stranger.Finish([]));
    }

    [Fact]
    public async Task BatchWithTooManyGapsInItsNumbersIsRefused()
    {
        var session = await _silo.OpenSessionAsync(NewListener());
        var ids = (await session.Take(1)).Ids();
        var refused = SessionOutcome.Done;
        for (var number = 1L; number < 20_000 && refused == SessionOutcome.Done; number += 2)
        {
            refused = (await session.Record(number, 9_000_000_000)).Outcome;
        }

        Assert.Equal(SessionOutcome.NumbersScattered, refused);
        Assert.Equal(SessionOutcome.Done, (await session.Record(2, ids)).Outcome);
    }
}

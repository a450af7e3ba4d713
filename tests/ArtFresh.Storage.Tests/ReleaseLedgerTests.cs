using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>What any ledger must keep for the release watch; run over each kind of database.</summary>
public abstract class ReleaseLedgerTests(LedgerFile file) : IDisposable
{
    private static readonly OperatorAct Act = new(LedgerFile.Now, "ann", "try", "r1", "because");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        file.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task LastPolicyAppliesAndEverySwitchIsAudited()
    {
        Assert.Empty(await file.Releases.ReadPoliciesAsync(Stop));
        await file.Releases.SetPolicyAsync(new ReleasePolicy("r1", Delivery.Single, LedgerFile.Now), Act, Stop);
        var last = new ReleasePolicy("r1", Delivery.Batch, LedgerFile.Now.AddMinutes(1));
        await file.Releases.SetPolicyAsync(last, Act with { Release = null, Detail = "mended" }, Stop);
        await file.Releases.AppendAsync(Act with { What = "look" }, Stop);

        Assert.Equal([last], await file.Releases.ReadPoliciesAsync(Stop));
        Assert.Equal(
            [new AuditEntry(3, LedgerFile.Now, "ann", "look", "r1", "because"), new AuditEntry(2, LedgerFile.Now, "ann", "try", null, "mended")],
            await file.Releases.ReadAsync(2, Stop));
    }

    [Fact]
    public async Task NewestBatchesAreThoseThatAreAddedUpOfListenersWhoAreNotStruck()
    {
        var (writer, session) = (await file.Ledger.StartWriterAsync(Stop), Guid.CreateVersion7());
        await file.CommitAsync(writer, 1, LedgerFile.Made(3), new SessionOpened("guest-a", session, "r1", LedgerFile.Now));
        await file.CommitAsync(writer, 1, LedgerFile.Batch(session, 1, 1, 1), LedgerFile.Batch(session, 2, 2, 2), LedgerFile.Batch(session, 3, 3, 3));
        await file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 2, [], [], []), Stop);
        async Task<IEnumerable<long>> ReadAsync(DateTimeOffset from, int count) => (await file.Figures.ReadNewestBatchesAsync(from, count, Stop)).Select(batch => batch.Position);

        Assert.Equal([2L, 1L], await ReadAsync(LedgerFile.Now, 10));
        Assert.Equal([2L], await ReadAsync(LedgerFile.Now, 1));
        Assert.Empty(await ReadAsync(LedgerFile.Now.AddHours(1), 10));
        await file.Releases.StrikeAsync("guest-a", Act, Stop);
        Assert.Empty(await ReadAsync(LedgerFile.Now, 10));
    }

    [Fact]
    public async Task NetworkIsStruckWithThoseOfItWhoComeLater()
    {
        var (writer, first, later) = (await file.Ledger.StartWriterAsync(Stop), Guid.CreateVersion7(), Guid.CreateVersion7());
        var day = DateOnly.FromDateTime(LedgerFile.Now.UtcDateTime);
        await file.CommitAsync(
            writer, 1, LedgerFile.Made(3), new SessionOpened("guest-a", first, "r1", LedgerFile.Now), new SessionOpened("guest-b", later, "r1", LedgerFile.Now));
        await file.CommitAsync(writer, 1, LedgerFile.Batch(first, 1, 1, 1) with { Network = 7 });
        await file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, [], [], []), Stop);

        Assert.Equal(1, await file.Releases.StrikeAsync(7, day, LedgerFile.Now.AddMinutes(-1), Act, Stop));
        await file.CommitAsync(writer, 2, LedgerFile.Batch(later, 1, 1, 2) with { Network = 7 });
        await file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 1, 2, [], [], []), Stop);

        Assert.Empty(await file.Figures.ReadNewestBatchesAsync(LedgerFile.Now, 10, Stop));
        Assert.Equal(2, await file.Releases.LiftAsync(7, day, Act, Stop));
        Assert.Equal(2, (await file.Figures.ReadNewestBatchesAsync(LedgerFile.Now, 10, Stop)).Count);
    }

    [Fact]
    public async Task FailureIsWrittenOnceAndTheLatestIsRead()
    {
        var first = new ReleaseFailure("r1", 1, LedgerFile.Now, "[]", null, null);
        Assert.True(await file.Releases.WriteFailureAsync(first, Act, Stop));
        Assert.False(await file.Releases.WriteFailureAsync(first with { Evidence = "[1]" }, Act, Stop));
        Assert.Equal([first], await file.Releases.ReadFailuresAsync(Stop));
        Assert.Single(await file.Releases.ReadAsync(10, Stop));

        var over = first with { Action = "none", RecoveredAt = LedgerFile.Now.AddHours(1) };
        await file.Releases.UpdateFailureAsync(over, Act, Stop);
        Assert.Equal([over], await file.Releases.ReadFailuresAsync(Stop));
        var second = first with { Episode = 2, FailedAt = LedgerFile.Now.AddHours(2) };
        Assert.True(await file.Releases.WriteFailureAsync(second, Act, Stop));
        Assert.Equal([second], await file.Releases.ReadFailuresAsync(Stop));
    }

    [Fact]
    public async Task LeastRecentlyUsedReleaseGivesWayAndANamedOneNever()
    {
        await file.Releases.KnowAsync("named", Act, Stop);
        foreach (var (release, minute) in new[] { ("a", 1), ("b", 2), ("a", 3), ("c", 4) })
        {
            await file.Releases.KnowByQuorumAsync(release, Act with { At = LedgerFile.Now.AddMinutes(minute) }, 2, Stop);
        }

        Assert.Equal(
            [new KnownRelease("a", LedgerFile.Now.AddMinutes(3)), new KnownRelease("c", LedgerFile.Now.AddMinutes(4)), new KnownRelease("named", null)],
            await KnownAsync(LedgerFile.Now));
        Assert.Equal(["c", "named"], (await KnownAsync(LedgerFile.Now.AddMinutes(4))).Select(known => known.Release));

        Assert.True(await file.Releases.KnowAsync("a", Act, Stop));
        Assert.False(await file.Releases.KnowAsync("a", Act, Stop));
        Assert.Equal(["a", "named"], (await KnownAsync(LedgerFile.Now.AddDays(1))).Select(known => known.Release));
    }

    private async Task<IEnumerable<KnownRelease>> KnownAsync(DateTimeOffset usedSince) =>
        (await file.Releases.ReadKnownAsync(usedSince, Stop)).OrderBy(known => known.Release, StringComparer.Ordinal);

    [Fact]
    public async Task MinutesAddUpAndAreForgotten()
    {
        var writer = await file.Ledger.StartWriterAsync(Stop);
        CounterAdded Minute(int minute, long amount) => new("r1", LedgerFile.Now.AddMinutes(minute), "Batches", amount);
        await file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, [], [Minute(0, 5)], [Minute(0, 2), Minute(1, 3)]), Stop);
        await file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 1, 2, [], [], [Minute(1, 4)]), Stop);

        Assert.Equal([2L, 7L], (await file.Releases.ReadMinutesAsync(LedgerFile.Now, Stop)).OrderBy(minute => minute.Hour).Select(minute => minute.Amount));
        Assert.Equal([Minute(1, 7)], await file.Releases.ReadMinutesAsync(LedgerFile.Now.AddSeconds(1), Stop));
        await file.Releases.TrimMinutesAsync(LedgerFile.Now.AddMinutes(1), Stop);
        Assert.Equal([Minute(1, 7)], await file.Releases.ReadMinutesAsync(DateTimeOffset.UnixEpoch, Stop));
        Assert.Equal([new ReleaseSeen("r1", LedgerFile.Now, LedgerFile.Now)], await file.Releases.ReadReleasesAsync(LedgerFile.Now, Stop));
        Assert.Empty(await file.Releases.ReadReleasesAsync(LedgerFile.Now.AddHours(1), Stop));
    }

    [Fact]
    public async Task GapsBelongToTheirSessionsAndEndWhenTheyAreFilled()
    {
        var writer = await file.Ledger.StartWriterAsync(Stop);
        var (open, ended, whole) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await file.CommitAsync(
            writer, 1, LedgerFile.Made(9), new SessionOpened("ann", open, "r1", LedgerFile.Now), new SessionOpened("bob", ended, "r2", LedgerFile.Now), new SessionOpened("cy", whole, "r1", LedgerFile.Now));
        await file.CommitAsync(
            writer, 1,
            LedgerFile.Batch(open, 1, 4, 1) with { MissingChange = 3 },
            LedgerFile.Batch(open, 2, 2, 2) with { MissingChange = -1, ReceivedAt = LedgerFile.Now.AddMinutes(5) },
            LedgerFile.Batch(ended, 1, 2, 3) with { MissingChange = 1 },
            LedgerFile.Batch(whole, 1, 2, 4) with { MissingChange = 1 },
            LedgerFile.Batch(whole, 2, 1, 5) with { MissingChange = -1 },
            new SessionEnded(ended, LedgerFile.Now.AddMinutes(9)));

        var gaps = (await file.Figures.ReadGapsAsync(LedgerFile.Now, null, Stop)).OrderBy(gap => gap.Release);
        Assert.Equal(
            [
                new("r1", LedgerFile.Now, 2, null, LedgerFile.Now.AddMinutes(5)),
                new("r2", LedgerFile.Now, 1, LedgerFile.Now.AddMinutes(9), LedgerFile.Now),
            ],
            gaps);
        Assert.Equal("r2", Assert.Single(await file.Figures.ReadGapsAsync(LedgerFile.Now, "r2", Stop)).Release);
        Assert.Empty(await file.Figures.ReadGapsAsync(LedgerFile.Now.AddSeconds(1), null, Stop));
    }

    [Fact]
    public async Task ArtWithoutViewedAtIsFound()
    {
        var writer = await file.Ledger.StartWriterAsync(Stop);
        var session = Guid.CreateVersion7();
        await file.CommitAsync(writer, 1, LedgerFile.Made(3), new SessionOpened("ann", session, "r1", LedgerFile.Now));
        await file.CommitAsync(writer, 1, LedgerFile.Batch(session, 1, 1, 2));
        Assert.Equal([1, 3], (await file.Figures.FindUnviewedAsync([1, 2, 3, 99], Stop)).Order());
    }
}

public sealed class SqliteReleaseLedgerTests() : ReleaseLedgerTests(new SqliteFile());

[Collection("postgres")]
public sealed class PostgresReleaseLedgerTests(PostgresWorld world) : ReleaseLedgerTests(new PostgresFile(world.Server));

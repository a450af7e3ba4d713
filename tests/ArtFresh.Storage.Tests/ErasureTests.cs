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

    /// <summary>Nothing but the alias ties a guest to the account: whoever a silo of the release before joins between the question and the deletion goes with it.</summary>
    [Fact]
    public async Task GuestWhoJoinedAfterTheErasureWasAskedForIsErasedToo()
    {
        await FillAsync(isJoined: false);
        await _erasures.AskAsync(Listener, LedgerFile.Now, Stop);
        File.Scalar($"insert into listener_alias (guest, account, block_number, joined_at) values ('{Guest}', '{Listener}', 2, 0)");

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

    /// <summary>Whoever writes a row by hand has not the key. However many there are, what was asked for is done.</summary>
    [Fact]
    public async Task RowWhoseProofIsNotItsListenersErasesNobody()
    {
        await FillAsync();
        for (var i = 0; i < 3; i++)
        {
            File.Scalar($"insert into erasure (proof, listener_id, asked_at, row_count) select {(database.Dialect.HasStates ? "randomblob(32)" : "sha256(random()::text::bytea)")}, '{Other}', 0, 0");
        }

        Assert.Empty(await _erasures.ReadDueAsync(2, Stop));
        await _erasures.AskAsync(Guest, LedgerFile.Now, Stop);

        Assert.Equal([Guest], (await _erasures.ReadDueAsync(2, Stop)).Select(due => due.ListenerId));
        await EraseAsync(ask: false);
        Assert.Equal((true, false), (Names(Other), Names(Guest)));
    }

    /// <summary>As an activation writes that lives on elsewhere. The others of its group are committed.</summary>
    [Fact]
    public async Task ActivationThatOutlivesItsListenerCommitsNothing()
    {
        var writer = await FillAsync();
        await _erasures.AskAsync(Listener, LedgerFile.Now, Stop);
        await RefusesAsync(2);
        Assert.False(await new SqlRecords(database).KeepAsync(Listener, new KeptArtwork(2, LedgerFile.Now), 10, Stop));

        await EraseAsync(ask: false);
        await RefusesAsync(3);

        Assert.False(await new SqlRecords(database).KeepAsync(Listener, new KeptArtwork(2, LedgerFile.Now), 10, Stop));
        Assert.False(NamesAny());
        await TallyAsync(writer, 3, 5, 1, 6);
        await AssertSoundAsync();

        async Task RefusesAsync(int number)
        {
            var verdicts = await File.CommitAsync(
                writer, number + 2,
                LedgerFile.Block(Listener, number + 1, _session, BlockKind.SetAside, [4]),
                LedgerFile.Block(Listener, 1, _session, BlockKind.SetAside, [5]),
                LedgerFile.Batch(_otherSession, number, number, number == 2 ? 1 : 6) with { ListenerId = Other },
                LedgerFile.Batch(_session, number, 3, 1) with { ListenerId = Listener },
                new SessionOpened(Guest, Guid.CreateVersion7(), "r1", LedgerFile.Now),
                new ListenerJoined(Other, number, Listener, 3, [1, 2], LedgerFile.Now),
                new ListenerJoined(Listener, 3, Other, number, [1, 2], LedgerFile.Now),
                LedgerFile.Block(Other, number, _otherSession, BlockKind.SetAside, [number == 2 ? 6 : 5]));
            Assert.Equal([false, false, true, false, false, false, false, true], verdicts.Select(verdict => verdict == LedgerVerdict.Committed));
            Assert.All(verdicts, verdict => Assert.NotEqual(LedgerVerdict.Unavailable, verdict));
            var outside = await File.Ledger.EnterAsync([LedgerFile.Block(Guest, number + 5, Guid.Empty, BlockKind.Backfilled, [4])], Stop);
            Assert.Equal([LedgerVerdict.Fenced], outside);
        }
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
        // The rows that a copy from before the erasure brings back.
        File.Scalar($"insert into kept_artwork (listener_id, artwork_id, kept_at) values ('{Listener}', 1, 0), ('{Guest}', 2, 0)");
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
    public async Task StruckListenerWhoIsErasedCountsNoMoreThanBefore()
    {
        await FillAsync(network: 7);
        var all = await SumsAsync();
        await File.Releases.StrikeAsync(Listener, new OperatorAct(LedgerFile.Now, "ann", "strike-claims", null, "lies"), Stop);
        var struck = await SumsAsync();

        await EraseAsync();

        Assert.NotEqual(all, struck);
        Assert.Equal(struck, await SumsAsync());
        await AssertSoundAsync();
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

    private async Task<long> FillAsync(bool isTallied = true, bool isJoined = true, int network = 0)
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
            LedgerFile.Batch(_session, 1, 1, 1, 2) with { Network = network },
            LedgerFile.Batch(_otherSession, 1, 1, 2) with { Network = network },
            LedgerFile.Batch(guestSession, 1, 1, 3));
        if (isJoined)
        {
            await File.CommitAsync(writer, 4, new ListenerJoined(Guest, 2, Listener, 2, [3], LedgerFile.Now));
        }

        await new SqlRecords(database).KeepAsync(Listener, new KeptArtwork(1, LedgerFile.Now), 10, Stop);
        if (isTallied)
        {
            await TallyAsync(writer);
        }

        return writer;
    }

    private async Task TallyAsync(long writer, long from, long to, params long[] shown)
    {
        var (views, hours, minutes) = (new ViewSums(), new CounterSums(TimeSpan.FromHours(1)), new CounterSums(TimeSpan.FromMinutes(1)));
        var networks = new NetworkCounts();
        foreach (var row in (await File.Figures.ReadBatchesAsync(writer, from, 100, Stop)).Where(row => row.Position <= to))
        {
            var batch = new TalliedBatch(row);
            views.Add(batch.Recorded.Span, row.ReceivedAt);
            batch.AddArrival(hours.Of(row.Release, row.ReceivedAt), []);
            batch.AddSession(hours.Of(row.Release, row.OpenedAt));
            batch.AddArrival(minutes.Of(row.Release, row.ReceivedAt), []);
            batch.AddSession(minutes.Of(row.Release, row.ReceivedAt));
            if (row.Network > 0)
            {
                networks.Add(row.Network, batch.Claims());
            }
        }

        NetworksAdded[] counted = networks.All.Count > 0 ? [new NetworksAdded("r1", CounterAdded.StartOf(LedgerFile.Now, TimeSpan.FromMinutes(1)), networks)] : [];
        await File.Ledger.AdvanceAsync(new TallyAdvanced(writer, from, to, views, hours.All, minutes.All, counted), Stop);
    }

    /// <summary>All that figures and verdicts are read from.</summary>
    private async Task<List<string>> SumsAsync()
    {
        var from = DateTimeOffset.UnixEpoch;
        var counters = (await File.Figures.ReadCountersAsync(from, null, Stop)).Concat(await File.Releases.ReadMinutesAsync(from, Stop)).Where(counter => counter.Amount != 0);
        var networks = (await File.Releases.ReadNetworksAsync(from, Stop)).SelectMany(minute => minute.Counts.All.Select(network => $"{minute.Release} {minute.Minute:O} {network}"));
        return [.. counters.Select(counter => $"{counter}").Order(StringComparer.Ordinal), .. networks];
    }

    private Task TallyAsync(long writer) => TallyAsync(writer, 0, 3, 1, 2, 2, 3);

    protected async Task EraseAsync(bool ask = true, string listener = Listener)
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

using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Storage.Tests;

/// <summary>
/// A small ledger in which everything has happened once: two writers and one from outside, sessions that ended, art that was given back, claimed, spent and kept, a guest who joined, strikes, releases that failed, snapshots and tallies.
/// </summary>
internal sealed class LivedLedger(LedgerFile file, SqlDatabase database)
{
    public static readonly Guid Ann1 = new("01900000-0000-7000-8000-0000000000a1");
    public static readonly Guid Ann2 = new("01900000-0000-7000-8000-0000000000a2");
    public static readonly Guid Bob1 = new("01900000-0000-7000-8000-0000000000b1");
    private static readonly Guid Cyn1 = new("01900000-0000-7000-8000-0000000000c1");
    private static readonly Guid Eve1 = new("01900000-0000-7000-8000-0000000000e1");
    private static readonly Guid Guest1 = new("01900000-0000-7000-8000-0000000000f1");

    private readonly Dictionary<long, long> _positions = [];

    private static DateTimeOffset Now => LedgerFile.Now;

    public async Task LiveAsync()
    {
        var first = await file.Ledger.StartWriterAsync(CancellationToken.None);
        await CommitAsync(first, LedgerFile.Made(60), LedgerFile.Made(2, 5, "content"));
        await CommitAsync(
            first, Opened("ann", Ann1), Opened("bob", Bob1), Opened("cyn", Cyn1), Opened("eve", Eve1), Opened("guest", Guest1),
            Block("ann", 1, Ann1, BlockKind.SetAside, Ids(1, 16)), Block("bob", 1, Bob1, BlockKind.SetAside, Ids(1, 8)), Block("cyn", 1, Cyn1, BlockKind.SetAside, Ids(30, 39)),
            Block("eve", 1, Eve1, BlockKind.SetAside, Ids(1, 6)), Block("guest", 1, Guest1, BlockKind.SetAside, Ids(17, 24)));
        await CommitAsync(
            first, Batch(Ann1, 1, 1, Ids(1, 5)), Batch(Bob1, 1, 1, Ids(1, 4), network: 9), Batch(Eve1, 1, 1, Ids(1, 3)), Batch(Guest1, 1, 1, Ids(17, 20)),
            Batch(Cyn1, 1, 1, Ids(30, 33), lastNumber: 8, missing: 4));
        await CommitAsync(first, Batch(Ann1, 2, 6, Ids(6, 8), duplicates: 2), new SessionEnded(Guest1, Now.AddMinutes(4), 4, 0, 2));
        var second = await file.Ledger.StartWriterAsync(CancellationToken.None);
        await CommitAsync(
            second, Opened("ann", Ann2), Block("ann", 2, Ann2, BlockKind.Claimed, [9]), Block("ann", 3, Ann2, BlockKind.SetAside, Ids(40, 45), 10, 11),
            Block("ann", 4, Ann2, BlockKind.Unserved, [50]), Block("ann", 5, Ann1, BlockKind.TakenBack, [], 12, 13, 14, 15, 16));
        await CommitAsync(
            second, Judged(), Batch(Bob1, 2, 5, Ids(5, 6)), new SessionEnded(Ann1, Now.AddMinutes(5), 8), new SessionEnded(Cyn1, Now.AddMinutes(6), 10, 2));
        await CommitAsync(second, new ListenerJoined("guest", 2, "ann", 6, [.. Ids(17, 24)], Now.AddMinutes(7)));
        await CommitAsync(second, Block("cyn", 2, Cyn1, BlockKind.SetAside, Ids(51, 54)));
        await EnterAsync(
            new ViewsBackfilled(new Dictionary<long, DateTimeOffset> { [55] = Now.AddDays(-9) }), Block("bob", 2, Guid.Empty, BlockKind.Backfilled, [55, 56]));
        await FoldAsync(second, 3, 0);
        await FoldAsync(second, 5, 1);
        await TallyAsync(first);
        await file.CountViewsAsync();
        await TallyAsync(second);
        await NoteAsync();
    }

    /// <summary>As Ann's grain does.</summary>
    private async Task FoldAsync(long writer, long blockNumber, int slot)
    {
        var log = new ListenerLog("ann");
        var rows = (await file.History.ReadBlockRowsAsync("ann", CancellationToken.None)).Where(row => row.Number <= blockNumber).ToArray();
        Array.ForEach(rows, row => log.Take(row));
        await CommitAsync(writer, new SnapshotTaken(new ListenerSnapshot("ann", slot, blockNumber, rows[^1].ToLogged().Checksum, log.Fold().ToBytes(), Now), 0));
    }

    /// <summary>As a command does, which has a ledger of its own.</summary>
    private async Task EnterAsync(params OutsideEntry[] entries)
    {
        if (database is PostgresDatabase postgres)
        {
            await using var ledger = new PostgresLedger(postgres, TimeProvider.System);
            await ledger.EnterAsync(entries, CancellationToken.None);
            return;
        }

        await file.Ledger.EnterAsync(entries, CancellationToken.None);
    }

    /// <summary>One new, one shown before on purpose, one that was never served.</summary>
    private static BatchRecorded Judged()
    {
        var batch = Batch(Ann2, 1, 1, [9, 40]);
        return batch with
        {
            Impressions = PackedImpressions.Pack(
                [new(1, 9, ImpressionOutcome.Recorded), new(2, 40, ImpressionOutcome.Recorded), new(3, 50, ImpressionOutcome.Unserved), new(4, 1, ImpressionOutcome.Repeat)]),
            DisplayedAt = PackedIds.Pack([1_000, 2_000, 3_000, 4_000]),
            Revisits = 1,
        };
    }

    private static long[] Ids(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(id => (long)id)];

    private static SessionOpened Opened(string listener, Guid session) => new(listener, session, "test", Now);

    private static BlockLogged Block(string listener, long number, Guid session, BlockKind kind, long[] ids, params long[] returned) =>
        LedgerFile.Block(listener, number, session, kind, ids, returned);

    private static BatchRecorded Batch(Guid session, long number, long firstNumber, long[] ids, int duplicates = 0, int network = 7, long lastNumber = 0, long missing = 0) =>
        LedgerFile.Batch(session, number, firstNumber, ids) with
        {
            ReceivedAt = Now.AddMinutes(number),
            Duplicates = duplicates,
            Network = network,
            MissingChange = missing,
            Account = BatchAccount.Of(null, new BatchArrival(1, null, ids.Length, DeliveryRoute.Awaited, false)).Pack(),
            Report = new DeliveryReport(ids.Length, 1, "fetch", "size", 1, [120, 3000], 0, "indexeddb", LastNumber: lastNumber),
        };

    private async Task CommitAsync(long writer, params LedgerEntry[] entries)
    {
        var position = _positions.GetValueOrDefault(writer);
        var verdicts = await file.CommitAsync(writer, position + 1, entries);
        _positions[writer] = position + entries.Where((entry, i) => entry is BatchRecorded && verdicts[i] == LedgerVerdict.Committed).Count();
        Xunit.Assert.All(verdicts, verdict => Xunit.Assert.Equal(LedgerVerdict.Committed, verdict));
    }

    private async Task TallyAsync(long writer)
    {
        var (hours, minutes, views, networks) = (new CounterSums(TimeSpan.FromHours(1)), new CounterSums(TimeSpan.FromMinutes(1)), new ViewSums(), new List<NetworksAdded>());
        var rows = await file.Figures.ReadBatchesAsync(writer, 0, 1_000, CancellationToken.None);
        foreach (var row in rows)
        {
            var batch = new TalliedBatch(row);
            views.Add(batch.Recorded.Span, row.ReceivedAt);
            batch.AddArrival(hours.Of("test", row.ReceivedAt), []);
            batch.AddSession(hours.Of("test", row.OpenedAt));
            batch.AddArrival(minutes.Of("test", row.ReceivedAt), []);
            batch.AddSession(minutes.Of("test", row.ReceivedAt));
            var counts = new NetworkCounts();
            counts.Add(row.Network, batch.Claims());
            networks.Add(new NetworksAdded("test", CounterAdded.StartOf(row.ReceivedAt, TimeSpan.FromMinutes(1)), counts));
        }

        await file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, rows[^1].Position, views, hours.All, minutes.All, networks), CancellationToken.None);
    }

    private async Task NoteAsync()
    {
        OperatorAct Act(string what, string? release = null, string detail = "because", int minute = 10) => new(Now.AddMinutes(minute), "ann", what, release, detail);
        var records = new SqlRecords(database);
        await records.KeepAsync("ann", new KeptArtwork(1, Now.AddMinutes(8)), 10, CancellationToken.None);
        await records.KeepAsync("ann", new KeptArtwork(40, Now.AddMinutes(9)), 10, CancellationToken.None);
        await records.KeepAsync("bob", new KeptArtwork(2, Now.AddMinutes(9)), 10, CancellationToken.None);
        await file.Releases.KnowAsync("test", Act("know-release", "test"), CancellationToken.None);
        await file.Releases.SetPolicyAsync(new ReleasePolicy("test", Delivery.Single, Now.AddMinutes(10)), Act("switch-delivery", "test", "single: because"), CancellationToken.None);
        await file.Releases.WriteFailureAsync(new ReleaseFailure("test", 1, Now.AddMinutes(10), "[]", null, null), Act("fail", "test"), CancellationToken.None);
        await file.Releases.UpdateFailureAsync(new ReleaseFailure("test", 1, Now.AddMinutes(10), "[]", "single", Now.AddMinutes(20)), Act("recover", "test", minute: 20), CancellationToken.None);
        await file.Releases.KeepNoticeAsync(new ReleaseNotice("fail/test/1", Now.AddMinutes(10), "{}", 0, Now.AddMinutes(10)), CancellationToken.None);
        var withdrawals = new SqlWithdrawals(database);
        await withdrawals.WithdrawAsync(new WithdrawalWish(WithdrawBy.Id, "57"), Act("withdraw", null, "id 57: because"), "because", CancellationToken.None);
        await withdrawals.WithdrawAsync(new WithdrawalWish(WithdrawBy.Id, "58"), Act("withdraw", null, "id 58: a claim: theirs"), "a claim: theirs", CancellationToken.None);
        await withdrawals.WithdrawAsync(new WithdrawalWish(WithdrawBy.Id, "58", true), Act("undo-withdrawal", null, "id 58: no claim", 11), "no claim", CancellationToken.None);
        var collections = new SqlCollections(database);
        await collections.AddShelfAsync("Boats: old", Act("collection", null, "Boats: old: imported"), CancellationToken.None);
        await collections.SetWindowAsync("Boats: old", Now, null, Act("collection", null, $"Boats: old: from {Now:u}"), CancellationToken.None);
        await collections.SetHeldAsync("Cafe", true, Act("collection", null, "Cafe: held"), CancellationToken.None);
        await HoldAsync(new SqlHeldPictures(database), Act);
        const string id = "0192a6f0-0000-4000-8000-000000000001";
        await new SqlKeys(database).AddAsync(new StoredKey($"key-{id}", $"<key id=\"{id}\" version=\"1\"><expirationDate>2027-01-01</expirationDate></key>"), Now, CancellationToken.None);
        await file.Releases.StrikeAsync("cyn", Act("strike-claims"), CancellationToken.None);
        if (file is SqliteFile sqlite)
        {
            await SaveStatesAsync(new SqliteStates(sqlite.Database, (SqliteLedger)file.Ledger));
        }
    }

    /// <summary>One waits, one is refused.</summary>
    private static async Task HoldAsync(SqlHeldPictures held, Func<string, string?, string, int, OperatorAct> act)
    {
        await held.HoldAsync([.. LedgerFile.Made(2, 5, "held").Artworks.Select(one => one with { Genome = null, PictureHash = $"picture of {one.ContentHash}" })], Now, CancellationToken.None);
        await held.DecideAsync(2, false, act("refuse", null, "held picture 2, Held (held2): because", 12), CancellationToken.None);
    }

    private static async Task SaveStatesAsync(SqliteStates states)
    {
        // A writer has started before.
        var now = TimeProvider.System.GetUtcNow();
        await states.SaveStateAsync(new StateSaved("listener", "listener/ann", [1, 2, 3, 4], 0, now), CancellationToken.None);
        await states.SaveStateAsync(new StateSaved("listener", "listener/bob", [5, 6, 7], 0, now), CancellationToken.None);
        await states.SaveStateAsync(new StateSaved("listener", "listener/bob", [5, 6, 7, 8], 1, now), CancellationToken.None);
    }

    public async Task EraseAsync(string listener)
    {
        var erasures = new SqlErasures(database);
        await erasures.AskAsync(listener, Now.AddMinutes(30), CancellationToken.None);
        var due = await erasures.ReadDueAsync(10, CancellationToken.None);
        foreach (var one in due)
        {
            await erasures.DeleteAsync(one, CancellationToken.None);
        }

        await erasures.FinishAsync(due, Now.AddMinutes(31), CancellationToken.None);
    }
}

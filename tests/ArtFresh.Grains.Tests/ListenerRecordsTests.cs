using System.Diagnostics;
using ArtFresh.Contracts;
using ArtFresh.Grains.Releases;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

public sealed class ListenerRecordsTests(OneSilo fixture) : IClassFixture<OneSilo>
{
    private readonly ArtFreshCluster _silo = fixture.Cluster;

    private IListenerRecordsGrain Records => _silo.Grains.GetGrain<IListenerRecordsGrain>(0);

    private static string NewListener() => $"guest-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task ShownArtworksComeBackNewestFirstPageByPage()
    {
        var listener = NewListener();
        var shown = new List<long>();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var session = await _silo.OpenSessionAsync(listener);
            var ids = (await session.Take(7)).Ids();
            await session.Record(1, ids[..4]);
            await session.Record(5, ids[4..]);
            await session.Record(8, ids[0]);
            shown.AddRange(ids);
        }

        shown.Reverse();
        foreach (var count in new[] { 1, 2, 5, 100 })
        {
            Assert.Equal(shown, await ReadAllAsync(listener, count));
        }
    }

    [Fact]
    public async Task PageIsEmptyForAListenerWithoutHistoryAndNoneForANonsensePlace()
    {
        Assert.Equal(([], null), await PageAsync(NewListener(), null, 10));
        Assert.Null(await Records.ReadShown(NewListener(), "nonsense", 10));
        Assert.Null(await Records.ReadKept(NewListener(), "1.x", 10));
    }

    [Fact]
    public async Task OnlyWhatTheListenerWasServedIsKept()
    {
        var listener = NewListener();
        var session = await _silo.OpenSessionAsync(listener);
        var own = (await session.Take(1)).Ids()[0];
        // Of another pool than the listener was served from.
        var foreign = (await (await _silo.OpenSessionAsync(NewListener())).Take(1, new Mood(0.95, 0.95))).Ids()[0];
        Assert.Equal(KeepOutcome.NotServed, await Records.Keep(listener, foreign));

        Assert.Equal(KeepOutcome.NotServed, await Records.Keep(listener, 9_000_000_000));
        Assert.Equal(KeepOutcome.Kept, await Records.Keep(listener, own));
        Assert.Equal(KeepOutcome.Kept, await Records.Keep(listener, own));
        Assert.Equal([own], (await Records.ReadKept(listener, null, 10))!.Artworks.Select(kept => kept.Artwork.ArtworkId));
    }

    [Fact]
    public async Task ArtworkOnlyNamedByItsListenerIsNotKept()
    {
        var listener = NewListener();
        var session = await _silo.OpenSessionAsync(listener);
        var other = (await (await _silo.OpenSessionAsync(NewListener())).Take(2)).Ids();
        var own = (await session.Take(1)).Ids();
        var named = other.Except(own).First();
        if ((await session.Record(1, named)).Unserved == 1)
        {
            Assert.Equal(KeepOutcome.NotServed, await Records.Keep(listener, named));
        }
    }

    [Fact]
    public async Task KeptArtworksComeBackLastKeptFirstAndAreMarkedAmongTheShown()
    {
        var listener = NewListener();
        var session = await _silo.OpenSessionAsync(listener);
        var ids = (await session.Take(5)).Ids();
        await session.Record(1, ids);
        foreach (var id in ids[..3])
        {
            await Records.Keep(listener, id);
        }

        await Records.Unkeep(listener, ids[1]);

        var first = await Records.ReadKept(listener, null, 1);
        var second = await Records.ReadKept(listener, first!.Next, 1);
        Assert.Null(second!.Next);
        Assert.Equal(new[] { ids[0], ids[2] }.Order(), first.Artworks.Concat(second.Artworks).Select(kept => kept.Artwork.ArtworkId).Order());
        var page = await Records.ReadShown(listener, null, 10);
        Assert.Equal([ids[2], ids[0]], page!.Artworks.Where(shown => shown.KeptAt is not null).Select(shown => shown.Artwork.ArtworkId));
    }

    [Fact]
    public async Task ExportHasEverythingThatIsHeld()
    {
        var listener = NewListener();
        var session = await _silo.OpenSessionAsync(listener);
        var ids = (await session.Take(5)).Ids();
        await session.Record(1, ids[..3]);
        var report = new DeliveryReport(1, 0, "fetch", "timer", 1, [250], Journal: "indexeddb");
        await session.RecordBatch(SessionCalls.Batch(4, ids[..1]) with { Report = report, Network = 951, Revisits = [ids[0]] });
        await Records.Keep(listener, ids[0]);
        await _silo.OpenSessionAsync(listener);
        var day = DateOnly.FromDateTime(DateTime.UnixEpoch.AddMilliseconds((long)Scalar($"select max(received_at) from impression_batch")!));
        foreach (var strike in new[] { new ClaimStrike(listener, 0, day, false), new ClaimStrike(null, 951, day, false) })
        {
            await ReleaseOperations.StrikeAsync(
                _silo.ServicesOf(0).GetRequiredService<IClaimStrikes>(), _silo.ServicesOf(0).GetRequiredService<IErasures>(), strike, "ann", "lies", DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
        }

        var lines = await ExportAsync(listener);

        var kinds = lines.CountBy(line => line.GetProperty("kind").GetString()!).ToDictionary();
        Assert.Equal((1, 2, 2, 4, 1), (kinds["listener"], kinds["session"], kinds["batch"], kinds["impression"], kinds["kept"]));
        Assert.Equal(["revisit", "recorded", "recorded", "recorded"], Of("impression").Select(line => line.GetProperty("outcome").GetString()));
        var batch = Of("batch")[0];
        Assert.Equal((1, 951, 250, "indexeddb"), (
            batch.GetProperty("revisits").GetInt32(), batch.GetProperty("network").GetInt32(),
            batch.GetProperty("report").GetProperty("displayMs")[0].GetInt32(), batch.GetProperty("report").GetProperty("journal").GetString()));
        Assert.Equal([null, $"{day:yyyy-MM-dd}"], Of("struck").Select(line => line.GetProperty("day").GetString()));
        List<System.Text.Json.JsonElement> Of(string kind) => lines.FindAll(line => line.GetProperty("kind").GetString() == kind);
        Assert.InRange(kinds["served"], 1, 9);
        Assert.Contains(lines, line => line.GetRawText().Contains(listener, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ExportHasTheGuestsWhoJoinedAndAllThatIsHeldOfThem()
    {
        var (account, guest, shown) = await JoinedAsync();

        var lines = await ExportAsync(account);

        var joined = lines.Single(line => line.GetProperty("kind").GetString() == "joined");
        Assert.Equal((guest, account), (joined.GetProperty("guest").GetString(), joined.GetProperty("account").GetString()));
        Assert.Equal([account, guest], lines.Where(line => line.GetProperty("kind").GetString() == "listener").Select(line => line.GetProperty("listenerId").GetString()));
        Assert.Equal(shown, lines.Where(line => line.GetProperty("kind").GetString() == "impression").Select(line => line.GetProperty("artworkId").GetInt64()));
        var brought = Assert.Single(lines, line => line.GetProperty("kind").GetString() == "served" && line.GetProperty("why").GetString() == "joined");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, brought.GetProperty("sessionId").ValueKind);
        Assert.Equal(account, await Records.FindAccount(guest));
        Assert.Null(await Records.FindAccount(account));
    }

    [Fact]
    public async Task ArtworkThatGuestAndAccountKeepIsListedOnceOverAllPages()
    {
        var (account, guest, shown) = await JoinedAsync();
        Scalar($"insert into kept_artwork (listener_id, artwork_id, kept_at) values ('{guest}', {shown[0]}, 1000), ('{guest}', {shown[1]}, 2000), ('{account}', {shown[0]}, 3000)");

        var listed = new List<long>();
        for (string? place = null; ;)
        {
            var page = (await Records.ReadKept(account, place, 1))!;
            listed.AddRange(page.Artworks.Select(kept => kept.Artwork.ArtworkId));
            if ((place = page.Next) is null)
            {
                break;
            }
        }

        Assert.Equal([shown[0], shown[1]], listed);
        // Written without checksums, which verify names.
        Scalar($"delete from kept_artwork where listener_id in ('{guest}', '{account}')");
    }

    [Fact]
    public async Task GuestsOfAnErasedAccountAreErasedAndJoinNobody()
    {
        var (account, guest, _) = await JoinedAsync();
        var late = NewListener();
        await _silo.OpenSessionAsync(late);

        await Records.AskErasure(account);

        Assert.Equal(JoinOutcome.Erased, await _silo.JoinAsync(late, account));
        Assert.Equal(JoinOutcome.GuestErased, await _silo.JoinAsync(guest, NewListener()));
        await Eventually.Async(() => Task.FromResult(
            Scalar("select count(*) from erasure where done_at is null") is 0L && !NamesAny(account) && !NamesAny(guest)));
        await _silo.VerifyAsync();
    }

    private async Task<(string Account, string Guest, long[] Shown)> JoinedAsync()
    {
        var (account, guest) = ($"sub-{Guid.CreateVersion7():N}", NewListener());
        await _silo.OpenSessionAsync(account);
        var session = await _silo.OpenSessionAsync(guest);
        var shown = (await session.Take(3)).Ids();
        await session.Record(1, shown);
        Assert.Equal(JoinOutcome.Joined, await _silo.JoinAsync(guest, account));
        return (account, guest, shown);
    }

    private async Task<List<System.Text.Json.JsonElement>> ExportAsync(string listener)
    {
        var lines = new List<string>();
        string? place = null;
        do
        {
            var part = await Records.Export(listener, place);
            lines.AddRange(part.Lines);
            place = part.Next;
        }
        while (place is not null);

        return [.. lines.Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)];
    }

    private bool NamesAny(string listener) => new[]
    {
        ("session", "listener_id"), ("listener_block", "listener_id"), ("kept_artwork", "listener_id"), ("erasure", "listener_id"), ("grain_state", "grain_key"),
        ("listener_alias", "guest"), ("listener_alias", "account"), ("block_ending", "listener_id"),
    }.Any(place => Scalar($"select count(*) from {place.Item1} where {place.Item2} like '%{listener}%'") is not 0L);

    [Fact]
    public async Task ErasedListenerIsGoneAndStaysGone()
    {
        var listener = NewListener();
        var session = await _silo.OpenSessionAsync(listener);
        var ids = (await session.Take(5)).Ids();
        await session.Record(1, ids[..3]);
        await Records.Keep(listener, ids[0]);

        var erasure = await Records.AskErasure(listener);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (Scalar($"select count(*) from erasure where erasure_id = {erasure} and done_at is not null") is not 1L)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }

        foreach (var (table, column) in new[] { ("session", "listener_id"), ("listener_block", "listener_id"), ("kept_artwork", "listener_id"), ("erasure", "listener_id"), ("grain_state", "grain_key") })
        {
            Assert.Equal(0L, Scalar($"select count(*) from {table} where {column} like '%{listener}%'"));
        }

        Assert.True(await Records.IsErased(listener));
        Assert.Equal(SessionOutcome.ListenerErased, (await session.Record(4, ids[3..])).Outcome);
        Assert.Equal(SessionOutcome.ListenerErased, (await session.TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome);
        Assert.Equal(SessionOutcome.ListenerErased, (await _silo.Grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listener, Guid.CreateVersion7())).Open("r1")).Outcome);
        Assert.Equal(0L, Scalar($"select count(*) from session where listener_id = '{listener}'"));
    }

    /// <summary>As when the erasure's worker cannot reach them: what they would write is fenced off, and they know why.</summary>
    [Fact]
    public async Task ActivationsThatOutliveTheirListenerCommitNothing()
    {
        var (listener, sessionId) = (NewListener(), Guid.CreateVersion7());
        var session = _silo.Session(listener, sessionId);
        await session.Open("test");
        var ids = (await session.Take(3)).Ids();
        var (blocks, at) = (Scalar($"select count(*) from listener_block where listener_id = '{listener}'"), DateTimeOffset.UnixEpoch);

        await _silo.ServicesOf(0).GetRequiredService<IErasures>().AskAsync(listener, TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
        var recorded = await session.Record(1, ids);
        var claimed = await session.Record(4, 900_000_000);
        var block = await _silo.Grains.GetGrain<IListenerGrain>(listener).SetAside(new BlockRequest(sessionId, Mood.Neutral, 16, [], 1));
        LedgerEntry[] elsewhere =
        [
            new BlockLogged(listener, (long)blocks! + 1, BlockKind.SetAside, sessionId, [.. ids], [], at), new SessionOpened(listener, Guid.CreateVersion7(), "test", at),
        ];

        Assert.Equal([SessionOutcome.ListenerErased, SessionOutcome.ListenerErased, SessionOutcome.ListenerErased], [recorded.Outcome, claimed.Outcome, block.Outcome]);
        Assert.Equal([LedgerVerdict.Fenced, LedgerVerdict.Fenced], await Task.WhenAll(elsewhere.Select(entry => _silo.Writer().AppendAsync(entry))));
        await Eventually.Async(() => Task.FromResult(!NamesAny(listener)));
        Assert.Equal([LedgerVerdict.Fenced, LedgerVerdict.Fenced], await Task.WhenAll(elsewhere.Select(entry => _silo.Writer().AppendAsync(entry))));
    }

    /// <summary>Any guest can do this to themselves, as often as they like: each call gets an answer, and none the exception of a grain that has gone.</summary>
    [Fact]
    public async Task CallsThatWaitWhenTheirListenerIsErasedAreAnswered()
    {
        var (listener, sessionId) = (NewListener(), Guid.CreateVersion7());
        var session = _silo.Session(listener, sessionId);
        await session.Open("test");
        await session.Take(3);
        var grain = _silo.Grains.GetGrain<IListenerGrain>(listener);

        await _silo.ServicesOf(0).GetRequiredService<IErasures>().AskAsync(listener, TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
        var blocks = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => grain.SetAside(new BlockRequest(sessionId, Mood.Neutral, 16, [], 1))));

        Assert.All(blocks, block => Assert.Equal(SessionOutcome.ListenerErased, block.Outcome));
        await Eventually.Async(() => Task.FromResult(!NamesAny(listener)));
    }

    /// <summary>Its grain does not come up, and need not.</summary>
    [Fact]
    public async Task ListenerWhoseLogIsDamagedIsErased()
    {
        var listener = NewListener();
        Scalar($"insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, logged_at) values ('{listener}', 1, 0, randomblob(16), x'0d', 0)");

        await Records.AskErasure(listener);

        await Eventually.Async(() => Task.FromResult(Scalar("select count(*) from erasure where done_at is null") is 0L && !NamesAny(listener)));
    }

    private object? Scalar(string sql)
    {
        using var connection = _silo.Ledger.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Text of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private async Task<List<long>> ReadAllAsync(string listener, int count)
    {
        var all = new List<long>();
        string? next = null;
        do
        {
            (var page, next) = await PageAsync(listener, next, count);
            Assert.InRange(page.Length, 0, count);
            all.AddRange(page);
        }
        while (next is not null);

        return all;
    }

    private async Task<(long[] Ids, string? Next)> PageAsync(string listener, string? before, int count)
    {
        var page = await Records.ReadShown(listener, before, count) ?? throw new UnreachableException();
        return ([.. page.Artworks.Select(shown => shown.Artwork.ArtworkId)], page.Next);
    }
}

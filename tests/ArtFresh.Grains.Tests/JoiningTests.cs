using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Guests who join an account.</summary>
public sealed class JoiningTests
{
    private const string Guest = "guest-a";
    private const string Account = "sub-b";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatTheGuestWasServedIsNeverServedToTheAccount()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var asGuest = await silo.OpenSessionAsync(Guest);
        var shown = (await asGuest.Take(3)).Ids();
        await asGuest.Record(1, shown);

        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(Guest, Account));

        var served = (await (await silo.OpenSessionAsync(Account)).Take(50)).Ids();
        Assert.Empty(served.Intersect(shown));
        await silo.VerifyAsync();
    }

    /// <summary>Each served the same art before: the account's block holds what the guest has seen, and is ended.</summary>
    [Fact]
    public async Task SessionOfTheAccountGoesOnWithoutWhatTheGuestHad()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var asAccount = await silo.OpenSessionAsync(Account);
        var before = (await asAccount.Take(2)).Ids();
        var asGuest = await silo.OpenSessionAsync(Guest);
        var shown = (await asGuest.Take(50)).Ids();
        Assert.Empty(before.Except(shown));

        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(Guest, Account));

        var after = (await asAccount.Take(50)).Ids();
        Assert.Empty(after.Intersect(shown));
        Assert.Empty(after.Intersect(before));
        await silo.VerifyAsync();
    }

    /// <summary>What the account was served and did not show may be what the guest has seen: given back, it must not be fresh again.</summary>
    [Fact]
    public async Task WhatTheGuestHadIsNotFreshAgainWhateverTheAccountGivesBack()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var asAccount = await silo.OpenSessionAsync(Account);
        var theirs = (await asAccount.Take(5)).Ids();
        var asGuest = await silo.OpenSessionAsync(Guest);
        var shown = (await asGuest.Take(50)).Ids();
        Assert.Empty(theirs.Except(shown));
        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(Guest, Account));

        await asAccount.Finish([.. theirs]);

        Assert.Empty((await (await silo.OpenSessionAsync(Account)).Take(50)).Ids().Intersect(shown));
        await silo.VerifyAsync();
    }

    [Fact]
    public async Task GuestIsServedNoMoreAndItsSessionsEnd()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var asGuest = await silo.OpenSessionAsync(Guest);
        await asGuest.Take(3);

        await silo.JoinAsync(Guest, Account);

        Assert.Equal(SessionOutcome.SessionEnded, (await asGuest.TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome);
        Assert.Equal(SessionOutcome.Joined, (await silo.Session(Guest, Guid.CreateVersion7()).Open("test")).Outcome);
        Assert.Equal(1L, silo.Count("select count(*) from session"));
    }

    /// <summary>A session that the joining did not find serves what is left of its block, which the account has, and no other.</summary>
    [Fact]
    public async Task SessionOfTheGuestThatWasNotFoundGetsNoFurtherBlock()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        // As if its blocks were old ones, from before a time that nobody looks back to.
        silo.Execute(
            """
            create trigger long_ago after insert on listener_block
            begin update listener_block set logged_at = 0 where listener_id = new.listener_id and block_number = new.block_number; end
            """);
        var asGuest = await silo.OpenSessionAsync(Guest);
        await asGuest.Take(3);
        await silo.JoinAsync(Guest, Account);

        var rest = new List<long>();
        TakeFreshResult taken;
        while ((taken = await asGuest.TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome == SessionOutcome.Done)
        {
            rest.AddRange(taken.Artworks.Ids());
        }

        Assert.Equal(SessionOutcome.Joined, taken.Outcome);
        var blocks = await silo.ServicesOf(0).GetRequiredService<IListenerHistory>().ReadBlocksAsync(Guest, 0, Stop);
        Assert.Equal(blocks.Sum(block => block.ArtworkIds.Length) - 3, rest.Count);
        Assert.Empty((await (await silo.OpenSessionAsync(Account)).Take(50)).Ids().Intersect(rest));
        silo.Execute("drop trigger long_ago");
        await silo.VerifyAsync("rows-as-written");
    }

    /// <summary>The account was shown what the guest's block holds: the block must go before the two are one.</summary>
    [Fact]
    public async Task SessionOfTheGuestThatCouldNotBeEndedServesNothingThatTheAccountHad()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        await (await silo.OpenSessionAsync(Account)).Take(12);
        var asGuest = await silo.OpenSessionAsync(Guest);
        await asGuest.Take(2);
        silo.Faults.FailNext<SessionEnded>();

        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(Guest, Account));

        Assert.Equal(SessionOutcome.Joined, (await asGuest.TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome);
        Assert.Equal(1L, silo.Count("select count(*) from session where listener_id = 'guest-a' and ended_at is null"));
        await silo.VerifyAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task LateBatchOfTheGuestLandsByEitherName(bool asAccount)
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var sessionId = Guid.CreateVersion7();
        await silo.Session(Guest, sessionId).Open("test");
        var shown = (await silo.Session(Guest, sessionId).Take(4)).Ids();
        await silo.JoinAsync(Guest, Account);
        await silo.RestartAsync();
        var late = silo.Session(asAccount ? Account : Guest, sessionId);

        var recorded = await late.Record(1, shown);
        var retry = await late.Record(1, shown);

        Assert.Equal((SessionOutcome.Done, 4, 4L), (recorded.Outcome, recorded.Recorded, recorded.HighWater));
        Assert.Equal((0, 4), (retry.Recorded, retry.Duplicates));
        Assert.Equal(4, await late.HighWater());
        Assert.Equal(SessionOutcome.Done, await late.Finish([]));
        await silo.VerifyAsync();
    }

    [Fact]
    public async Task GuestReachesNoSessionOfTheAccount()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        await silo.OpenSessionAsync(Guest);
        await silo.JoinAsync(Guest, Account);
        var sessionId = Guid.CreateVersion7();
        await silo.Session(Account, sessionId).Open("test");

        Assert.Equal(SessionOutcome.SessionNotFound, (await silo.Session(Guest, sessionId).TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome);
        Assert.Equal(SessionOutcome.SessionNotFound, (await silo.Session("sub-c", sessionId).TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome);
    }

    /// <summary>The client's stock outlives the page: what one session was served another shows, before the joining or after it, in the guest's name or in the account's.</summary>
    [Theory, InlineData(Guest), InlineData(Account)]
    public async Task ArtServedToTheGuestIsRecordedOnceForWhoeverShowsItFirst(string shower)
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var first = Guid.CreateVersion7();
        await silo.Session(Guest, first).Open("test");
        var served = (await silo.Session(Guest, first).Take(6)).Ids();
        await silo.Session(Guest, first).Record(1, served[0]);
        var second = Guid.CreateVersion7();
        await silo.Session(shower, second).Open("test");
        await silo.JoinAsync(Guest, Account);

        var claimed = await silo.Session(shower, second).Record(1, served[..3]);
        await silo.RestartAsync();
        var late = await silo.Session(Guest, first).Record(2, served[1..]);
        var again = await silo.Session(shower, second).Record(4, served[3]);

        Assert.Equal((2, 1, 0), (claimed.Recorded, claimed.Repeats, claimed.Unserved));
        Assert.Equal((3, 2, 0), (late.Recorded, late.Repeats, late.Unserved));
        Assert.Equal((0, 1, 0), (again.Recorded, again.Repeats, again.Unserved));
        await silo.VerifyAsync();
    }

    [Fact]
    public async Task WhatTheGuestsClientNamesLateIsSpentForTheAccount()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var theirs = (await (await silo.OpenSessionAsync("guest-other")).Take(40)).Ids()[20..];
        var session = await silo.OpenSessionAsync(Guest);
        await session.Record(1, theirs[..5]);
        await silo.JoinAsync(Guest, Account);

        var late = await session.Record(6, theirs[5..]);
        var asAccount = await silo.OpenSessionAsync(Account);
        var named = await asAccount.Record(1, theirs);

        Assert.Equal((0, 15), (late.Recorded, late.Unserved));
        Assert.Equal((0, 20), (named.Recorded, named.Unserved));
        Assert.Empty((await asAccount.Take(50)).Ids().Intersect(theirs));
        await silo.VerifyAsync();
    }

    [Fact]
    public async Task ArtMadeFromSeedsOfTheGuestIsRecordedForEither()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var sessionId = Guid.CreateVersion7();
        var seeds = (await silo.Session(Guest, sessionId).Open("test")).GenomeSeeds!;
        var genomes = Enumerable.Range(0, 2).Select(i => GrantedGenomes.Of(seeds.From + (ulong)i).ToString()).ToArray();
        await silo.JoinAsync(Guest, Account);

        var late = await silo.Session(Guest, sessionId).RecordBatch(SessionCalls.Batch(1, -1) with { Genomes = [genomes[0]] });
        var asAccount = await (await silo.OpenSessionAsync(Account)).RecordBatch(SessionCalls.Batch(1, -1, -2) with { Genomes = [.. genomes] });

        Assert.Equal((SessionOutcome.Done, 1), (late.Outcome, late.Recorded));
        Assert.Equal((SessionOutcome.Done, 1, 1), (asAccount.Outcome, asAccount.Recorded, asAccount.Repeats));
        await silo.VerifyAsync();
    }

    [Fact]
    public async Task GuestsJoinInAnyOrderAndAnyNumberOfTimesAndOneAccountOnly()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        string[] guests = ["guest-1", "guest-2", "guest-3"];
        var had = new List<long>();
        foreach (var (i, guest) in guests.Index())
        {
            had.AddRange((await (await silo.OpenSessionAsync(guest)).Take(20, new Mood(0.1 + (0.3 * i), 0.5))).Ids());
        }

        Assert.All(
            await Task.WhenAll(guests.Concat(guests).Select(guest => silo.JoinAsync(guest, Account))), outcome => Assert.Equal(JoinOutcome.Joined, outcome));

        Assert.Equal(JoinOutcome.JoinedAnother, await silo.JoinAsync(guests[0], "sub-c"));
        Assert.Equal(JoinOutcome.Same, await silo.JoinAsync(Account, Account));
        Assert.Equal(3L, silo.Count("select count(*) from listener_alias"));
        Assert.Equal(3L, silo.Count("select count(*) from listener_block where listener_id = 'sub-b' and kind = 3"));
        var asAccount = await silo.OpenSessionAsync(Account);
        foreach (var i in Enumerable.Range(0, guests.Length))
        {
            Assert.Empty((await asAccount.Take(50, new Mood(0.1 + (0.3 * i), 0.5))).Ids().Intersect(had));
        }

        await silo.VerifyAsync();
    }

    /// <summary>A guest who has never been anybody's listener may join: the cookie may be a minute old.</summary>
    [Fact]
    public async Task GuestWithoutAHistoryJoins()
    {
        await using var silo = await ArtFreshCluster.StartAsync();

        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(Guest, Account));

        Assert.Equal(SessionOutcome.Joined, (await silo.Session(Guest, Guid.CreateVersion7()).Open("test")).Outcome);
        await silo.VerifyAsync();
    }

    /// <summary>An operator joins accounts; who signs in to the one goes on as the other, and guests of the one are the other's.</summary>
    [Fact]
    public async Task AccountThatHasJoinedAnotherGoesOnAsThatOne()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var ofGuest = Guid.CreateVersion7();
        await silo.Session(Guest, ofGuest).Open("test");
        var guestHad = (await silo.Session(Guest, ofGuest).Take(6)).Ids();
        await silo.JoinAsync(Guest, Account);
        var before = await silo.OpenSessionAsync(Account);
        var accountHad = (await before.Take(6)).Ids();

        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(Account, "sub-c"));

        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(Guest, "sub-c"));
        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(Guest, Account));
        Assert.Equal(JoinOutcome.Same, await silo.JoinAsync("sub-c", Account));
        Assert.Equal(SessionOutcome.SessionEnded, (await before.TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome);
        Assert.Equal(6, (await before.Record(1, accountHad)).Recorded);
        var after = await silo.OpenSessionAsync(Account);
        var served = (await after.Take(50)).Ids();
        Assert.Empty(served.Intersect([.. guestHad, .. accountHad]));
        Assert.Equal(50, (await after.Record(1, served)).Recorded);
        Assert.Equal(1L, silo.Count("select count(*) from session where listener_id = 'sub-c'"));
        await silo.RestartAsync();
        Assert.Equal(6, (await silo.Session(Guest, ofGuest).Record(1, guestHad)).Recorded);
        var later = await silo.OpenSessionAsync("sub-c");
        Assert.Equal(6, (await later.Record(1, guestHad)).Repeats);
        await silo.VerifyAsync();
    }

    /// <summary>An operator's joining is written beside the silos, which then end the blocks of both.</summary>
    [Fact]
    public async Task SessionsOfBothGoOnRightlyAfterAJoiningFromOutside()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var asAccount = await silo.OpenSessionAsync(Account);
        var before = (await asAccount.Take(2)).Ids();
        var asGuest = await silo.OpenSessionAsync(Guest);
        var shown = (await asGuest.Take(12)).Ids();
        var services = silo.ServicesOf(0);
        var history = services.GetRequiredService<IListenerHistory>();
        // Fenced while a session's next block is on its way.
        await Eventually.Async(async () =>
        {
            var guestLog = await history.ReadBlocksAsync(Guest, 0, Stop);
            var accountLog = await history.ReadBlocksAsync(Account, 0, Stop);
            ListenerJoined joined = new(
                Guest, guestLog[^1].BlockNumber + 1, Account, accountLog[^1].BlockNumber + 1, [.. guestLog.SelectMany(block => block.ArtworkIds)], TimeProvider.System.GetUtcNow());
            return await services.GetRequiredService<ILedger>().EnterAsync([joined], Stop) is [LedgerVerdict.Committed];
        });

        await Eventually.Async(() => Task.FromResult(silo.Count("select count(*) from block_ending") is 0L));

        Assert.Empty((await asAccount.Take(50)).Ids().Intersect([.. shown, .. before]));
        Assert.Equal(SessionOutcome.Joined, (await asGuest.TakeFresh(new FreshRequest(1, Mood.Neutral, null))).Outcome);
        await silo.VerifyAsync();
    }

    /// <summary>The request has taken the last of its block, and waits for more while the guest joins, who was shown the same.</summary>
    [Fact]
    public async Task RequestThatWaitsForABlockIsAnsweredWithoutWhatTheGuestHad()
    {
        await using var silo = await ArtFreshCluster.StartAsync();
        var asAccount = await silo.OpenSessionAsync(Account);
        var before = (await asAccount.Take(1)).Ids();
        var shown = (await (await silo.OpenSessionAsync(Guest)).Take(40)).Ids();
        Task<TakeFreshResult> waiting;
        Task<JoinOutcome> joining;
        // Held before the account's sessions lose their blocks.
        using (silo.Faults.Hold<SessionEnded>())
        {
            joining = silo.JoinAsync(Guest, Account);
            await Eventually.Async(() => Task.FromResult(silo.Faults.Held > 0));
            waiting = asAccount.TakeFresh(new FreshRequest(50, Mood.Neutral, null));
            // Answered after the request has come so far.
            await asAccount.HighWater();
        }

        Assert.Equal(JoinOutcome.Joined, await joining);
        var served = await waiting;
        Assert.Equal(SessionOutcome.Done, served.Outcome);
        Assert.Empty(served.Artworks.Ids().Intersect([.. shown, .. before]));
        await silo.VerifyAsync();
    }
}

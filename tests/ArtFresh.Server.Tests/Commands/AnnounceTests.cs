using System.Globalization;
using ArtFresh.Freshness;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

[Collection("ledgers")]
public sealed class AnnounceTests(SoundLedgers ledgers)
{
    private const long DayMs = 86_400_000;
    private const int Shown = Listeners.Count * 2 * 11 * 7;

    [Theory, InlineData(false), InlineData(true)]
    public Task AnnouncementHasTheWeeksFigures(bool isCluster) => InOneDayAsync(async () =>
    {
        using var ledger = SoundWeek(isCluster);

        var printed = await Tool.RunAsync(["announce", .. ledger.Where]);
        var json = (await Tool.RunAsync(["announce", "--json", .. ledger.Where])).Json;

        Assert.True(printed.ExitCode == 0, printed.Errors);
        var to = DateOnly.FromDateTime(StartOfToday.UtcDateTime);
        Assert.Equal(
            string.Create(
                CultureInfo.InvariantCulture,
                $"From {to.AddDays(-6):d MMMM yyyy} to {to:d MMMM yyyy} you were shown {Shown} artworks on ArtFresh. Nobody was shown the same one twice. "
                + $"Your players say that over 95% were on your screen in less than three seconds. By your players' count we have lost track of less than 1%: what you have seen stays seen, so what comes next is new.\n"),
            printed.Output);
        Assert.Equal(printed.Output.TrimEnd(), json.GetProperty("announcement").GetString());
        Assert.Equal(0, json.GetProperty("refusals").GetArrayLength());
    });

    [Fact]
    public Task UnobservedDayPreventsTheAnnouncement() => InOneDayAsync(async () =>
    {
        using var ledger = SoundWeek(false);
        ledger.Execute("delete from release_counter where hour < (select min(hour) from release_counter) + $1", DayMs / 2);

        await RefusedAsync(ledger, "was not observed");
    });

    [Fact]
    public Task ArtworkCountedAsServedAgainPreventsTheAnnouncement() => InOneDayAsync(async () =>
    {
        using var ledger = SoundWeek(false);
        ledger.Execute("insert into release_counter (release, hour, counter, amount) select release, min(hour), 'RepeatsServed', 1 from release_counter group by release limit 1");

        await RefusedAsync(ledger, "A promise was broken: the server served artworks twice, or recorded impressions of artworks without viewed_at (legacy: 1 of");
    });

    [Fact]
    public Task WhatAClientClaimsKeepsNothingBack() => InOneDayAsync(async () =>
    {
        using var ledger = SoundWeek(false);
        ledger.Execute("insert into release_counter (release, hour, counter, amount) select release, min(hour), 'Repeats', 1 from release_counter group by release limit 1");
        ledger.Execute("update impression_batch set missing_change = 20 where batch_number = 2");

        var printed = await Tool.RunAsync(["announce", .. ledger.Where]);

        Assert.True(printed.ExitCode == 0, printed.Errors);
        Assert.Contains("By your players' count we have lost track of 1% or more", printed.Output, StringComparison.Ordinal);
    });

    [Fact]
    public Task WhatClientsMadeWasNotServed() => InOneDayAsync(async () =>
    {
        using var ledger = SoundWeek(false);
        // All that its one day's batches show.
        ledger.Execute("update artwork set pool = -1");

        var printed = await Tool.RunAsync(["announce", .. ledger.Where]);

        Assert.True(printed.ExitCode == 0, printed.Errors);
        Assert.Contains($"you were shown {Shown - (Shown / 7)} artworks", printed.Output, StringComparison.Ordinal);
    });

    /// <summary>A claim that one network can move is in no sentence: only on which side of its target a figure is.</summary>
    [Fact]
    public Task OneNetworkMovesNoSentence() => InOneDayAsync(async () =>
    {
        using var ledger = SoundWeek(false);
        var before = await Tool.RunAsync(["announce", .. ledger.Where]);
        ledger.Execute("insert into release_counter (release, hour, counter, amount) values ('release-1', $1, $2, 9) on conflict (release, hour, counter) do update set amount = 10", StartOfToday.ToUnixTimeMilliseconds(), $"display_{DisplayHistogram.EdgesMs.Length}");

        var after = await Tool.RunAsync(["announce", .. ledger.Where]);

        Assert.Equal(before.Output, after.Output);
    });

    [Fact]
    public Task RobotsAreNoListeners() => InOneDayAsync(async () =>
    {
        using var ledger = SoundWeek(false);
        ledger.Execute("insert into release_counter (release, hour, counter, amount) select 'drill', hour, counter, sum(amount) from release_counter group by hour, counter");
        ledger.Execute("insert into release_counter (release, hour, counter, amount) select 'drill', min(hour), 'RepeatsServed', 3 from release_counter");

        var printed = await Tool.RunAsync(["announce", .. ledger.Where]);

        Assert.True(printed.ExitCode == 0, printed.Errors);
        Assert.Contains($"you were shown {Shown} artworks", printed.Output, StringComparison.Ordinal);
    });

    [Fact]
    public Task ArtworkServedAgainPreventsTheAnnouncement() => InOneDayAsync(async () =>
    {
        using var ledger = SoundWeek(false);
        ledger.Execute(
            """
            insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, logged_at)
            select listener_id, 1000, 0, session_id, artwork_ids, logged_at from listener_block where block_number = 1 limit 1
            """);

        await RefusedAsync(ledger, "A promise was broken: the ledger shows violations (served-twice: ");
    });

    private static async Task RefusedAsync(LedgerCopy ledger, string why)
    {
        var printed = await Tool.RunAsync(["announce", .. ledger.Where]);

        Assert.Equal((1, ""), (printed.ExitCode, printed.Output));
        Assert.Contains(why, printed.Errors, StringComparison.Ordinal);
    }

    /// <summary>Seven days like the sound ledger's one, without losses, and 1,001 display times of which one is slow.</summary>
    private LedgerCopy SoundWeek(bool isCluster)
    {
        var ledger = ledgers.Copy(isCluster);
        ledger.Execute("update impression_batch set missing_change = 0");
        // Whatever hours it was filled in.
        ledger.Execute("insert into release_counter (release, hour, counter, amount) select release, 0, counter, sum(amount) from release_counter group by release, counter");
        ledger.Execute("delete from release_counter where hour > 0");
        var today = StartOfToday.ToUnixTimeMilliseconds();
        foreach (var day in Enumerable.Range(0, 7))
        {
            ledger.Execute("insert into release_counter (release, hour, counter, amount) select release, $1, counter, amount from release_counter where hour = 0", today - (day * DayMs));
        }

        ledger.Execute("delete from release_counter where hour = 0");
        var slowest = DisplayHistogram.EdgesMs.Length;
        ledger.Execute("insert into release_counter (release, hour, counter, amount) values ('release-1', $1, 'display_0', 1000)", today);
        ledger.Execute("insert into release_counter (release, hour, counter, amount) values ('release-1', $1, $2, 1)", today, $"display_{slowest}");
        return ledger;
    }

    private static DateTimeOffset StartOfToday => new(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);

    /// <summary>Runs a test again where midnight passed in the middle of it: the command's week ends today.</summary>
    private static async Task InOneDayAsync(Func<Task> test)
    {
        var (day, isDone) = (StartOfToday, false);
        while (!isDone)
        {
            try
            {
                await test();
                isDone = true;
            }
            catch (Exception) when (day != StartOfToday)
            {
                day = StartOfToday;
            }
        }
    }
}

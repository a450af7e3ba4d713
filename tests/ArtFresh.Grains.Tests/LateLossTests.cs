using System.Collections.Immutable;
using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>Whatever the order of a session's end and of its late batches, the figures are what they are with the batches first.</summary>
public sealed class LateLossTests(OneSilo world) : IClassFixture<OneSilo>
{
    private const int Scenarios = 60;
    // Of the first block, so that no block is on its way when the session ends.
    private const int ServedCount = 8;

    private static int Listeners;

    private ArtFreshCluster Silo => world.Cluster;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatArrivesAfterAnEndThatNumbersNothingEndsAsIfItHadComeBefore()
    {
        var session = await OpenAsync("late-all");
        var shown = (await session.Take(ServedCount)).Ids();
        await EndAsync(session, 0, []);
        Assert.Equal(0, await UnreportedAsync("late-all", 0));

        Assert.Equal(ServedCount, (await session.Record(1, shown)).Recorded);

        Assert.Equal(0, await UnreportedAsync("late-all", ServedCount));
    }

    /// <summary>The session that reports them is another one of the listener.</summary>
    [Fact]
    public async Task WhatAnotherSessionReportsIsTakenFromTheEndToo()
    {
        var (ended, other) = (await Silo.OpenSessionAsync("two-tabs", "two-tabs"), await Silo.OpenSessionAsync("two-tabs", "two-tabs"));
        var shown = (await ended.Take(ServedCount)).Ids();
        await EndAsync(ended, 0, []);

        Assert.Equal(4, (await other.Record(1, shown[..4])).Recorded);
        await ended.Forget();
        Assert.Equal(ServedCount - 4, (await ended.Record(1, shown[4..])).Recorded);

        Assert.Equal(0, await UnreportedAsync("two-tabs", ServedCount));
    }

    [Fact]
    public async Task FiguresDoNotDependOnTheOrderOfBatchesAndEnd()
    {
        for (var seed = 0; seed < Scenarios; seed++)
        {
            var inOrder = await PlayAsync(new Random(seed), $"in-order-{seed}", isShuffled: false);
            var shuffled = await PlayAsync(new Random(seed), $"shuffled-{seed}", isShuffled: true);

            Assert.True(inOrder.Loss == shuffled.Loss, $"seed {seed}: {inOrder.Loss} with the batches first, and {shuffled.Loss} after {shuffled.Story}");
            Assert.True(inOrder.Loss.Unreported >= inOrder.Truth, $"seed {seed}: {inOrder.Loss}, and {inOrder.Truth} are lost");
        }

        await AssertVerifiedAsync();
    }

    /// <summary>A client shows some of what it was served, some of it again, and gives some up; some batches are lost, and some come twice.</summary>
    private async Task<((long Missing, long Unreported, long Dropped) Loss, long Truth, string Story)> PlayAsync(Random random, string release, bool isShuffled)
    {
        var session = await OpenAsync(release);
        var served = (await session.Take(ServedCount)).Ids();
        var (batches, numbers, shown, numbered) = Show(random, served);
        var unshown = served[shown..].Where(_ => random.Next(3) > 0).Concat(numbered.Where(_ => random.Next(12) == 0)).ToImmutableArray();
        List<ImpressionBatch?> sent = [.. batches.Where(_ => random.Next(5) > 0)];
        sent.AddRange([.. sent.Where(_ => random.Next(5) == 0)]);
        sent.Add(null);
        if (isShuffled)
        {
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sent));
        }

        var (story, arrived, hasEnded) = (new List<string>(), new HashSet<long>(), false);
        foreach (var batch in sent)
        {
            if (hasEnded && random.Next(4) == 0)
            {
                await session.Forget();
                story.Add("forgotten");
            }

            if (batch is null)
            {
                await EndAsync(session, numbers, unshown);
                hasEnded = true;
                story.Add(string.Create(CultureInfo.InvariantCulture, $"end {numbers}"));
                continue;
            }

            var answer = await session.RecordBatch(batch);
            Assert.Equal(SessionOutcome.Done, answer.Outcome);
            arrived.UnionWith([.. batch.ArtworkIds]);
            story.Add(string.Create(CultureInfo.InvariantCulture, $"{batch.FirstNumber}+{batch.ArtworkIds.Length}"));
        }

        return ((await MissingAsync(release), await UnreportedAsync(release, arrived.Count), await DroppedAsync(release)), numbered.Except(arrived).Except(unshown).Count(), string.Join(", ", story));
    }

    /// <returns>Batches, the last number given, how many artworks were on screen, and those of them that have numbers.</returns>
    private static (List<ImpressionBatch> Batches, int Numbers, int Shown, long[] Numbered) Show(Random random, long[] served)
    {
        var (displays, shown, dropped) = (new List<long>(), random.Next(served.Length + 1), 0);
        for (var i = 0; i < shown; i++)
        {
            if (random.Next(8) == 0)
            {
                dropped++;
                continue;
            }

            displays.Add(served[i]);
            if (random.Next(6) == 0)
            {
                displays.Add(displays[random.Next(displays.Count)]);
            }
        }

        var batches = new List<ImpressionBatch>();
        for (int first = 0, next; first < displays.Count; first = next)
        {
            next = Math.Min(displays.Count, first + random.Next(1, 5));
            var report = new DeliveryReport(
                next - first, 0, "fetch", "size", 1, [], Dropped: batches.Count == 0 ? dropped : 0, LastNumber: next < displays.Count && random.Next(3) == 0 ? random.Next(next, displays.Count) + 1 : 0);
            batches.Add(SessionCalls.Batch(first + 1, [.. displays[first..next]]) with { Report = report });
        }

        return (batches, displays.Count, shown, [.. displays.Distinct()]);
    }

    private Task<IListenerSessionGrain> OpenAsync(string release) =>
        Silo.OpenSessionAsync(string.Create(CultureInfo.InvariantCulture, $"late-{Interlocked.Increment(ref Listeners)}"), release);

    private static async Task EndAsync(IListenerSessionGrain session, long lastNumber, ImmutableArray<long> unshown)
    {
        RequestContext.Set(SessionLastNumber.Key, lastNumber);
        Assert.Equal(SessionOutcome.Done, await session.Finish(unshown));
        RequestContext.Clear();
    }

    /// <summary>As the figures have it: what sessions were given to show, and have neither recorded nor given back.</summary>
    private async Task<long> UnreportedAsync(string release, int recorded) =>
        Assert.Single(await NumbersAsync($"select coalesce(sum(set_aside - given_back - unserved), 0) from session_art where release = '{release}'")) - recorded;

    private async Task<long> MissingAsync(string release) => Assert.Single(await NumbersAsync(
        $"""
        select coalesce(sum(missing), 0) from (
          select missing_change as missing from impression_batch b join session s on s.session_id = b.session_id where s.release = '{release}'
          union all select end_missing from session where release = '{release}')
        """));

    private async Task<long> DroppedAsync(string release) => (await NumbersAsync(
        $"select json_extract(report, '$.Dropped') from impression_batch b join session s on s.session_id = b.session_id where s.release = '{release}' and (account & 4) <> 0")).Sum();

    private async Task<long[]> NumbersAsync(string sql)
    {
        await using var connection = Silo.Ledger.Open();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var numbers = new List<long>();
        while (await reader.ReadAsync(Stop))
        {
            numbers.Add(reader.IsDBNull(0) ? 0 : reader.GetInt64(0));
        }

        return [.. numbers];
    }

    private async Task AssertVerifiedAsync()
    {
        var services = Silo.ServicesOf(0);
        await Eventually.Async(async () => (await services.GetRequiredService<IImpressionLog>().ReadUntalliedWritersAsync(Stop)).Length == 0);
        var result = new VerificationResult(5);
        await Silo.Ledger.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, result, Stop);
                return true;
            },
            Stop);
        Assert.Empty(result.All.Where(check => check.Faults > 0).Select(check => $"{check.Name}: {check.Rows[0].What}"));
    }
}

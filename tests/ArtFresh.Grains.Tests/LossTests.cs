using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>What is lost behind the highest number that arrived, against what the figures say: lost &lt;= truth &lt;= lostAtMost.</summary>
public sealed class LossTests : IAsyncLifetime
{
    private const string Release = "r1";
    private const int ShownCount = 1_200;
    private const int ArrivedCount = 400;

    private readonly ShiftedClock _clock = new();
    private ArtFreshCluster _silo = null!;
    private IListenerSessionGrain _session = null!;
    private long[] _shown = [];

    public async ValueTask InitializeAsync()
    {
        _silo = await ArtFreshCluster.StartAsync(new() { ConfigureSilo = host => host.Services.AddSingleton<TimeProvider>(_clock) });
        _session = await _silo.OpenSessionAsync("ann", Release);
        while (_shown.Length < ShownCount)
        {
            _shown = [.. _shown, .. (await _session.Take(50)).Ids()];
        }
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task ClientThatSaysNothingIsBoundedByWhatItWasServed()
    {
        await ArriveAsync(lastNumber: 0);

        var (lost, lostAtMost) = await LossAsync();
        Assert.Equal(0, lost);
        Assert.InRange(lostAtMost, ShownCount - ArrivedCount, ShownCount - ArrivedCount + 256);
    }

    [Fact]
    public async Task WhatABatchSaysIsBehindItIsLostAfterADayOfSilence()
    {
        await ArriveAsync(lastNumber: ShownCount);

        Assert.Equal(0, (await LossAsync()).Lost);
        _clock.Shift += TimeSpan.FromDays(1);
        Assert.Equal(ShownCount - ArrivedCount, (await LossAsync()).Lost);
    }

    [Fact]
    public async Task SessionThatEndsWithItsLastNumberHasLostWhatDidNotArriveAndNoMore()
    {
        await ArriveAsync(lastNumber: 0);
        await EndAsync(ShownCount);

        await AssertLossAsync(800);
    }

    [Fact]
    public async Task WhatArrivesAfterTheEndIsNotLostWhateverTheSiloRemembers()
    {
        await ArriveAsync(lastNumber: ShownCount);
        await EndAsync(ShownCount);
        var key = _session.GetPrimaryKeyString();
        await _silo.RestartAsync();
        _session = _silo.Grains.GetGrain<IListenerSessionGrain>(key);

        await ArriveAsync(lastNumber: 0, first: 400, end: 1_000);
        await AssertLossAsync(200);
        await ArriveAsync(lastNumber: 0, first: 1_000, end: ShownCount);
        await AssertLossAsync(0);
    }

    [Fact]
    public async Task SessionOfWhichNothingArrivesIsLostAsAWhole()
    {
        await EndAsync(50);

        await AssertLossAsync(50);
    }

    /// <summary>A page that was hidden, came back and showed on ends twice; its two ends may also overtake each other.</summary>
    [Theory, InlineData(500, 1_200), InlineData(1_200, 500), InlineData(1_200, 1_200)]
    public async Task LargerOfTwoLastNumbersIsTaken(long first, long second)
    {
        await ArriveAsync(lastNumber: 0);
        await EndAsync(first);
        await EndAsync(second);

        await AssertLossAsync(800);
    }

    [Fact]
    public async Task LargerLastNumberIsTakenAfterARestartAndBoundByWhatWasServed()
    {
        await ArriveAsync(lastNumber: 0);
        await EndAsync(500);
        var key = _session.GetPrimaryKeyString();
        await _silo.RestartAsync();
        _session = _silo.Grains.GetGrain<IListenerSessionGrain>(key);
        await EndAsync(Limits.ImpressionNumberMax);
        Assert.Equal(100, (await LossAsync()).Lost);
        await EndAsync(900);

        Assert.Equal(500, (await LossAsync()).Lost);
    }

    [Fact]
    public async Task NeverShownArtIsNoLoss()
    {
        await EndAsync(0);

        await AssertLossAsync(0);
    }

    [Fact]
    public async Task LastNumberBeyondWhatWasServedIsRefused()
    {
        await ArriveAsync(lastNumber: Limits.ImpressionNumberMax);
        await EndAsync(Limits.ImpressionNumberMax);

        Assert.Equal(0, (await LossAsync()).Lost);
        Assert.Equal(1, (await FiguresAsync())["claimsRefused"].Numerator);
    }

    /// <summary>The rest of the block was in no answer. Nothing says so until the session's end.</summary>
    [Fact]
    public async Task BlockOfASessionThatLeftMemoryIsNoLossOnceItHasEnded()
    {
        await ArriveAsync(lastNumber: 0, end: ShownCount);
        await HaveRestAsync();
        var key = _session.GetPrimaryKeyString();
        await _silo.RestartAsync();
        _session = _silo.Grains.GetGrain<IListenerSessionGrain>(key);

        Assert.InRange((await LossAsync()).LostAtMost, 1, 256);
        await EndAsync(_shown.Length);

        Assert.Equal(0, (await LossAsync()).LostAtMost);
    }

    /// <summary>Shows art until the session's block has a rest: on a busy machine a block may have no more than was asked for.</summary>
    private Task HaveRestAsync() => Eventually.Async(async () =>
    {
        if ((await LossAsync()).LostAtMost > 0)
        {
            return true;
        }

        _shown = [.. _shown, .. (await _session.Take(1)).Ids()];
        await ArriveAsync(lastNumber: 0, first: _shown.Length - 1, end: _shown.Length);
        return false;
    });

    private async Task ArriveAsync(long lastNumber, int first = 0, int end = ArrivedCount)
    {
        for (var at = first; at < end; at += 200)
        {
            var count = Math.Min(200, end - at);
            var report = new DeliveryReport(count, 0, "fetch", "size", 1, [], LastNumber: at + count == end ? lastNumber : 0);
            var answer = await _session.RecordBatch(SessionCalls.Batch(at + 1, _shown[at..(at + count)]) with { Report = report });
            Assert.Equal((SessionOutcome.Done, count), (answer.Outcome, answer.Recorded));
        }
    }

    private async Task EndAsync(long lastNumber)
    {
        RequestContext.Set(SessionLastNumber.Key, lastNumber);
        Assert.Equal(SessionOutcome.Done, await _session.Finish([]));
        RequestContext.Clear();
    }

    /// <summary>A block that was on its way when the session ended is given back a moment later.</summary>
    private Task AssertLossAsync(long count) => Eventually.Async(async () => await LossAsync() == (count, count));

    private async Task<(long Lost, long LostAtMost)> LossAsync()
    {
        var figures = await FiguresAsync();
        return (figures["lost"].Numerator, figures["lostAtMost"].Numerator);
    }

    private async Task<Dictionary<string, KpiFigure>> FiguresAsync()
    {
        await Eventually.Async(
            async () => (await _silo.ServicesOf(0).GetRequiredService<IImpressionLog>().ReadUntalliedWritersAsync(TestContext.Current.CancellationToken)).Length == 0);
        return (await _silo.Grains.GetGrain<ILedgerQueryGrain>(0).SummarizeKpis(7, Release)).Figures.ToDictionary(figure => figure.Name);
    }
}

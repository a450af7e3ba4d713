using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace ArtFresh.Api.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task ReadyDependsOnTheLedgerAndLiveDoesNot()
    {
        var clock = new FakeTimeProvider();
        await using var front = await FrontEnd.StartAsync(clock: clock);
        async Task<HttpStatusCode> ReadyAsync()
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return (await front.Anonymous.FetchAsync("/healthz/ready")).StatusCode;
        }
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync());
        front.Cluster.Queries.Ledger = Task.FromResult(false);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync());
        front.Cluster.Queries.Ledger = Task.FromException<bool>(new OrleansException());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync());
        Assert.Equal(HttpStatusCode.OK, (await front.Anonymous.FetchAsync("/healthz/live")).StatusCode);
        front.Cluster.Queries.Ledger = Task.FromResult(true);
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync());
    }

    [Fact]
    public async Task ReadyFailsSoonIfTheLedgerDoesNotAnswer()
    {
        var clock = new FakeTimeProvider();
        await using var front = await FrontEnd.StartAsync(clock: clock);
        front.Cluster.Queries.Ledger = new TaskCompletionSource<bool>().Task;
        var asked = front.Anonymous.FetchAsync("/healthz/ready");
        while (!asked.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            await Task.WhenAny(asked, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, FrontEnd.Cancelled));
        }
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await asked).StatusCode);
        Assert.Equal("Unhealthy", await (await asked).Content.ReadAsStringAsync(FrontEnd.Cancelled));
    }

    [Fact]
    public async Task LedgerIsCheckedAtMostOnceASecond()
    {
        var clock = new FakeTimeProvider();
        await using var front = await FrontEnd.StartAsync(clock: clock);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await front.Anonymous.FetchAsync("/healthz/ready")).StatusCode);
        }
        Assert.Equal(1, front.Cluster.Queries.LedgerChecks);
    }
}

using System.Globalization;
using ArtFresh.SystemTests.Faults;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Cluster;

/// <summary>Two front ends and three silos on one PostgreSQL, all restarted one by one while listeners go on.</summary>
[Collection(typeof(MachineToItself))]
public sealed class RollingRestartTests
{
    private const int Silos = 3;
    private const int FrontEnds = 2;
    private const int Listeners = 20;
    private const int ArtworksARequest = 5;

    /// <summary>Lines of one kind that a server writes a minute: of more repeats some are not logged.</summary>
    private const int LoggedAMinute = 30;

    private static readonly int RequestsBetweenRestarts = LongForm.IsOn ? 400 : 150;

    private long _requests;
    private int _duplicates;

    [Fact]
    public async Task NoRequestFailsWhileEveryProcessIsRestarted()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var postgres = PostgresServer.Shared;
        var connectionString = postgres.NewDatabase();
        await FaultCluster.EnterCatalogueAsync(connectionString);
        ServerProcess Member(string role) => new(
            [
                "--ArtFresh:Role", role, "--ConnectionStrings:Ledger", connectionString, "--ArtFresh:Cluster:Address", "127.0.0.1", "--ArtFresh:DrainDelay", role == "web" ? "00:00:03" : "00:00:01",
                .. Generous.Limits,
                "--Logging:LogLevel:ArtFresh.Api.GrainCalls", "Information",
            ]);
        ServerProcess[] silos = [.. Enumerable.Range(0, Silos).Select(_ => Member("silo"))];
        ServerProcess[] frontEnds = [.. Enumerable.Range(0, FrontEnds).Select(_ => Member("web"))];
        await Task.WhenAll(silos.Select(silo => silo.StartAsync()));
        await Task.WhenAll(frontEnds.Select(frontEnd => frontEnd.StartAsync()));

        await using (var balancer = new ReadyBalancer([.. frontEnds.Select(frontEnd => frontEnd.Address)]))
        {
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, Listeners).Select(_ => Task.Run(() => ListenAsync(frontEnds[0].Address, balancer, stop.Token))).ToArray();
            foreach (var member in silos.Concat(frontEnds))
            {
                await MoreAsync(load);
                await member.StopAsync();
                await MoreAsync(load);
                await member.StartAsync();
                if (frontEnds.Contains(member))
                {
                    await balancer.KnowsAsync(member.Address);
                }
            }

            await MoreAsync(load);
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }

        // Their last lines arrive when they end.
        await Task.WhenAll(frontEnds.Select(frontEnd => frontEnd.StopAsync()));
        var repeated = frontEnds.Sum(frontEnd => frontEnd.Log.Split('\n').Count(line => line.Contains("of a call to a grain failed; trying again", StringComparison.Ordinal)));
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"{_requests} requests, none failed; the front ends repeated {repeated} calls to silos that were leaving, and {_duplicates} impressions were on disk by then"));
        Assert.True(_duplicates <= repeated * ArtworksARequest || repeated >= LoggedAMinute, $"{_duplicates} duplicates of {repeated} calls that were made again");
        foreach (var member in silos.Concat(frontEnds))
        {
            await member.DisposeAsync();
        }
    }

    /// <summary>Takes art and reports it, and never tries again: the first request that fails, or shows art a second time, ends the test.</summary>
    private async Task ListenAsync(Uri address, ReadyBalancer balancer, CancellationToken stop)
    {
        using var listener = new HttpListenerClient(address, balancer.Handler());
        while (balancer.IsEmpty)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        await listener.SignInAsync();
        var session = await listener.OpenAsync();
        var number = 1L;
        while (!stop.IsCancellationRequested)
        {
            var ids = await listener.FreshAnswerAsync(session, ArtworksARequest, 0.5, 0.5);
            Assert.Equal(ArtworksARequest, ids.Length);
            var answer = await listener.PostForAnswerAsync(new PostedBatch(session, Guid.CreateVersion7(), number, ids));
            // A call whose answer went with its silo is made again, and finds that all of it was recorded.
            Assert.True(answer is (ArtworksARequest, 0, 0, 0) or (0, ArtworksARequest, 0, 0), answer.ToString());
            Interlocked.Add(ref _duplicates, answer.Duplicates);
            number += ids.Length;
            Interlocked.Add(ref _requests, 2);
        }
    }

    private async Task MoreAsync(Task[] load)
    {
        var until = Interlocked.Read(ref _requests) + RequestsBetweenRestarts;
        while (Interlocked.Read(ref _requests) < until)
        {
            if (load.FirstOrDefault(listener => listener.IsCompleted) is { } ended)
            {
                await ended;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class AllKilledTests
{
    /// <summary>Three heartbeats of the dead, and a start on a busy machine. With Orleans' own period it takes 70 s and more.</summary>
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task ClusterWhoseMembersWereAllKilledIsReadySoonAtAnotherAddress()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        string[] settings = ["--ConnectionStrings:Ledger", PostgresServer.Shared.NewDatabase(), "--ArtFresh:Cluster:Address", "127.0.0.1"];
        await using var first = new ServerProcess(settings);
        await using var second = new ServerProcess(settings);
        await first.StartAsync();
        await second.StartAsync();
        await Task.WhenAll(first.KillAsync(), second.KillAsync());

        await using var next = new ServerProcess(settings);
        var ready = await next.StartAsync();

        Assert.InRange(ready, TimeSpan.Zero, ReadyMax);
        TestContext.Current.SendDiagnosticMessage($"ready after {ready.TotalSeconds:0.0} s");
    }
}

using ArtFresh.Freshness;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Restores;

public sealed class RestoredFileTests
{
    internal static readonly string[] Generous =
    [
        "--ArtFresh:Limits:BareWritesPerMinute", "1000000",
        "--ArtFresh:Limits:RepeatsPerMinute", "1000000",
        "--ArtFresh:Limits:ListenerRequestsPerSecond", "100000", "--ArtFresh:Limits:ListenerRequestsBurst", "100000", "--ArtFresh:Limits:SignInsPerMinute", "100000",
        "--ArtFresh:Limits:ArtworksServedPerHour", "1000000", "--ArtFresh:Limits:ImpressionKilobytesPerHour", "1000000", "--ArtFresh:Limits:SessionsPerHour", "1000000",
        "--ArtFresh:Limits:ListenersPerNetwork", "10000",
    ];

    [Fact]
    public async Task BackupOfTheFileThatIsPutBackServesNothingTwiceAndBringsBackWhatBrowsersKept()
    {
        await using var server = new ServerProcess(Generous);
        await server.StartAsync();
        using var world = new RestoredWorld(server.Address);
        world.Begin();
        await world.ServesAsync(150);
        var backup = Path.Combine(server.DataDirectory, "backup.db");
        server.Ledger.CopyTo(backup);
        await world.ServesAsync(150);
        // As after a crash: what was acknowledged since the copy is lost, and the listeners go on.
        await server.KillAsync();
        server.PutBack(backup);
        await server.StartAsync();
        await world.ServesAsync(300);
        await world.EndAsync();
        await server.StopAsync();

        Assert.Contains("run 'artfresh erasures apply'", server.Log, StringComparison.Ordinal);
        var ledger = server.Ledger;
        var lost = world.Check([.. ledger.Impressions().Where(impression => impression.Outcome == ImpressionOutcome.Recorded).Select(impression => impression.ArtworkId)]);
        Assert.Equal(2, ledger.Count("select count(*) from ledger_epoch"));
        Assert.Equal((0, "verify"), ((await server.CommandAsync("verify")).ExitCode, "verify"));
        Assert.True(world.Delivered > 300, $"only {world.Delivered} were delivered");
        TestContext.Current.SendDiagnosticMessage($"{world.Served} served, {world.Delivered} delivered, {lost} of them lost with their artworks");
    }
}

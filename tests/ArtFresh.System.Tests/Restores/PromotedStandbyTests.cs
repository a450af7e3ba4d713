using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Restores;

public sealed class PromotedStandbyTests
{
    [Fact]
    public async Task AsynchronousStandbyThatIsPromotedUnderRunningServersServesNothingTwice()
    {
        using var primary = PostgresServer.Start();
        var database = primary.NewDatabase();
        using var standby = primary.NewStandby();
        await using var server = RestoredWorld.ServerOn(primary.OrOf(standby, database));
        await server.StartAsync();
        using var world = new RestoredWorld(server.Address);
        world.Begin();
        await world.ServesAsync(100);
        standby.StopReceiving();
        await world.ServesAsync(150);
        primary.Stop("immediate");
        standby.Promote();
        await world.ServesAsync(300);
        await world.EndAsync();

        var (lost, reasons) = await world.CheckAsync(standby.At(database));
        TestContext.Current.SendDiagnosticMessage($"{world.Served} served, {world.Delivered} delivered, {lost} of them lost with their artworks; {reasons}");
    }
}

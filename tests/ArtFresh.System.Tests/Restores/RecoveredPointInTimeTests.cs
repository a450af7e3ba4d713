using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Restores;

public sealed class RecoveredPointInTimeTests
{
    /// <summary>As after a mistake that is to be undone: the copy goes on from a moment before it, by the archived log.</summary>
    [Fact]
    public async Task RecoveryToAPointInTimeUnderRunningServersServesNothingTwice()
    {
        Assert.SkipUnless(LongForm.IsOn, "the long form alone");
        using var primary = PostgresServer.StartArchiving();
        var database = primary.NewDatabase();
        using var copy = primary.NewBaseBackup();
        await using var server = RestoredWorld.ServerOn(primary.OrOf(copy, database));
        await server.StartAsync();
        using var world = new RestoredWorld(server.Address);
        world.Begin();
        await world.ServesAsync(100);
        primary.Mark("before-the-mistake");
        await world.ServesAsync(150);
        primary.Archive();
        primary.Stop("immediate");
        copy.RecoverTo(primary, "before-the-mistake");
        await world.ServesAsync(300);
        await world.EndAsync();

        var (lost, reasons) = await world.CheckAsync(copy.At(database));
        TestContext.Current.SendDiagnosticMessage($"{world.Served} served, {world.Delivered} delivered, {lost} of them lost with their artworks; {reasons}");
    }
}

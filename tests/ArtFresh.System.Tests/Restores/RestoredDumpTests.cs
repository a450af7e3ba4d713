using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.SystemTests.Restores;

public sealed class RestoredDumpTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DumpThatIsRestoredServesNothingTwice(bool isUnderRunningServer)
    {
        Assert.SkipUnless(LongForm.IsOn, "the long form alone");
        using var postgres = PostgresServer.Start();
        var database = postgres.NewDatabase();
        await using var server = RestoredWorld.ServerOn(database);
        await server.StartAsync();
        using var world = new RestoredWorld(server.Address);
        world.Begin();
        await world.ServesAsync(100);
        var copy = postgres.Restored(database);
        await world.ServesAsync(150);
        if (!isUnderRunningServer)
        {
            await server.KillAsync();
        }

        postgres.Replace(database, copy);
        if (!isUnderRunningServer)
        {
            // As the runbook says: its silos are of another day.
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var empty = new NpgsqlCommand("delete from orleansmembershiptable", connection);
            await empty.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await server.StartAsync();
        }

        await world.ServesAsync(300);
        await world.EndAsync();

        var (lost, reasons) = await world.CheckAsync(database);
        TestContext.Current.SendDiagnosticMessage($"{world.Served} served, {world.Delivered} delivered, {lost} of them lost with their artworks; {reasons}");
    }
}

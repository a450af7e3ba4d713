using ArtFresh.Freshness;
using ArtFresh.TestWorld;
using Npgsql;
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
        var ports = (Silo: FreePort.Find(), Gateway: FreePort.Find());
        await using var server = new ServerProcess(
        [
            .. RestoredFileTests.Generous, "--ConnectionStrings:Ledger", primary.OrOf(standby, database), "--ArtFresh:Cluster:Address", "127.0.0.1",
            "--ArtFresh:Cluster:SiloPort", $"{ports.Silo}", "--ArtFresh:Cluster:GatewayPort", $"{ports.Gateway}", "--ArtFresh:Operators:Key", "0123456789abcdef0123456789abcdef",
        ]);
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

        var recorded = new List<long>();
        await using var connection = new NpgsqlConnection(standby.At(database));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("select impressions from impression_batch", connection))
        await using (var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                recorded.AddRange(PackedImpressions.Unpack(reader.GetFieldValue<byte[]>(0)).Where(one => one.Outcome == ImpressionOutcome.Recorded).Select(one => one.ArtworkId));
            }
        }

        var lost = world.Check(recorded);
        await using var epochs = new NpgsqlCommand("select string_agg(reason, '; ' order by epoch) from ledger_epoch where epoch > 1", connection);
        var reasons = (string)(await epochs.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        Assert.Contains("the database was", reasons, StringComparison.Ordinal);
        await using var unviewed = new NpgsqlCommand("select count(*) from artwork where viewed_at is null and artwork_id = any($1)", connection) { Parameters = { new() { Value = recorded.Distinct().ToArray() } } };
        Assert.Equal(0L, await unviewed.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        TestContext.Current.SendDiagnosticMessage($"{world.Served} served, {world.Delivered} delivered, {lost} of them lost with their artworks; {reasons}");
    }
}

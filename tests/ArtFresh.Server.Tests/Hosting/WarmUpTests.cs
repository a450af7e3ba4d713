using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class WarmUpTests
{
    [Fact]
    public async Task MemberThatWarmsUpLeavesNothingInTheClustersLedgerAndNoFile()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var database = PostgresServer.Shared.NewDatabase();
        await using var server = NewMember(database);
        var temporary = Directory.CreateDirectory(Path.Combine(server.DataDirectory, "tmp")).FullName;
        server.Environment["TMPDIR"] = temporary;

        await server.StartAsync();

        await server.PrintsAsync("Warmed up by");
        Assert.Empty(Directory.GetDirectories(temporary, "artfresh-warm-up-*"));
        Assert.Equal((0, 0, 0, 1), (await CountAsync(database, "session"), await CountAsync(database, "impression_batch"), await CountAsync(database, "artwork"), await CountAsync(database, "ledger_writer")));
    }

    [Fact]
    public async Task MemberThatCannotWarmUpSaysSoAndServes()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        await using var server = NewMember(PostgresServer.Shared.NewDatabase());
        server.Environment["TMPDIR"] = Path.Combine(server.DataDirectory, "missing");

        await server.StartAsync();

        await server.PrintsAsync("Warming up failed");
        await server.StockAsync();
    }

    private static ServerProcess NewMember(string database)
    {
        var server = new ServerProcess("--ConnectionStrings:Ledger", database, "--ArtFresh:Cluster:Address", "127.0.0.1");
        server.Environment["ArtFresh__WarmUp"] = "00:00:01";
        return server;
    }

    private static async Task<long> CountAsync(string database, string table)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
#pragma warning disable CA2100 // A constant of this test.
        await using var command = new NpgsqlCommand($"select count(*) from {table}", connection);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}

using ArtFresh.Server;
using ArtFresh.Storage.Postgres;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ArtFresh.Storage.Tests;

[Collection("postgres")]
public sealed class SharedKeysTests(PostgresWorld world)
{
    private const int FrontEnds = 6;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FrontEndsThatStartTogetherReadWhatAnyOfThemHasSigned()
    {
        await using var database = new PostgresDatabase(world.Server.NewDatabase());
        await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), Stop);
        var hosts = Enumerable.Range(0, FrontEnds).Select(_ => FrontEnd(database)).ToArray();
        await Task.WhenAll(hosts.Select(host => Task.Run(() => host.StartAsync(Stop), Stop)));

        var protectors = hosts.Select(host => host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test")).ToArray();
        var signed = protectors.Select(protector => protector.Protect("a listener")).ToArray();
        foreach (var protector in protectors)
        {
            Assert.All(signed, text => Assert.Equal("a listener", protector.Unprotect(text)));
        }

        await using var connection = await database.OpenAsync(Stop);
        await using var count = new Npgsql.NpgsqlCommand("select count(*) from data_protection_key", connection);
        Assert.Equal(1L, await count.ExecuteScalarAsync(Stop));
        Array.ForEach(hosts, host => host.Dispose());
    }

    private static IHost FrontEnd(PostgresDatabase database)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddDataProtection().SetApplicationName("test");
        builder.Services.AddPostgresKeys(database);
        return builder.Build();
    }
}

using System.Globalization;
using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>Two silos that are pods, as far as the Kubernetes API tells them.</summary>
public sealed class KubernetesHostingTests
{
    private const int Active = 3;
    private const int Dead = 6;

    [Fact]
    public async Task SiloIsNamedByItsPodAndDeadToTheOthersWhenThePodIsDeleted()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var postgres = PostgresServer.Shared;
        var database = postgres.NewDatabase();
        await using var kubernetes = await KubernetesApi.StartAsync("silo-a", "silo-b");
        await using var first = Silo("silo-a", database, kubernetes);
        await using var second = Silo("silo-b", database, kubernetes);
        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        await using var source = NpgsqlDataSource.Create(database);
        Assert.Equal((Active, Active), (await StatusAsync(source, "silo-a"), await StatusAsync(source, "silo-b")));
        await kubernetes.WatchedAsync(TestContext.Current.CancellationToken);

        // It lives and answers: nobody but Kubernetes could say that it is dead.
        kubernetes.Delete("silo-b");

        await Eventually.TrueAsync(async () => await StatusAsync(source, "silo-b") == Dead);
        Assert.Equal(Active, await StatusAsync(source, "silo-a"));
    }

    private static ServerProcess Silo(string pod, string database, KubernetesApi kubernetes) => new(
        "--ConnectionStrings:Ledger", database, "--ArtFresh:Cluster:Address", "127.0.0.1", "--ArtFresh:Cluster:Kubernetes", "true")
    {
        Environment = { ["POD_NAME"] = pod, ["POD_NAMESPACE"] = KubernetesApi.Namespace, ["KUBECONFIG"] = kubernetes.ConfigurationFile },
    };

    private static async Task<int?> StatusAsync(NpgsqlDataSource source, string name)
    {
        await using var command = source.CreateCommand("select status from orleansmembershiptable where siloname = $1 order by starttime desc limit 1");
        command.Parameters.AddWithValue(name);
        return Convert.ToInt32(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }
}

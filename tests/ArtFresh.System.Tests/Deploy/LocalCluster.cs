using System.Globalization;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>deploy/local-cluster.sh, with a data folder and ports of the test's own.</summary>
public sealed partial class LocalCluster : IAsyncLifetime
{
    private readonly Dictionary<string, string> _environment;

    public LocalCluster()
    {
        Home = Directory.CreateTempSubdirectory("artfresh-cluster-").FullName;
        // All its ports are moved by one number, so that it meets neither a cluster of the developer's nor another test's.
        var offset = Enumerable.Range(1, 100).Select(step => step * 100).First(step => FirstPorts.All(port => FreePort.TryTake(port + step)));
        Offset = offset;
        _environment = new()
        {
            ["ARTFRESH_CLUSTER_HOME"] = Home,
            ["ARTFRESH_PORT_OFFSET"] = offset.ToString(CultureInfo.InvariantCulture),
            ["ARTFRESH_SERVER_DLL"] = Tool.Path,
            ["ArtFresh__DrainDelay"] = "00:00:01",
            ["ArtFresh__Limits__SignInsPerMinute"] = "100000",
            ["ArtFresh__Limits__ArtworksServedPerHour"] = "1000000",
            ["ArtFresh__Limits__ImpressionKilobytesPerHour"] = "1000000",
            ["ArtFresh__Limits__BareWritesPerMinute"] = "1000000",
            ["ArtFresh__Limits__RepeatsPerMinute"] = "1000000",
            ["ArtFresh__Limits__SessionsPerHour"] = "1000000",
            ["ArtFresh__Limits__ListenersPerNetwork"] = "10000",
        };
    }

    /// <summary>PostgreSQL, three servers, their silos and gateways, Caddy and its administration.</summary>
    private static int[] FirstPorts { get; } = [15432, 5081, 5082, 5083, 11111, 11112, 11113, 30000, 30001, 30002, 8080, 12019];

    public string Home { get; }

    public int Offset { get; }

    public Uri Balancer => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{8080 + Offset}"));

    public Uri Server(int number) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{5080 + number + Offset}"));

    public IReadOnlyDictionary<string, string> Environment => _environment;

    /// <summary>Starts it where xUnit has it as a fixture; a test that starts one itself does not call this.</summary>
    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.IsInstalled)
        {
            await RunAsync("up", "--detach");
        }
    }

    /// <summary>Runs a command of the script's, which must do it.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output) = await ServerCommand.RunAsync("bash", _environment, [DeployFile.PathOf("deploy/local-cluster.sh"), .. arguments]);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)}: {output}");
        return output;
    }

    /// <summary>The key by which operators are known here.</summary>
    public async Task<string> OperatorsKeyAsync() => OperatorsKey().Match(await RunAsync("env")).Groups[1].Value;

    /// <summary>How to connect to its database.</summary>
    public async Task<string> LedgerAsync() => Ledger().Match(await RunAsync("env")).Groups[1].Value;

    /// <summary>Processes that were started from its folder or on its ports.</summary>
    public async Task<string[]> ProcessesAsync()
    {
        var (_, output) = await ServerCommand.RunAsync("ps", new Dictionary<string, string>(), "-eo", "pid=,args=");
        var own = FirstPorts.Select(port => string.Create(CultureInfo.InvariantCulture, $":{port + Offset}")).ToArray();
        return [.. output.Split('\n').Where(line => line.Contains(Home, StringComparison.Ordinal) || own.Any(port => line.EndsWith(port, StringComparison.Ordinal)))];
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("wipe");
        GC.SuppressFinalize(this);
    }

    [GeneratedRegex("ConnectionStrings__Ledger=\"([^\"]+)\"")]
    private static partial Regex Ledger();

    [GeneratedRegex(@"ARTFRESH_OPERATORS_KEY=(\w+)")]
    private static partial Regex OperatorsKey();
}

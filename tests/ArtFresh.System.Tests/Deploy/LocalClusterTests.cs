using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>Three servers behind Caddy, started by the command that developers are given.</summary>
[Collection(typeof(MachineToItself))]
public sealed partial class LocalClusterTests(LocalCluster cluster) : IClassFixture<LocalCluster>
{
    private const int BatchesAfterAKill = 60;

    /// <summary>What the runbook promises of a rollback.</summary>
    private const double BackSecondsMax = 300;

    /// <summary>Silos vote one dead within 5 s; a request waits for that, and for as much more as requests wait on this machine anyway.</summary>
    private static readonly TimeSpan WithoutServiceMax = TimeSpan.FromSeconds(10);

    private const int UsualWaits = 20;

    [Fact]
    public async Task RequestsThroughTheBalancerGoOnWhileAServerIsKilled()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        using var stop = new CancellationTokenSource();
        var listeners = Enumerable.Range(0, 6).Select(i => new RetryingListener(cluster.Balancer, new Random(i), isBalanced: true)).ToArray();
        var load = listeners.Select(listener => Task.Run(() => listener.RunAsync(stop.Token))).ToArray();
        await MoreAsync(listeners, load, 30);
        var usual = listeners.Max(listener => listener.LongestWait);

        await cluster.RunAsync("kill", "server-2");
        await MoreAsync(listeners, load, BatchesAfterAKill);
        Assert.Contains("server-2", (await cluster.RunAsync("status")).Split('\n').Single(line => line.EndsWith("dead", StringComparison.Ordinal)), StringComparison.Ordinal);
        await cluster.RunAsync("start", "server-2");
        await stop.CancelAsync();
        await Task.WhenAll(load);
        Array.ForEach(listeners, listener => listener.Dispose());

        Assert.InRange(listeners.Max(listener => listener.LongestWait), TimeSpan.Zero, WithoutServiceMax + (UsualWaits * usual));
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"{listeners.Sum(listener => listener.Acknowledged.Count)} batches, {listeners.Sum(listener => listener.Retries)} requests tried again, longest wait {listeners.Max(listener => listener.LongestWait).TotalSeconds:0.0} s"));
    }

    [Fact]
    public async Task ChecklistPassesThroughTheBalancer()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");

        var (exitCode, output) = await ServerCommand.RunAsync(cluster.Environment, "deploy", "check", cluster.Balancer.ToString(), "--key", await cluster.OperatorsKeyAsync());

        Assert.True(exitCode == 0, output);
    }

    /// <summary>Back to the release before, which is this one with its batch endpoint off as long as there is no tag before it, and forward again.</summary>
    [Fact]
    public async Task RollbackUnderLoadLosesAndRepeatsNothingAndTakesSeconds()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var script = DeployFile.PathOf("deploy/rollback.sh");
        var environment = new Dictionary<string, string>(cluster.Environment) { ["ARTFRESH_PREVIOUS"] = "none", ["ConnectionStrings__Ledger"] = await cluster.LedgerAsync() };

        var (exitCode, output) = await ServerCommand.RunAsync(
            environment, "drill", "rollback", cluster.Balancer.ToString(), "--back", $"bash '{script}' back", "--forward", $"bash '{script}' forward", "--listeners", "4", "--deliveries", "4", "--json");

        Assert.True(exitCode == 0, output);
        var report = JsonNode.Parse(output[output.IndexOf("{\n", StringComparison.Ordinal)..(output.LastIndexOf("\n}", StringComparison.Ordinal) + 2)])!["result"]!;
        Assert.Equal((0, 0), (report["lost"]!.GetValue<int>(), report["repeats"]!.GetValue<int>()));
        Assert.True(report["oneByOne"]!.GetValue<int>() >= 16, output);
        Assert.InRange(report["back"]!["allSeconds"]!.GetValue<double>(), 0, BackSecondsMax);
        TestContext.Current.SendDiagnosticMessage(report.ToJsonString());
    }

    /// <summary>Names are the program's own, so a query that was right becomes wrong when an instrument or a route is renamed.</summary>
    [Fact]
    public async Task DashboardsAndAlertsAskForMetricsThatTheServersExport()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        using var listener = new RetryingListener(cluster.Balancer, new Random(0), isBalanced: true);
        await listener.OnceAsync(TestContext.Current.CancellationToken);
        var asked = Monitoring.Queries().SelectMany(Monitoring.SeriesIn).Where(series => series.Metric != "up").ToArray();
        Assert.True(asked.Length > 20);
        // What was posted is added up a moment later, and Orleans exports a counter from its first message on.
        Dictionary<string, HashSet<string>> exported = [];
        await Eventually.TrueAsync(
            async () => (exported = await ExportedAsync()).ContainsKey("artfresh_displays_timed_seconds_bucket") && Missing().Length == 0, () => $"not exported: {string.Join(", ", Missing())}");

        Assert.All(asked, series => Assert.Empty(series.Labels.Except(exported[series.Metric].Concat(["job", "instance"]))));
        Assert.Contains("/api/artworks/fresh", exported["http_server_request_duration_seconds_count"].Select(label => label));

        string[] Missing() => [.. asked.Select(series => series.Metric).Where(metric => !exported.ContainsKey(metric)).Distinct()];
    }

    [Fact]
    public async Task ProbesAskForPagesThatAreThere()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        using var http = new HttpClient();
        foreach (var path in KubernetesTests.ProbePaths())
        {
            using var answer = await http.GetAsync(new Uri(cluster.Server(1), path), TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, path);
        }

        var url = new Uri(cluster.Server(1), "/healthz/ready").ToString();
        Assert.Equal((0, $"{url} answers 200.\n"), await ServerCommand.RunAsync(cluster.Environment, "ready", "--url", url));
    }

    [Fact]
    public async Task InterruptedItLeavesNoProcess()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        await using var second = new LocalCluster();
        using var up = Process.Start(new ProcessStartInfo("bash", [DeployFile.PathOf("deploy/local-cluster.sh"), "up", "--silos", "1"]) { RedirectStandardError = true }.With(second.Environment))!;
        while (await up.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("Ctrl-C", StringComparison.Ordinal))
        {
            // What it says on the way.
        }

        Assert.NotEmpty(await second.ProcessesAsync());
        // As Ctrl-C, which a test run that was itself started in the background would have it ignore.
        using (var interrupt = Process.Start("kill", ["-TERM", up.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await interrupt.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await up.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, up.ExitCode);
        Assert.Empty(await second.ProcessesAsync());
    }

    private static async Task MoreAsync(RetryingListener[] listeners, Task[] load, int batches)
    {
        var goal = listeners.Sum(listener => listener.Acknowledged.Count) + batches;
        while (listeners.Sum(listener => listener.Acknowledged.Count) < goal)
        {
            await Task.WhenAny([.. load, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken)]);
            foreach (var ended in load.Where(task => task.IsCompleted))
            {
                await ended;
            }
        }
    }

    /// <summary>Each metric with the names of its labels and, for routes, their values.</summary>
    private async Task<Dictionary<string, HashSet<string>>> ExportedAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await cluster.OperatorsKeyAsync());
        var exported = new Dictionary<string, HashSet<string>>();
        for (var number = 1; number <= 3; number++)
        {
            var text = await http.GetStringAsync(new Uri(cluster.Server(number), "/metrics"), TestContext.Current.CancellationToken);
            foreach (Match line in Sample().Matches(text))
            {
                var labels = exported.TryGetValue(line.Groups[1].Value, out var known) ? known : exported[line.Groups[1].Value] = [];
                foreach (Match label in Label().Matches(line.Groups[2].Value))
                {
                    labels.Add(label.Groups[1].Value);
                    if (label.Groups[1].Value == "http_route")
                    {
                        labels.Add(label.Groups[2].Value);
                    }
                }
            }
        }

        return exported;
    }

    [GeneratedRegex(@"^(\w+)\{(.*)\} ", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("""(\w+)="([^"]*)" *""")]
    private static partial Regex Label();
}

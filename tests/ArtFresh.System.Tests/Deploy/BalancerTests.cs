using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

public sealed class BalancerTests
{
    [Fact]
    public async Task CaddyTakesItsFileAndAsksEveryServerWhetherItIsReady()
    {
        var arguments = new[] { "adapt", "--config", DeployFile.PathOf("deploy/Caddyfile"), "--adapter", "caddyfile", "--validate" };
        var environment = new Dictionary<string, string> { ["ARTFRESH_SERVERS"] = "one:5080 two:5080", ["ARTFRESH_SITE"] = "http://:8080", ["HOME"] = Path.GetTempPath() };
        var (exitCode, output) = await ServerCommand.RunAsync("caddy", environment, arguments);
        Assert.True(exitCode == 0, output);
        // Its log follows on the standard error, a JSON object a line.
        var server = JsonNode.Parse(output.Split('\n')[0])!["apps"]!["http"]!["servers"]!["srv0"]!;
        Assert.Equal("0.0.0.0:8080", server["listen"]![0]!.GetValue<string>());
        var proxy = Handlers(server).Single(handler => handler["handler"]!.GetValue<string>() == "reverse_proxy");
        Assert.Equal(["one:5080", "two:5080"], proxy["upstreams"]!.AsArray().Select(upstream => upstream!["dial"]!.GetValue<string>()));
        Assert.Contains(proxy["health_checks"]!["active"]!["uri"]!.GetValue<string>(), KubernetesTests.ProbePaths());
        Assert.NotNull(proxy["health_checks"]!["passive"]!["fail_duration"]);
        // An outage of the database is no server's fault: their 503 with Retry-After must reach the client.
        Assert.Null(proxy["health_checks"]!["passive"]!["unhealthy_status"]);
        // In nanoseconds: it asks often enough to notice within the drain, and goes on trying for longer than that.
        var drain = TimeSpan.Parse(DeployFile.Yaml("docker-compose.yml")["x-artfresh"]!["environment"]!["ArtFresh__DrainDelay"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        Assert.True(Nanoseconds(proxy["health_checks"]!["active"]!["interval"]!) * 3 <= drain);
        Assert.True(Nanoseconds(proxy["load_balancing"]!["try_duration"]!) >= TimeSpan.FromSeconds(5));
    }

    private static TimeSpan Nanoseconds(JsonNode number) => TimeSpan.FromTicks(number.GetValue<long>() / 100);

    private static IEnumerable<JsonNode> Handlers(JsonNode node)
    {
        if (node is JsonObject { } map && map.ContainsKey("handler"))
        {
            yield return map;
        }

        var children = node switch { JsonObject inner => inner.Select(entry => entry.Value), JsonArray list => list, _ => [] };
        foreach (var handler in children.OfType<JsonNode>().SelectMany(Handlers))
        {
            yield return handler;
        }
    }
}

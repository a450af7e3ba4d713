using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

public sealed class MonitoringTests
{
    private static readonly JsonNode Compose = DeployFile.Yaml("docker-compose.yml");
    private static readonly JsonNode Prometheus = DeployFile.Yaml("deploy/prometheus/prometheus.yml");

    [Fact]
    public async Task PrometheusFindsEveryServerAndHasTheKeyForMetricsAlone()
    {
        var job = Prometheus["scrape_configs"]!.AsArray().Single(job => job!["job_name"]!.GetValue<string>() == "artfresh")!;
        Assert.Equal("/metrics", job["metrics_path"]!.GetValue<string>());
        var discovery = Assert.Single(job["dns_sd_configs"]!.AsArray())!;
        Assert.Equal(["server", "silo", "web"], discovery["names"].Strings().Order());
        var port = (await ContainerSettings.ReadAsync(new Dictionary<string, string> { ["ConnectionStrings__Ledger"] = "Host=postgres" })).Port;
        Assert.Equal(port.ToString(CultureInfo.InvariantCulture), discovery["port"]!.GetValue<string>());
        var secret = job["authorization"]!["credentials_file"]!.GetValue<string>();
        Assert.StartsWith("/run/secrets/", secret, StringComparison.Ordinal);
        var name = Path.GetFileName(secret);
        Assert.Contains(name, Compose["services"]!["prometheus"]!["secrets"].Strings());
        Assert.Contains($"${{{Compose["secrets"]![name]!["environment"]}:", Compose["x-artfresh"]!["environment"]!["ArtFresh__Operators__MetricsKey"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.All(Prometheus["rule_files"].Strings(), file => Assert.True(File.Exists(DeployFile.PathOf($"deploy/prometheus/{file}"))));
    }

    [Fact]
    public void GrafanaIsGivenTheDashboardAndWhereItAsks()
    {
        var source = Assert.Single(DeployFile.Yaml("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"]!.AsArray())!;
        Assert.Equal("http://prometheus:9090", source["url"]!.GetValue<string>());
        Assert.All(Monitoring.Dashboard["panels"]!.AsArray(), panel => Assert.Equal(source["uid"]!.GetValue<string>(), panel!["datasource"]!["uid"]!.GetValue<string>()));
        var folder = DeployFile.Yaml("deploy/grafana/provisioning/dashboards/artfresh.yml")["providers"]![0]!["options"]!["path"]!.GetValue<string>();
        var grafana = Compose["services"]!["grafana"]!;
        Assert.Contains($"./deploy/grafana/dashboards:{folder}:ro", grafana["volumes"].Strings());
        Assert.Equal($"{folder}/artfresh.json", grafana["environment"]!["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]!.GetValue<string>());
    }

    [Fact]
    public void PanelsHaveNumbersOfTheirOwnAndDoNotOverlap()
    {
        var panels = Monitoring.Dashboard["panels"]!.AsArray();
        Assert.Equal(panels.Count, panels.Select(panel => panel!["id"]!.GetValue<int>()).Distinct().Count());
        var cells = panels.Select(panel => panel!["gridPos"]!).SelectMany(at => Enumerable.Range(at["x"]!.GetValue<int>(), at["w"]!.GetValue<int>())
            .SelectMany(x => Enumerable.Range(at["y"]!.GetValue<int>(), at["h"]!.GetValue<int>()).Select(y => (x, y)))).ToArray();
        Assert.Equal(cells.Length, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.x, 0, 23));
    }

    /// <summary>An alert's summary sends whoever reads it to a page of the runbook that is there.</summary>
    [Fact]
    public void AlertsNamePagesOfTheRunbook()
    {
        var summaries = DeployFile.Yaml("deploy/prometheus/alerts.yml")["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray())
            .Select(rule => rule!["annotations"]!["summary"]!.GetValue<string>()).Where(summary => summary.Contains("runbook: ", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(summaries);
        Assert.All(summaries, summary => Assert.Contains($"\n## {summary.Split("runbook: ")[1]}\n", Runbook.Text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void SeriesOfAQueryAreFound() => Assert.Equivalent(
        new[] { ("a_total", new[] { "route", "le" }), ("up", ["le"]) },
        Monitoring.SeriesIn("histogram_quantile(0.9, sum by (le) (rate(a_total{route=~\"/x\"}[1m]))) / up > 0").ToArray(),
        strict: true);
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>What dashboards, alerts and the analysis of rollouts ask Prometheus.</summary>
internal static partial class Monitoring
{
    public static JsonNode Dashboard { get; } = JsonNode.Parse(DeployFile.Read("deploy/grafana/dashboards/artfresh.json"))!;

    public static IEnumerable<string> Queries() =>
    [
        .. Dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => target!["expr"]!.GetValue<string>()),
        .. DeployFile.Yaml("deploy/prometheus/alerts.yml")["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!["expr"]!.GetValue<string>()),
        .. RolloutTests.Queries(),
    ];

    /// <summary>The series that a query asks for: a metric's name, and the labels that it selects or sums by.</summary>
    public static IEnumerable<(string Metric, string[] Labels)> SeriesIn(string query)
    {
        var grouped = GroupedBy().Matches(query).SelectMany(by => by.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)).ToArray();
        foreach (Match series in Series().Matches(GroupedBy().Replace(query, " ")))
        {
            yield return (series.Groups[1].Value, [.. Label().Matches(series.Groups[2].Value).Select(label => label.Groups[1].Value).Concat(grouped).Distinct()]);
        }
    }

    [GeneratedRegex(@"\bby\s*\(([^)]*)\)")]
    private static partial Regex GroupedBy();

    [GeneratedRegex(@"\b(?!(?:and|or|unless)\b)([a-z][a-z0-9_]+)(?![a-z0-9_]*\s*\()(\{[^}]*\})?")]
    private static partial Regex Series();

    [GeneratedRegex(@"(\w+)\s*=?[=~!]")]
    private static partial Regex Label();
}

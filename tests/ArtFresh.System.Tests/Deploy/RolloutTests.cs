using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>deploy/k8s/rollout: releases that come step by step, and go back by themselves.</summary>
public sealed partial class RolloutTests
{
    private const string Folder = "deploy/k8s/rollout";
    private const double MinutesMax = 5;

    private static readonly JsonNode Kustomization = DeployFile.Yaml($"{Folder}/kustomization.yaml");

    private static readonly JsonNode Analysis = DeployFile.Yaml($"{Folder}/analysis.yaml");

    /// <summary>What Argo Rollouts 1.7 has these kinds say, as far as it is used here.</summary>
    private static readonly Dictionary<string, string[]> Keys = new()
    {
        ["Rollout"] = ["apiVersion", "kind", "metadata", "spec"],
        ["Rollout.spec"] = ["revisionHistoryLimit", "progressDeadlineSeconds", "progressDeadlineAbort", "workloadRef", "strategy"],
        ["Rollout.spec.workloadRef"] = ["apiVersion", "kind", "name", "scaleDown"],
        ["Rollout.spec.strategy.canary"] = ["maxUnavailable", "maxSurge", "analysis", "steps"],
        ["Rollout.spec.strategy.canary.analysis"] = ["startingStep", "templates"],
        ["AnalysisTemplate"] = ["apiVersion", "kind", "metadata", "spec"],
        ["AnalysisTemplate.spec"] = ["args", "metrics"],
        ["AnalysisTemplate.spec.metrics"] = ["name", "interval", "initialDelay", "consecutiveErrorLimit", "failureLimit", "successCondition", "provider"],
    };

    private static JsonNode[] Rollouts => [.. new[] { "silo", "web" }.Select(name => DeployFile.Yaml($"{Folder}/{name}.yaml"))];

    private static IEnumerable<JsonNode> Metrics => Analysis["spec"]!["metrics"]!.AsArray().Select(metric => metric!);

    /// <summary>What the analysis asks Prometheus.</summary>
    public static IEnumerable<string> Queries() => Metrics.Select(metric => metric["provider"]!["prometheus"]!["query"]!.GetValue<string>());

    [Fact]
    public void EveryFileIsAppliedOverThoseOfTheClusterWithoutIt()
    {
        var files = DeployFile.In(Folder, "*.yaml").Select(Path.GetFileName).Where(file => file != "kustomization.yaml");
        Assert.Equal([.. files, "../"], Kustomization["resources"].Strings().OrderBy(file => file == "../"));
        Assert.Equal(DeployFile.Yaml("deploy/k8s/kustomization.yaml")["namespace"]!.GetValue<string>(), Kustomization["namespace"]!.GetValue<string>());
    }

    [Fact]
    public void NothingIsSaidThatArgoDoesNotKnow()
    {
        foreach (var manifest in Rollouts.Append(Analysis))
        {
            Assert.Equal("argoproj.io/v1alpha1", manifest["apiVersion"]!.GetValue<string>());
            foreach (var (path, keys) in Keys.Where(known => known.Key.Split('.')[0] == manifest["kind"]!.GetValue<string>()))
            {
                var node = path.Split('.').Skip(1).Aggregate(manifest, (at, key) => at[key]!);
                Assert.All(node is JsonArray list ? list : [node.DeepClone()], part => Assert.Empty(part!.AsObject().Select(entry => entry.Key).Except(keys)));
            }
        }
    }

    /// <summary>A rollout for each deployment, which has its pods; and whoever scales the deployment scales the rollout from then on.</summary>
    [Fact]
    public void EveryDeploymentHasARolloutThatIsScaledInItsPlace()
    {
        Assert.Equal(KubernetesTests.DeploymentNames().Order(), Rollouts.Select(rollout => rollout["spec"]!["workloadRef"]!["name"]!.GetValue<string>()));
        Assert.All(Rollouts, rollout =>
        {
            Assert.Equal(rollout["metadata"]!["name"]!.GetValue<string>(), rollout["spec"]!["workloadRef"]!["name"]!.GetValue<string>());
            Assert.Equal(("apps/v1", "Deployment"), (rollout["spec"]!["workloadRef"]!["apiVersion"]!.GetValue<string>(), rollout["spec"]!["workloadRef"]!["kind"]!.GetValue<string>()));
            Assert.Equal("0", rollout["spec"]!["strategy"]!["canary"]!["maxUnavailable"]!.GetValue<string>());
        });
        var patch = Kustomization["patches"]!.AsArray().Single()!;
        Assert.Equal("HorizontalPodAutoscaler", patch["target"]!["kind"]!.GetValue<string>());
        Assert.Contains("path: /spec/scaleTargetRef/kind\n  value: Rollout", patch["patch"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("path: /spec/scaleTargetRef/apiVersion\n  value: argoproj.io/v1alpha1", patch["patch"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void RolloutsAreJudgedByTheAnalysisFromTheirFirstPodOnAndLongEnough()
    {
        foreach (var canary in Rollouts.Select(rollout => rollout["spec"]!["strategy"]!["canary"]!))
        {
            Assert.Equal([Analysis["metadata"]!["name"]!.GetValue<string>()], canary["analysis"]!["templates"]!.AsArray().Select(template => template!["templateName"]!.GetValue<string>()));
            Assert.Equal("1", canary["analysis"]!["startingStep"]!.GetValue<string>());
            Assert.StartsWith("setWeight", canary["steps"]![0]!.AsObject().Single().Key, StringComparison.Ordinal);
            Assert.True(Minutes(canary["steps"]![1]!["pause"]!["duration"]!) >= MinutesMax);
        }
    }

    /// <summary>From the first bad look to the way back: no more than the five minutes that are promised.</summary>
    [Fact]
    public void BadReleaseIsTurnedBackWithinFiveMinutes() => Assert.All(Metrics, metric =>
    {
        var looks = int.Parse(metric["failureLimit"]!.GetValue<string>(), CultureInfo.InvariantCulture) + 1;
        Assert.InRange(Minutes(metric["initialDelay"]!) + (looks * Minutes(metric["interval"]!)), 0, MinutesMax);
    });

    [Fact]
    public void ThresholdsAreThoseOfTheReleaseWatch()
    {
        Assert.Equal(["commits-fail: == 0", "fresh-art-p95: <= 3", "requests-fail: <= 0.1", "served-twice: == 0", "without-viewed-at: == 0"], Metrics.Select(metric =>
        {
            var condition = Condition().Match(metric["successCondition"]!.GetValue<string>());
            Assert.True(condition.Success, metric.ToJsonString());
            return $"{metric["name"]}: {condition.Groups[1].Value}";
        }).Order());
        Assert.All(Metrics, metric => Assert.Equal("{{args.prometheus}}", metric["provider"]!["prometheus"]!["address"]!.GetValue<string>()));
        Assert.Equal(["prometheus"], Analysis["spec"]!["args"]!.AsArray().Select(argument => argument!["name"]!.GetValue<string>()));
    }

    /// <summary>Counters that are made of what clients say: one stranger moves them.</summary>
    [Fact]
    public void NoClaimOfAClientSendsAReleaseBack() => Assert.All(Queries(), query =>
        Assert.All(Counter().Matches(query), counter => Assert.Equal("WithoutViewedAt", counter.Groups[1].Value)));

    /// <summary>A request ends when its client has read the answer, and a refusal costs its client nothing: one stranger who reads slowly, or is refused often, moves either figure.</summary>
    [Fact]
    public void NoStrangersRequestsSendAReleaseBackOrHideItsFaults() => Assert.All(
        Queries().Concat(DeployFile.Yaml("deploy/prometheus/alerts.yml")["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!["expr"]!.GetValue<string>())),
        query => Assert.All(Requests().Matches(query), requests => Assert.Matches("^count{.*http_response_status_code(=~\"5|!~\"4)..\"}$", requests.Groups[1].Value)));

    private static double Minutes(JsonNode duration) => double.Parse(duration.GetValue<string>().TrimEnd('m'), CultureInfo.InvariantCulture);

    [GeneratedRegex("http_server_request_duration_seconds_([^}]*})")]
    private static partial Regex Requests();

    [GeneratedRegex("counter=~?\"([^\"]+)\"")]
    private static partial Regex Counter();

    /// <summary>Nothing measured is no failure.</summary>
    [GeneratedRegex(@"^len\(result\) == 0 \|\| isNaN\(result\[0\]\) \|\| result\[0\] (.+)$")]
    private static partial Regex Condition();
}

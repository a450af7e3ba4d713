using k8s;
using k8s.Models;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

public sealed class KubernetesTests
{
    private static readonly string[] Manifests = [.. DeployFile.In("deploy/k8s", "*.yaml")
        .Where(file => Path.GetDirectoryName(file) == "deploy/k8s" && !file.EndsWith("kustomization.yaml", StringComparison.Ordinal))];

    // Strict: a field that Kubernetes does not know is an error.
    private static readonly object[] Objects = [.. Manifests.SelectMany(file => KubernetesYaml.LoadAllFromString(DeployFile.Read(file), strict: true))];

    private static V1Deployment[] Deployments => [.. Objects.OfType<V1Deployment>()];

    private static IEnumerable<(string Name, V1PodSpec Pod)> Pods => Deployments.Select(deployment => (deployment.Name(), deployment.Spec.Template.Spec))
        .Concat(Objects.OfType<V1Job>().Select(job => (job.Name(), job.Spec.Template.Spec)));

    [Fact]
    public void EveryFileIsAppliedAndEveryKindIsThere()
    {
        var kustomization = DeployFile.Yaml("deploy/k8s/kustomization.yaml");
        Assert.Equal(Manifests.Select(Path.GetFileName).Order(), kustomization["resources"].Strings().Order());
        Assert.Equal(Assert.Single(Objects.OfType<V1Namespace>()).Name(), kustomization["namespace"]!.GetValue<string>());
        var image = kustomization["images"]![0]!;
        Assert.True(DeployFile.IsPinned($"{image["newName"]}:{image["newTag"]}"));
        Assert.All(Pods, pod => Assert.Equal(image["name"]!.ToString(), Assert.Single(pod.Pod.Containers).Image));
        Assert.Equal(["silo", "web"], Deployments.Select(deployment => deployment.Name()).Order());
        Assert.Single(Objects.OfType<V1Job>());
    }

    [Fact]
    public void SelectorsMatchLabels()
    {
        foreach (var deployment in Deployments)
        {
            Assert.True(Selects(deployment.Spec.Selector.MatchLabels, deployment));
        }

        foreach (var service in Objects.OfType<V1Service>())
        {
            var target = Deployments.Single(deployment => Selects(service.Spec.Selector, deployment));
            Assert.All(service.Spec.Ports, port => Assert.Contains(Container(target).Ports, open => open.Name == port.TargetPort.Value));
        }

        foreach (var budget in Objects.OfType<V1PodDisruptionBudget>())
        {
            Assert.Equal(budget.Name(), Deployments.Single(deployment => Selects(budget.Spec.Selector.MatchLabels, deployment)).Name());
            Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
        }

        Assert.Equal(Deployments.Length, Objects.OfType<V1PodDisruptionBudget>().Count());
    }

    [Fact]
    public void EveryDeploymentIsScaledWithinLimitsThatKeepAClusterWhole()
    {
        foreach (var deployment in Deployments)
        {
            var scaler = Objects.OfType<V2HorizontalPodAutoscaler>().Single(scaler => scaler.Spec.ScaleTargetRef.Name == deployment.Name());
            Assert.Equal("Deployment", scaler.Spec.ScaleTargetRef.Kind);
            Assert.True(scaler.Spec.MinReplicas >= (deployment.Name() == "silo" ? 3 : 2));
            Assert.True(scaler.Spec.MaxReplicas > scaler.Spec.MinReplicas);
            // Utilization is a share of what was requested, and a number here would undo the autoscaler's at each apply.
            Assert.True(Container(deployment).Resources.Requests.ContainsKey("cpu"));
            Assert.Null(deployment.Spec.Replicas);
        }
    }

    [Fact]
    public async Task TheProgramTakesTheSettingsOfEveryPodAndStopsInTheTimeThatItIsGiven()
    {
        foreach (var deployment in Deployments)
        {
            var settings = await ContainerSettings.ReadAsync(Environment(Container(deployment)));
            Assert.Equal(deployment.Name(), settings.Role);
            Assert.Equal(settings.Port, Container(deployment).Ports.Single(port => port.Name == "http").ContainerPort);
            Assert.True(TimeSpan.FromSeconds(deployment.Spec.Template.Spec.TerminationGracePeriodSeconds!.Value) > settings.GraceMin);
            var probe = Container(deployment).ReadinessProbe;
            Assert.True(TimeSpan.FromSeconds(probe.PeriodSeconds!.Value * probe.FailureThreshold!.Value) < settings.Drain);
        }
    }

    [Fact]
    public void PortsOfSilosAreThoseOfTheirSettings()
    {
        var silo = Deployments.Single(deployment => deployment.Name() == "silo");
        var environment = Environment(Container(silo));
        Assert.Equal(environment["ArtFresh__Cluster__SiloPort"], Container(silo).Ports.Single(port => port.Name == "silo").ContainerPort.ToString());
        Assert.Equal(environment["ArtFresh__Cluster__GatewayPort"], Container(silo).Ports.Single(port => port.Name == "gateway").ContainerPort.ToString());
        var policy = Assert.Single(Objects.OfType<V1NetworkPolicy>());
        Assert.True(Selects(policy.Spec.PodSelector.MatchLabels, silo));
        Assert.Equal(Container(silo).Ports.Select(port => port.ContainerPort.ToString()).Order(), policy.Spec.Ingress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value).Order());
        Assert.Equal(["silo", "web"], policy.Spec.Ingress[0].FromProperty[0].PodSelector.MatchExpressions[0].Values.Order());
    }

    /// <summary>Orleans looks for a cluster's pods by these labels, and names each silo by its pod.</summary>
    [Fact]
    public void SilosAreHostedAsOrleansAsks()
    {
        var silo = Deployments.Single(deployment => deployment.Name() == "silo");
        var environment = Environment(Container(silo));
        Assert.Equal("true", environment["ArtFresh__Cluster__Kubernetes"]);
        Assert.Equal(("metadata.name", "metadata.namespace", "status.podIP"), (FieldOf("POD_NAME"), FieldOf("POD_NAMESPACE"), FieldOf("ArtFresh__Cluster__Address")));
        Assert.Equal(environment["ArtFresh__Cluster__Name"], silo.Spec.Template.Metadata.Labels["orleans/clusterId"]);
        Assert.Equal("artfresh", silo.Spec.Template.Metadata.Labels["orleans/serviceId"]);
        var account = Assert.Single(Objects.OfType<V1ServiceAccount>());
        Assert.Equal(account.Name(), silo.Spec.Template.Spec.ServiceAccountName);
        var binding = Assert.Single(Objects.OfType<V1RoleBinding>());
        Assert.Equal((account.Name(), "Role"), (Assert.Single(binding.Subjects).Name, binding.RoleRef.Kind));
        var role = Objects.OfType<V1Role>().Single(role => role.Name() == binding.RoleRef.Name);
        Assert.Equal(["get", "list", "patch", "watch"], Assert.Single(role.Rules).Verbs.Order());
        Assert.Equal(["pods"], role.Rules[0].Resources);

        string? FieldOf(string name) => Container(silo).Env.Single(variable => variable.Name == name).ValueFrom?.FieldRef?.FieldPath;
    }

    [Fact]
    public void EveryPodRunsWithoutRootAndWithoutRightsToSpare()
    {
        foreach (var (_, pod) in Pods)
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.Equal(long.Parse(Image.LastStage.Single(instruction => instruction.Name == "USER").What.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture), pod.SecurityContext.RunAsUser);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            var container = Assert.Single(pod.Containers);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.True(container.Resources.Limits.ContainsKey("memory"));
        }
    }

    [Fact]
    public void NoSecretIsInTheFilesAndTheRunbookMakesEachKey()
    {
        Assert.Empty(Objects.OfType<V1Secret>());
        var keys = Pods.SelectMany(pod => pod.Pod.Containers[0].Env).Select(variable => variable.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>().ToArray();
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Equal("artfresh", key.Name));
        Assert.Equal(keys.Select(key => key.Key).Distinct().Order(), Runbook.SecretKeys().Order());
    }

    [Fact]
    public async Task TheJobRunsACommandThatTheProgramHas()
    {
        var job = Assert.Single(Objects.OfType<V1Job>());
        // Without a ledger it says what it lacks; a command that the program has not would be named as unknown.
        var (exitCode, output) = await ServerCommand.RunAsync(new Dictionary<string, string>(), [.. job.Spec.Template.Spec.Containers[0].Args]);
        Assert.Equal(2, exitCode);
        Assert.Contains("ConnectionStrings__Ledger", output, StringComparison.Ordinal);
        Assert.Equal(job.Spec.Template.Spec.Containers[0].Args, DeployFile.Yaml("docker-compose.yml")["services"]!["migrate"]!["command"].Strings());
    }

    /// <summary>The deployments' names.</summary>
    internal static IEnumerable<string> DeploymentNames() => Deployments.Select(deployment => deployment.Name());

    /// <summary>The paths that probes ask for.</summary>
    internal static IEnumerable<string> ProbePaths() => Deployments.Select(Container)
        .SelectMany(container => new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe })
        .Select(probe => probe.HttpGet.Path).Distinct();

    private static V1Container Container(V1Deployment deployment) => deployment.Spec.Template.Spec.Containers.Single();

    private static bool Selects(IDictionary<string, string> selector, V1Deployment deployment) =>
        selector.Count > 0 && selector.All(label => deployment.Spec.Template.Metadata.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private static Dictionary<string, string> Environment(V1Container container)
    {
        var settings = container.EnvFrom.SelectMany(from => Objects.OfType<V1ConfigMap>().Single(map => map.Name() == from.ConfigMapRef.Name).Data);
        return container.Env.Select(variable => KeyValuePair.Create(variable.Name, variable.Value ?? ValueOf(variable.ValueFrom))).Concat(settings).ToDictionary();
    }

    private static string ValueOf(V1EnvVarSource source) => (source.FieldRef?.FieldPath, source.SecretKeyRef?.Key) switch
    {
        ("status.podIP", null) => "10.1.2.3",
        ("metadata.name" or "metadata.namespace", null) => "artfresh",
        (null, "ledger") => "Host=postgres;Database=artfresh;Username=artfresh;Password=secret",
        (null, "operators-key") => "0123456789abcdef0123456789abcdef",
        (null, "metrics-key") => "fedcba9876543210fedcba9876543210",
        var (field, key) => throw new InvalidOperationException($"Nobody gives {field}{key}."),
    };
}

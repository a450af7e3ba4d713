using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

public sealed partial class ComposeTests
{
    /// <summary>What the Compose specification has a service say, as far as it is used here.</summary>
    private static readonly string[] ServiceKeys =
    [
        "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "networks", "ports", "profiles", "read_only", "restart", "secrets",
        "security_opt", "shm_size", "stop_grace_period", "tmpfs", "volumes",
    ];

    private static readonly JsonNode Compose = DeployFile.Yaml("docker-compose.yml");

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Services => Compose["services"]!.AsObject();

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Members => Services.Where(service => RoleOf(service.Key) is "server" or "silo" or "web");

    [Fact]
    public void ServicesSayNothingThatComposeDoesNotKnow()
    {
        Assert.All(Services, service => Assert.Empty(service.Value!.AsObject().Select(entry => entry.Key).Except(ServiceKeys)));
        Assert.Empty(Compose.AsObject().Select(entry => entry.Key).Except(["name", "networks", "secrets", "services", "volumes", "x-artfresh"]));
    }

    [Fact]
    public void EveryImageIsPinned() =>
        Assert.All(Services, service => Assert.True(DeployFile.IsPinned(Filled(service.Value!["image"]!, new Dictionary<string, string>())), service.Key));

    [Fact]
    public void WhatServicesReferToExists()
    {
        foreach (var (name, service) in Services)
        {
            Assert.All(service!["depends_on"] switch { JsonObject map => map.Select(entry => entry.Key), var list => list.Strings() }, needed => Assert.Contains(needed, Services.Select(other => other.Key)));
            Assert.All(service["secrets"].Strings(), secret => Assert.NotNull(Compose["secrets"]![secret]));
            Assert.Subset(Compose["networks"]!.AsObject().Select(network => network.Key).ToHashSet(), NetworksOf(service).ToHashSet());
            foreach (var volume in service["volumes"].Strings().Select(volume => Filled(volume, Runbook.EnvironmentFile()).Split(':')[0]).Where(source => source != "/data"))
            {
                var exists = volume.StartsWith("./", StringComparison.Ordinal) ? volume == "./data/music" || Runbook.Certificates.Contains(volume) || Path.Exists(DeployFile.PathOf(volume)) : Compose["volumes"]!.AsObject().ContainsKey(volume);
                Assert.True(exists, $"{name}: {volume}");
            }
        }
    }

    /// <summary>Nothing secret has a value to fall back on, and what must be set is what the runbook tells to set.</summary>
    [Fact]
    public void ItDoesNotStartWithoutTheRunbooksEnvironmentFile()
    {
        var variables = Variable().Matches(DeployFile.Read("docker-compose.yml")).Select(variable => (Name: variable.Groups[1].Value, IsRequired: variable.Groups[2].Value == ":?")).Distinct().ToArray();
        var required = variables.Where(variable => variable.IsRequired).Select(variable => variable.Name).ToArray();
        Assert.Contains("ARTFRESH_DATABASE_PASSWORD", required);
        Assert.All(variables.Where(variable => SecretName().IsMatch(variable.Name)), secret => Assert.True(secret.IsRequired, secret.Name));
        Assert.Empty(required.Except(Runbook.EnvironmentFile().Keys));
        Assert.Contains(".env", DeployFile.Read(".gitignore").Split('\n'));
    }

    [Fact]
    public async Task TheProgramTakesTheSettingsOfEveryServiceAndStopsInTheTimeThatItIsGiven()
    {
        foreach (var (name, service) in Members)
        {
            var settings = await ContainerSettings.ReadAsync(Environment(service!));
            Assert.Equal(RoleOf(name) == "server" ? "all" : RoleOf(name), settings.Role);
            Assert.True(Seconds(service!["stop_grace_period"]!) >= settings.GraceMin, name);
        }
    }

    [Fact]
    public void EachProfileHasFrontEndsAndThreeSilos()
    {
        IEnumerable<string> In(string profile, params string[] roles) => Members
            .Where(service => service.Value!["profiles"].Strings().Contains(profile) && roles.Contains(service.Value["environment"]!["ArtFresh__Role"]!.GetValue<string>()))
            .Select(service => service.Key);
        Assert.Equal((3, 3), (In("together", "all", "silo").Count(), In("together", "all", "web").Count()));
        Assert.Equal((3, 2), (In("apart", "all", "silo").Count(), In("apart", "all", "web").Count()));
        Assert.Empty(Members.SelectMany(service => service.Value!["profiles"].Strings()).Except(["together", "apart", "more"]));
        Assert.Equal("together", Runbook.EnvironmentFile()["COMPOSE_PROFILES"]);
    }

    [Fact]
    public async Task BalancerKnowsEveryServer()
    {
        var servers = Members.Where(service => service.Value!["profiles"].Strings().Contains("together")).ToArray();
        var port = (await ContainerSettings.ReadAsync(Environment(servers[0].Value!))).Port;
        Assert.Equal(servers.Select(server => $"{server.Key}:{port}"), Runbook.EnvironmentFile()["ARTFRESH_SERVERS"].Split(' '));
    }

    [Fact]
    public void PrometheusFindsAllOfARoleByAnAlias() =>
        Assert.All(Members, service => Assert.Equal([RoleOf(service.Key)], service.Value!["networks"]!["watch"]!["aliases"].Strings()));

    [Fact]
    public void CallersAddressesAreBelievedFromTheClustersNetworkAlone()
    {
        Assert.All(Members, service => Assert.Equal(SubnetOf("front"), service.Value!["environment"]!["ArtFresh__TrustedProxies__0"]!.GetValue<string>()));
    }

    /// <summary>Whoever breaks into the balancer or Grafana finds neither the database nor the silos' ports.</summary>
    [Fact]
    public void NetworksAreApart()
    {
        IEnumerable<string> In(string network) => Services.Where(service => NetworksOf(service.Value!).Contains(network)).Select(service => RoleOf(service.Key)).Distinct().Order();
        Assert.Equal(["proxy", "server", "web"], In("front"));
        Assert.Equal(["server", "silo", "web"], In("cluster"));
        Assert.Equal(["migrate", "postgres", "server", "silo", "web"], In("database"));
        Assert.Equal(["grafana", "prometheus", "server", "silo", "web"], In("watch"));
        Assert.All(Members, service => Assert.Equal(SubnetOf("cluster"), service.Value!["environment"]!["ArtFresh__Cluster__Address"]!.GetValue<string>()));
        Assert.All(Members, service => Assert.All(["Certificate", "CertificateKey", "Authority"], name => Assert.StartsWith("/certificates/", service.Value!["environment"]![$"ArtFresh__Cluster__{name}"]!.GetValue<string>(), StringComparison.Ordinal)));
    }

    private static string SubnetOf(string network) => Compose["networks"]![network]!["ipam"]!["config"]![0]!["subnet"]!.GetValue<string>();

    private static IEnumerable<string> NetworksOf(JsonNode service) => service["networks"] switch { JsonObject map => map.Select(entry => entry.Key), var list => list.Strings() };

    [Fact]
    public void OnlyTheBalancerIsReachedFromOtherMachines() =>
        Assert.All(Services.Where(service => service.Key != "proxy").SelectMany(service => service.Value!["ports"].Strings()), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    [Fact]
    public void ContainersOfOursHaveNoRightsToSpare() => Assert.All(Services.Where(service => service.Value!["build"] is not null), service =>
    {
        Assert.Equal(["ALL"], service.Value!["cap_drop"].Strings());
        Assert.Equal("true", service.Value["read_only"]!.GetValue<string>());
        Assert.Null(service.Value["user"]);
        Assert.Contains("no-new-privileges:true", service.Value["security_opt"].Strings());
    });

    private static string RoleOf(string service) => service.Split('-')[0];

    private static Dictionary<string, string> Environment(JsonNode service) =>
        service["environment"]!.AsObject().ToDictionary(entry => entry.Key, entry => Filled(entry.Value!, Runbook.EnvironmentFile()));

    private static string Filled(JsonNode value, IReadOnlyDictionary<string, string> variables) => Filled(value.GetValue<string>(), variables);

    private static string Filled(string text, IReadOnlyDictionary<string, string> variables) =>
        Variable().Replace(text, variable => variables.GetValueOrDefault(variable.Groups[1].Value) ?? (variable.Groups[2].Value == ":-" ? variable.Groups[3].Value : ""));

    private static TimeSpan Seconds(JsonNode text) => TimeSpan.FromSeconds(int.Parse(text.GetValue<string>().TrimEnd('s'), CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\$\{(\w+)(:-|:\?)([^}]*)\}")]
    private static partial Regex Variable();

    [GeneratedRegex("PASSWORD|KEY")]
    private static partial Regex SecretName();
}

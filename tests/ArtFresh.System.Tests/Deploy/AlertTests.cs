using Xunit;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>Prometheus' own judge of rules.</summary>
public sealed class AlertTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    private static bool IsInstalled => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "promtool")));

    [Fact]
    public async Task RulesAreWellFormed()
    {
        Assert.SkipUnless(IsInstalled, "promtool is not installed");
        var (exitCode, output) = await ServerCommand.RunAsync("promtool", Nothing, "check", "rules", DeployFile.PathOf("deploy/prometheus/alerts.yml"));
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task AlertsFireWhenTheyShouldAndAtNoOtherTime()
    {
        Assert.SkipUnless(IsInstalled, "promtool is not installed");
        var (exitCode, output) = await ServerCommand.RunAsync("promtool", Nothing, "test", "rules", DeployFile.PathOf("tests/ArtFresh.System.Tests/Deploy/alerts.test.yml"));
        Assert.True(exitCode == 0, output);
    }
}

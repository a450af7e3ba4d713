using System.Diagnostics;
using System.Xml.Linq;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>The page needs Node, whose absence or age the build reports in a sentence.</summary>
public sealed class NodeTests
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static string Project => Path.Combine(ServerProcess.Repository, "src", "ArtFresh.Server", "ArtFresh.Server.csproj");

    [Theory]
    [InlineData("exit 127", "there is no 'node' with its 'npm' on the PATH")]
    [InlineData("echo v20.18.3", "'node' on the PATH is 20.18.3")]
    [InlineData("echo v22.11.0", "'node' on the PATH is 22.11.0")]
    [InlineData("echo v20.19.0", null)]
    [InlineData("echo v24.1.0", null)]
    public async Task BuildRefusesAMissingOrOldNodeInASentence(string node, string? refusal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs are scripts");
        var folder = Directory.CreateTempSubdirectory("artfresh-");
        try
        {
            await MakeAsync(folder, "node", node);
            await MakeAsync(folder, "npm", "echo 10.0.0");
            var start = new ProcessStartInfo("dotnet", ["msbuild", Project, "-t:RequireNode", "-nologo", "-v:m", "-nodeReuse:false"]) { RedirectStandardOutput = true };
            start.Environment["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
            using var build = Process.Start(start)!;
            var said = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.True(refusal is null == (build.ExitCode == 0), said);
            Assert.Contains(refusal ?? "", said, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void EachTargetThatRunsNpmRequiresNodeFirst()
    {
        var targets = XDocument.Load(Project).Descendants("Target")
            .Where(target => target.Elements("Exec").Any(exec => exec.Attribute("Command")!.Value.StartsWith("npm ", StringComparison.Ordinal) && exec.Attribute("WorkingDirectory") is not null))
            .ToArray();

        Assert.Equal(2, targets.Length);
        Assert.All(targets, target => Assert.Equal("RequireNode", target.Elements().First().Attribute("Targets")?.Value));
    }

    private static async Task MakeAsync(DirectoryInfo folder, string name, string script)
    {
        var path = Path.Combine(folder.FullName, name);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Executable);
        }
    }
}

using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

public sealed partial class ImageTests
{
    /// <summary>The C libraries of a chiselled image of ASP.NET.</summary>
    private static readonly string[] ChiselledLibraries = ["libc", "libm", "libdl", "librt", "libpthread", "libresolv", "libgcc_s", "libstdc++", "ld-linux-x86-64", "ld-linux-aarch64", "linux-vdso"];

    [Fact]
    public void EveryStageBeginsWithAPinnedImage()
    {
        var stages = Image.Instructions.Where(instruction => instruction.Name == "FROM").ToArray();
        Assert.NotEmpty(stages);
        Assert.All(stages, stage => Assert.True(DeployFile.IsPinned(stage.What.Split(' ')[0]), stage.What));
    }

    [Theory]
    [InlineData("caddy:2.10.2-alpine", true)]
    [InlineData("mcr.microsoft.com/dotnet/sdk:10.0.401-noble", true)]
    [InlineData("prom/prometheus:v3.5.0", true)]
    [InlineData("postgres", false)]
    [InlineData("postgres:17", false)]
    [InlineData("postgres:latest", false)]
    public void PinnedImagesAreKnown(string image, bool isPinned) => Assert.Equal(isPinned, DeployFile.IsPinned(image));

    [Fact]
    public void ItRunsAsAUserThatIsNotRootAndOwnsItsData()
    {
        var user = Assert.Single(Image.LastStage, instruction => instruction.Name == "USER").What;
        Assert.Matches("^[1-9][0-9]*:[1-9][0-9]*$", user);
        Assert.Contains(Image.LastStage, instruction => instruction.Name == "COPY" && instruction.What.Contains($"--chown={user}", StringComparison.Ordinal) && instruction.What.EndsWith(Image.Environment()["ArtFresh__DataDirectory"], StringComparison.Ordinal));
        Assert.Contains(Image.LastStage, instruction => instruction == ("VOLUME", Image.Environment()["ArtFresh__DataDirectory"]));
    }

    [Fact]
    public void WhatItCopiesIsThere()
    {
        var stages = new HashSet<string>();
        foreach (var (name, rest) in Image.Instructions)
        {
            if (name == "FROM")
            {
                stages.Add(rest.Split(' ')[^1]);
            }
            else if (name == "COPY" && FromStage().Match(rest) is { Success: true } stage)
            {
                Assert.Contains(stage.Groups[1].Value, stages);
            }
            else if (name == "COPY")
            {
                Assert.All(rest.Split(' ')[..^1], source => Assert.True(Path.Exists(DeployFile.PathOf(source)), source));
            }
        }
    }

    [Fact]
    public async Task ItListensWhereItsOwnHealthCheckAsks()
    {
        var listens = Image.Environment()["ASPNETCORE_HTTP_PORTS"];
        Assert.Contains(Image.LastStage, instruction => instruction.Name == "EXPOSE" && instruction.What.Split(' ').Contains(listens));
        var check = Assert.Single(Image.LastStage, instruction => instruction.Name == "HEALTHCHECK").What;
        var command = QuotedWord().Matches(check[check.IndexOf("CMD", StringComparison.Ordinal)..]).Select(word => word.Groups[1].Value).ToArray();
        Assert.Equal(["dotnet", "ArtFresh.Server.dll"], command[..2]);
        var (_, output) = await ServerCommand.RunAsync(new Dictionary<string, string>(), command[2..]);
        Assert.StartsWith($"http://localhost:{listens}/healthz/ready ", output, StringComparison.Ordinal);
    }

    /// <summary>The base image has none, and text would be drawn as boxes.</summary>
    [Fact]
    public void ItHasFontsAndTheirConfiguration()
    {
        var installed = Assert.Single(Image.Instructions, instruction => instruction.Name == "RUN" && instruction.What.Contains("fontconfig-config", StringComparison.Ordinal)).What;
        Assert.All(["fonts-dejavu-core", "fonts-liberation"], font => Assert.Contains(font, installed, StringComparison.Ordinal));
        Assert.All(
            ["/usr/share/fonts", "/usr/share/fontconfig", "/etc/fonts"],
            folder => Assert.Contains(Image.LastStage, instruction => instruction == ("COPY", $"--from=fonts {folder} {folder}")));
    }

    /// <summary>A chiselled image cannot be given more libraries.</summary>
    [Fact]
    public async Task NativeLibrariesNeedOnlyWhatTheImageHas()
    {
        var natives = Path.Combine(Path.GetDirectoryName(Tool.Path)!, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native");
        var libraries = Directory.GetFiles(natives, "*.so*");
        Assert.NotEmpty(libraries);
        foreach (var library in libraries)
        {
            var (_, output) = await ServerCommand.RunAsync("ldd", new Dictionary<string, string>(), library);
            var needed = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Path.GetFileName(line.Trim().Split(' ')[0]).Split(".so")[0]).ToArray();
            Assert.Contains("libc", needed);
            Assert.Empty(needed.Except(ChiselledLibraries));
        }
    }

    [GeneratedRegex(@"--from=(\w+)")]
    private static partial Regex FromStage();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex QuotedWord();
}

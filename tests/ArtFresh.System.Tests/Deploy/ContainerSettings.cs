using System.Globalization;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>What a container's environment says to the program, in the program's own words.</summary>
internal sealed partial record ContainerSettings(string Role, int Port, TimeSpan Drain)
{
    /// <summary>A silo's time to hand over, after the drain.</summary>
    private static readonly TimeSpan HandOverMax = TimeSpan.FromSeconds(30);

    /// <summary>The least time between the word to stop and SIGKILL.</summary>
    public TimeSpan GraceMin => Drain + HandOverMax;

    /// <summary>Has the program read an environment, with what the image itself sets.</summary>
    public static async Task<ContainerSettings> ReadAsync(IReadOnlyDictionary<string, string> environment)
    {
        // The container's volumes, which this machine does not have: its data, and the certificates that its operator made.
        var volumes = Directory.CreateTempSubdirectory("artfresh-volumes-");
        var certificates = Path.Combine(volumes.FullName, "certificates");
        Assert.Equal(0, (await Tool.RunAsync("certificates", certificates)).ExitCode);
        var here = Image.Environment().Concat(environment).ToDictionary(
            variable => variable.Key,
            variable => variable.Value.Replace("/certificates/", certificates + "/", StringComparison.Ordinal) is var value && value == "/data" ? Path.Combine(volumes.FullName, "data") : value);

        var (exitCode, output) = await ServerCommand.RunAsync(here, "check");
        volumes.Delete(recursive: true);
        Assert.True(exitCode == 0, output);
        var words = Line().Matches(output).ToDictionary(line => line.Groups[1].Value, line => line.Groups[2].Value.Trim());
        Assert.DoesNotContain("embedded", words["ledger"], StringComparison.Ordinal);
        return new ContainerSettings(words["role"], int.Parse(words["listens"].Split(':')[^1], CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(words["drains"].TrimEnd('s', ' '), CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"^(\w+) +(.*)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}

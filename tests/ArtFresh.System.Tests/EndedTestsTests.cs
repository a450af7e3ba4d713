using System.Diagnostics;
using System.Globalization;
using ArtFresh.SystemTests.Cluster;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests;

/// <summary>These tests as a process that is stopped halfway.</summary>
public sealed class EndedTestsTests
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TerminatedTestsLeaveNoDatabaseBehind()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var folder = Directory.CreateTempSubdirectory("artfresh-ended-");
#pragma warning disable CA1416 // Skipped on Windows.
        // PostgreSQL runs as another user where the tests are root.
        File.SetUnixFileMode(folder.FullName, ForAll);
#pragma warning restore CA1416
        var start = new ProcessStartInfo("dotnet", [typeof(EndedTestsTests).Assembly.Location, "-class", "*." + nameof(RepeatedCallTests)])
        {
            RedirectStandardOutput = true,
            Environment = { ["TMPDIR"] = folder.FullName },
        };
        using var tests = Process.Start(start)!;
        var output = tests.StandardOutput.ReadToEndAsync(Stop);
        while (!IsDatabaseUp(folder))
        {
            Assert.False(tests.HasExited, "The tests ended by themselves.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
        }

        using (var kill = Process.Start("kill", ["-TERM", tests.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(Stop);
        }

        await tests.WaitForExitAsync(Stop);
        await output;
        Assert.Empty(folder.GetDirectories("artfresh-pg-*"));
        Assert.DoesNotContain(folder.FullName, await ProcessesAsync(), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    /// <summary>Its file of ids is there as soon as the server begins to start.</summary>
    private static bool IsDatabaseUp(DirectoryInfo folder) => folder.GetDirectories("artfresh-pg-*").Any(server => File.Exists(Path.Combine(server.FullName, "data", "postmaster.pid")));

    private static async Task<string> ProcessesAsync()
    {
        using var ps = Process.Start(new ProcessStartInfo("ps", ["-eo", "args="]) { RedirectStandardOutput = true })!;
        return await ps.StandardOutput.ReadToEndAsync(Stop);
    }
}

using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class PrivateFilesTests
{
    private const UnixFileMode Everybody = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task DataAreTheServersUsersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        await using var server = new ServerProcess();
        Open(server.DataDirectory);

        await server.StartAsync();

        AssertPrivate(server);
    }

    [Fact]
    public async Task DataOfAnEarlierServerAreTightenedAtTheStart()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        await using var server = new ServerProcess();
        await server.StartAsync();
        await server.KillAsync();
        foreach (var path in Directory.EnumerateFileSystemEntries(server.DataDirectory).Concat(Directory.EnumerateFiles(Path.Combine(server.DataDirectory, "keys"))))
        {
            Open(path);
        }

        Open(server.DataDirectory);

        await server.StartAsync();

        AssertPrivate(server);
    }

#pragma warning disable CA1416 // Skipped on Windows.
    private static void Open(string path) => File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

    private static void AssertPrivate(ServerProcess server)
    {
        var keys = Path.Combine(server.DataDirectory, "keys");
        var entries = Directory.GetFileSystemEntries(server.DataDirectory).Concat(Directory.GetFiles(keys)).ToArray();
        Assert.All(["artfresh.db", "server.lock", "operators.key", "keys", "music", "pictures"], name => Assert.Contains(Path.Combine(server.DataDirectory, name), entries));
        Assert.NotEmpty(Directory.GetFiles(keys));
        Assert.All(entries.Append(server.DataDirectory), path => Assert.Equal(default, File.GetUnixFileMode(path) & Everybody));
    }
#pragma warning restore CA1416
}

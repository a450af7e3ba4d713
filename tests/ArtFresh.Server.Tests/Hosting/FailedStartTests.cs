using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class FailedStartTests
{
    private const string Reason = "This is why it does not start.";

    [Fact]
    public async Task FaultOfTheStartIsSaidThoughStoppingFailsToo()
    {
        Assert.Contains($"ArtFresh does not start: {Reason}", await StartAsync<FailsTwice>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FullDiskIsSaidInASentence()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "it has no device that is full");

        Assert.Contains("ArtFresh does not start: The disk of ArtFresh:DataDirectory is full: make room", await StartAsync<WritesToAFullDisk>(), StringComparison.Ordinal);
    }

    /// <returns>What the program prints as errors.</returns>
    private static async Task<string> StartAsync<TService>()
        where TService : class, IHostedService
    {
        var directory = Directory.CreateTempSubdirectory("artfresh-");
        var printed = await CapturedConsole.TakeAsync(() => ServerProgram.RunAsync(
            ["--urls", "http://127.0.0.1:0", "--ArtFresh:DataDirectory", directory.FullName], services => services.AddHostedService<TService>()));
        directory.Delete(recursive: true);
        Assert.Equal(2, printed.ExitCode);
        return printed.Errors;
    }

    private sealed class WritesToAFullDisk : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => File.WriteAllTextAsync("/dev/full", "all of it", cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class FailsTwice : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new SettingException(Reason);

        public Task StopAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("This is why it does not stop.");
    }
}

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
        var directory = Directory.CreateTempSubdirectory("artfresh-");

        var printed = await CapturedConsole.TakeAsync(() => ServerProgram.RunAsync(
            ["--urls", "http://127.0.0.1:0", "--ArtFresh:DataDirectory", directory.FullName], services => services.AddHostedService<FailsTwice>()));

        Assert.Equal(2, printed.ExitCode);
        Assert.Contains($"ArtFresh does not start: {Reason}", printed.Errors, StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    private sealed class FailsTwice : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new SettingException(Reason);

        public Task StopAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("This is why it does not stop.");
    }
}

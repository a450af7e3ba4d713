using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("--ArtFresh:Rolle", "all", "ArtFresh:Rolle")]
    [InlineData("--ArtFresh:Role", "queen", "ArtFresh:Role")]
    [InlineData("--ArtFresh:Limits:PicturesBurst", "0", "PicturesBurst")]
    [InlineData("--ArtFresh:Limits:PicturesBurst", "many", "PicturesBurst")]
    [InlineData("--ArtFresh:Operators:Key", "short", "Key")]
    [InlineData("--ArtFresh:Jwt:SigningKey", "short", "ArtFresh:Jwt:SigningKey")]
    [InlineData("--ArtFresh:Images:Sise", "1x1", "ArtFresh:Images:Sise")]
    [InlineData("--ConnectionStrings:Ledger", "nothing of the kind", "ConnectionStrings:Ledger")]
    [InlineData("--ArtFresh:Role", "web", "ConnectionStrings:Ledger")]
    [InlineData("--ArtFresh:Watch:Action", "pray", "ArtFresh:Watch")]
    [InlineData("--ArtFresh:Watch:Action", "command", "Command")]
    [InlineData("--ArtFresh:Watch:Webhook", "somewhere", "Webhook")]
    [InlineData("--ArtFresh:Watch:LookDelay", "00:10:00", "LookDelay")]
    [InlineData("--ArtFresh:Watch:Hook", "x", "ArtFresh:Watch:Hook")]
    public async Task WrongSettingStopsTheStartWithASentenceThatNamesIt(string setting, string value, string name)
    {
        await using var server = new ServerProcess();

        var (exitCode, output) = await server.RunToEndAsync(setting, value, "--urls", server.Address.ToString());

        Assert.Equal(1, exitCode);
        Assert.Contains("ArtFresh does not start:", output, StringComparison.Ordinal);
        Assert.Contains(name, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondServerOnTheSameDirectoryDoesNotStart()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();

        var (exitCode, output) = await server.RunToEndAsync("--ArtFresh:DataDirectory", server.DataDirectory, "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains("in use by another server", output, StringComparison.Ordinal);
    }
}

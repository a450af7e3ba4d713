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
    [InlineData("--ArtFresh:Images:Size", "10x10", "ArtFresh:Images:Size")]
    [InlineData("--ArtFresh:Images:Address", "ftp://example.com", "ArtFresh:Images:Address")]
    [InlineData("--ArtFresh:TrustedProxies", "10.0.0.0/8;elsewhere", "TrustedProxies has 'elsewhere'")]
    [InlineData("--ArtFresh:AllowedOrigins", "https://a.example/path", "AllowedOrigins")]
    [InlineData("--ArtFersh:Role", "all", "Did you mean --ArtFresh?")]
    [InlineData("--ConnectionStrings:Leger", "Host=db", "ConnectionStrings:Ledger")]
    [InlineData("--url", "http://127.0.0.1:0", "Did you mean --urls?")]
    [InlineData("--urls", "nowhere", "--urls")]
    [InlineData("--ArtFresh:Cluster:Address", "nowhere.invalid", "ArtFresh:Cluster:Address 'nowhere.invalid'")]
    [InlineData("--ArtFresh:Cluster:Address", "", "ArtFresh:Cluster:Address ''")]
    [InlineData("--ArtFresh:Cluster:Address", "0.0.0.0", "ArtFresh:Cluster:Address '0.0.0.0'")]
    public async Task WrongSettingStopsTheStartWithASentenceThatNamesIt(string setting, string value, string name)
    {
        await using var server = new ServerProcess();

        var (exitCode, output) = await server.RunToEndAsync([setting, value, .. setting == "--urls" ? Array.Empty<string>() : ["--urls", server.Address.ToString()]]);
        var (checkedCode, verdict) = await server.RunToEndAsync("check", "--", setting, value);

        Assert.Equal(2, exitCode);
        Assert.Contains("ArtFresh does not start:", output, StringComparison.Ordinal);
        Assert.Contains(name, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Equal(2, checkedCode);
        Assert.Contains(name, verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortInUseStopsTheStartWithASentence()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        await using var second = new ServerProcess();

        var (exitCode, output) = await second.RunToEndAsync("--ArtFresh:DataDirectory", second.DataDirectory, "--urls", server.Address.ToString());

        Assert.Equal(2, exitCode);
        Assert.Contains("Another program listens there", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileThatIsNoLedgerStopsTheStartWithASentence()
    {
        await using var server = new ServerProcess();
        Directory.CreateDirectory(server.DataDirectory);
        await File.WriteAllTextAsync(Path.Combine(server.DataDirectory, "artfresh.db"), new string('x', 10_000), TestContext.Current.CancellationToken);

        var (exitCode, output) = await server.RunToEndAsync("--ArtFresh:DataDirectory", server.DataDirectory, "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, exitCode);
        Assert.Contains("no SQLite database", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecondServerOnTheSameDirectoryDoesNotStart()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();

        var (exitCode, output) = await server.RunToEndAsync("--ArtFresh:DataDirectory", server.DataDirectory, "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, exitCode);
        Assert.Contains("in use by another server", output, StringComparison.Ordinal);
    }
}

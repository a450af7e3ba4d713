using System.Net;
using System.Net.Sockets;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("--ArtFresh:Rolle", "all", "ArtFresh:Rolle")]
    [InlineData("--ArtFresh:Role", "queen", "ArtFresh:Role")]
    [InlineData("--ArtFresh:Limits:PicturesBurst", "0", "PicturesBurst")]
    [InlineData("--ArtFresh:Limits:PicturesBurst", "many", "PicturesBurst")]
    [InlineData("--ArtFresh:Operators:Key", "short", "Key")]
    [InlineData("--ArtFresh:Operators:MetricsKey", "short", "MetricsKey")]
    [InlineData("--ArtFresh:Jwt:SigningKey", "short", "ArtFresh:Jwt:SigningKey")]
    [InlineData("--ArtFresh:Jwt:Authority", "https://login.example.com", "ArtFresh:Jwt:Audience")]
    [InlineData("--ArtFresh:Guests", "false", "ArtFresh:Jwt:Authority")]
    [InlineData("--ArtFresh:Images:Sise", "1x1", "ArtFresh:Images:Sise")]
    [InlineData("--ConnectionStrings:Ledger", "nothing of the kind", "ConnectionStrings:Ledger")]
    [InlineData("--ArtFresh:Role", "web", "ConnectionStrings:Ledger")]
    [InlineData("--ArtFresh:Watch:Action", "pray", "ArtFresh:Watch")]
    [InlineData("--ArtFresh:Watch:Action", "command", "Command")]
    [InlineData("--ArtFresh:Watch:Webhook", "somewhere", "Webhook")]
    [InlineData("--ArtFresh:Watch:Interval", "00:10:00", "Interval")]
    [InlineData("--ArtFresh:Watch:Hook", "x", "ArtFresh:Watch:Hook")]
    [InlineData("--ArtFresh:Images:Size", "10x10", "ArtFresh:Images:Size")]
    [InlineData("--ArtFresh:Images:Address", "ftp://example.com", "ArtFresh:Images:Address")]
    [InlineData("--ArtFresh:TrustedProxies", "10.0.0.0/8;elsewhere", "TrustedProxies has 'elsewhere'")]
    [InlineData("--ArtFresh:AllowedOrigins", "https://a.example/path", "AllowedOrigins")]
    [InlineData("--ArtFersh:Role", "all", "Did you mean --ArtFresh?")]
    [InlineData("--ConnectionStrings:Leger", "Host=db", "ConnectionStrings:Ledger")]
    [InlineData("--url", "http://127.0.0.1:0", "Did you mean --urls?")]
    [InlineData("--urls", "nowhere", "--urls")]
    [InlineData("--urls", "http://localhost:80x", "'http://localhost:80x', which is not an address to listen on")]
    [InlineData("--urls", "http://localhost 5080", "'http://localhost 5080', which is not an address to listen on")]
    [InlineData("--urls", "http://127.0.0.1:0;http://[::1]:80x", "'http://[::1]:80x', which is not an address to listen on")]
    [InlineData("--urls", "http://nowhere.invalid:5080", "'http://nowhere.invalid:5080', which is not an address to listen on")]
    [InlineData("--http_ports", "80x", "'http://*:80x', which is not an address to listen on")]
    [InlineData("--ArtFresh:Cluster:SiloPort", "11111", "ArtFresh:Cluster:SiloPort is set, which needs a cluster: set ConnectionStrings:Ledger")]
    [InlineData("--ArtFresh:DataDirectory", "/proc/x", "ArtFresh:DataDirectory /proc/x cannot be created")]
    [InlineData("--ArtFresh:Cluster:Address", "nowhere.invalid", "ArtFresh:Cluster:Address 'nowhere.invalid'")]
    [InlineData("--ArtFresh:Cluster:Address", "", "ArtFresh:Cluster:Address ''")]
    [InlineData("--ArtFresh:Cluster:Address", "0.0.0.0", "ArtFresh:Cluster:Address '0.0.0.0'")]
    [InlineData("--ArtFresh:Cluster:Address", "10.0.0.0/99", "ArtFresh:Cluster:Address '10.0.0.0/99'")]
    [InlineData("--ArtFresh:ForwardLimit", "0", "ForwardLimit")]
    [InlineData("--ArtFresh:Keys:Certificate", "keys.pem", "Certificate and CertificateKey belong together")]
    [InlineData("--ArtFresh:Hsts", "1000.00:00:00", "Hsts")]
    public async Task WrongSettingStopsTheStartWithASentenceThatNamesIt(string setting, string value, string name)
    {
        var started = await Tool.RunAsync([setting, value, .. setting is "--urls" or "--http_ports" ? Array.Empty<string>() : ["--urls", "http://127.0.0.1:0"]]);
        var judged = await Tool.RunAsync("check", "--", setting, value);

        Assert.Equal((2, "", 2, ""), (started.ExitCode, started.Output, judged.ExitCode, judged.Output));
        Assert.StartsWith("ArtFresh does not start:", started.Errors, StringComparison.Ordinal);
        Assert.Contains(name, started.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", started.Errors, StringComparison.Ordinal);
        Assert.Contains(name, judged.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ArtFresh:Keys:Certificate or CertificateKey cannot be used", "--ArtFresh:Keys:Certificate", "/nope", "--ArtFresh:Keys:CertificateKey", "/nope")]
    [InlineData("ArtFresh:Cluster:Authority is set, which needs a cluster", "--ArtFresh:Cluster:Certificate", "/nope", "--ArtFresh:Cluster:CertificateKey", "/nope", "--ArtFresh:Cluster:Authority", "/nope")]
    [InlineData("ArtFresh:Cluster:Certificate, CertificateKey or Authority cannot be used", "--ConnectionStrings:Ledger", "Host=127.0.0.1;Port=1", "--ArtFresh:Cluster:Certificate", "/nope", "--ArtFresh:Cluster:CertificateKey", "/nope", "--ArtFresh:Cluster:Authority", "/nope")]
    public async Task CheckSaysOfCertificatesWhatTheStartSays(string sentence, params string[] settings)
    {
        await using var server = new ServerProcess();
        string[] all = [.. settings, "--ArtFresh:DataDirectory", server.DataDirectory, "--urls", "http://127.0.0.1:0"];
        var started = await Tool.RunAsync(all);
        var judged = await Tool.RunAsync(["check", "--", .. all]);

        Assert.Equal((2, 2), (started.ExitCode, judged.ExitCode));
        Assert.Equal(started.Errors, $"ArtFresh does not start: {judged.Errors}");
        Assert.Contains(sentence, judged.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://radio.localhost:5080")]
    [InlineData("http://[::1]:5080")]
    [InlineData("http://*:5080;https://127.0.0.1:5081")]
    public async Task HostOfThisMachineIsAnAddressToListenOn(string urls) =>
        Assert.Equal(0, (await Tool.RunAsync("check", "--", "--urls", urls)).ExitCode);

    [Fact]
    public async Task NameThatResolvesIsAnAddressToListenOn()
    {
        var name = Dns.GetHostName();
        try
        {
            await Dns.GetHostAddressesAsync(name, TestContext.Current.CancellationToken);
        }
        catch (SocketException unknown)
        {
            Assert.Skip($"This machine's own name does not resolve: {unknown.Message}");
        }

        Assert.Equal(0, (await Tool.RunAsync("check", "--", "--urls", $"http://{name}:5080")).ExitCode);
    }

    [Fact]
    public async Task CheckLeavesNothingInADataDirectoryThatItTries()
    {
        await using var server = new ServerProcess();
        var folder = Directory.CreateDirectory(server.DataDirectory);

        var inNew = await Tool.RunAsync("check", "--", "--ArtFresh:DataDirectory", Path.Combine(folder.FullName, "new", "data"));
        var inThis = await Tool.RunAsync("check", "--", "--ArtFresh:DataDirectory", folder.FullName);

        Assert.Equal((0, 0), (inNew.ExitCode, inThis.ExitCode));
        Assert.Empty(folder.GetFileSystemInfos());
    }

    [Theory]
    [InlineData("ArtFresh__Rolle", "all", "ArtFresh:Rolle")]
    [InlineData("ArtFresh__Role", "queen", "ArtFresh:Role")]
    [InlineData("ArtFersh__Role", "all", "Did you mean ArtFresh?")]
    [InlineData("ConnectionStrings__Leger", "Host=db", "ConnectionStrings:Ledger")]
    [InlineData("ConnectionString__Ledger", "Host=db", "Did you mean ConnectionStrings?")]
    [InlineData("ArtFresh__Cluster", "blue", "ArtFresh:Cluster:Name")]
    [InlineData("ArtFresh__TrustedProxies__0", "elsewhere", "TrustedProxies has 'elsewhere'")]
    [InlineData("ASPNETCORE_URLS", "nowhere", "'nowhere'")]
    public async Task WrongEnvironmentVariableIsRefusedLikeAnArgument(string variable, string value, string name)
    {
        await using var server = new ServerProcess();
        server.Environment[variable] = value;

        var (exitCode, output) = await server.RunToEndAsync();
        var (checkedCode, verdict) = await server.RunToEndAsync("check");

        Assert.Equal((2, 2), (exitCode, checkedCode));
        Assert.Contains(name, output, StringComparison.Ordinal);
        Assert.Contains(name, verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Images:Size", "auto")]
    [InlineData("AllowedOrigins", "https://a.example;https://b.example")]
    [InlineData("TrustedProxies", "10.0.0.0/8 192.168.0.0/16")]
    [InlineData("TrustedProxies:0", "10.0.0.0/8")]
    public async Task DocumentedFormIsAcceptedAsArgumentAndFromTheEnvironment(string setting, string value)
    {
        var argument = await Tool.RunAsync("check", "--", $"--ArtFresh:{setting}", value);
        await using var server = new ServerProcess();
        server.Environment[$"ArtFresh__{setting.Replace(":", "__", StringComparison.Ordinal)}"] = value;
        var (variableCode, variable) = await server.RunToEndAsync("check");

        Assert.True(argument.ExitCode == 0, argument.Errors);
        Assert.True(variableCode == 0, variable);
    }

    [Fact]
    public async Task ListGivenAsOneValueIsSplit()
    {
        await using var server = new ServerProcess("--ArtFresh:AllowedOrigins", "https://a.example;https://b.example");
        await server.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (var (origin, isAllowed) in new[] { ("https://a.example", true), ("https://b.example", true), ("https://c.example", false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, "/api/sessions");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(isAllowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task SettingsPageMatchesTheCode()
    {
        var printed = await Tool.RunAsync("settings", "--markdown");

        Assert.True(printed.ExitCode == 0, printed.Errors);
        var page = await File.ReadAllTextAsync(Path.Combine(ServerProcess.Repository, "docs", "settings.md"), TestContext.Current.CancellationToken);
        var table = page[page.IndexOf('|', StringComparison.Ordinal)..(page.LastIndexOf('|') + 1)];
        Assert.Equal(table, printed.Output.ReplaceLineEndings("\n").Trim());
    }

    [Fact]
    public async Task PortInUseStopsTheStartWithASentence()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        await using var second = new ServerProcess();

        var (exitCode, output) = await second.RunToEndAsync("--ArtFresh:DataDirectory", second.DataDirectory, "--urls", server.Address.ToString());

        var (checkedCode, verdict) = await second.RunToEndAsync("check", "--connect", "--", "--urls", server.Address.ToString());

        Assert.Equal((2, 2), (exitCode, checkedCode));
        Assert.Contains("Another program listens there", verdict, StringComparison.Ordinal);
        // One line: no silo has started and failed.
        Assert.StartsWith("ArtFresh does not start: --urls http", output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task FileThatIsNotALedgerStopsTheStartWithASentence()
    {
        await using var server = new ServerProcess();
        Directory.CreateDirectory(server.DataDirectory);
        await File.WriteAllTextAsync(Path.Combine(server.DataDirectory, SqliteDatabase.FileName), new string('x', 10_000), TestContext.Current.CancellationToken);

        var (exitCode, output) = await server.RunToEndAsync("--ArtFresh:DataDirectory", server.DataDirectory, "--urls", "http://127.0.0.1:0");

        var (checkedCode, verdict) = await server.RunToEndAsync("check", "--", "--ArtFresh:DataDirectory", server.DataDirectory);

        Assert.Equal((2, 2), (exitCode, checkedCode));
        Assert.All([output, verdict], text => Assert.Contains("not an SQLite database", text, StringComparison.Ordinal));
        Assert.All([output, verdict], text => Assert.DoesNotContain("   at ", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RefusalByPostgresStopsTheStartWithASentence()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        var postgres = PostgresServer.Shared;
        await RefuseAsync(postgres.Maintenance.Replace("Database=postgres", "Database=nowhere", StringComparison.Ordinal), "Create the database");
        await RefuseAsync(postgres.Maintenance.Replace("Username=artfresh", "Username=nobody", StringComparison.Ordinal), "Check Username=");
        postgres.MakeUser("guest", "right");
        await RefuseAsync(postgres.Maintenance.Replace("Username=artfresh", "Username=guest;Password=wrong", StringComparison.Ordinal), "Check Username=");

        // The connection is valid: only the upgrade at the start needs the missing permission.
        var unwritable = postgres.Maintenance.Replace("Username=artfresh", "Username=guest;Password=right", StringComparison.Ordinal);
        await using var server = new ServerProcess();
        var (exitCode, output) = await server.RunToEndAsync("--ConnectionStrings:Ledger", unwritable, "--ArtFresh:DataDirectory", server.DataDirectory, "--urls", "http://127.0.0.1:0");
        Assert.Equal(2, exitCode);
        Assert.Contains("grant it CREATE", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);

        static async Task RefuseAsync(string ledger, string cure)
        {
            await using var server = new ServerProcess();
            var (exitCode, output) = await server.RunToEndAsync("--ConnectionStrings:Ledger", ledger, "--ArtFresh:DataDirectory", server.DataDirectory, "--urls", "http://127.0.0.1:0");
            var (checkedCode, verdict) = await server.RunToEndAsync("check", "--connect", "--", "--ConnectionStrings:Ledger", ledger, "--urls", "http://127.0.0.1:0");

            Assert.Equal((2, 2), (exitCode, checkedCode));
            foreach (var text in new[] { output, verdict })
            {
                Assert.Contains("ConnectionStrings:Ledger", text, StringComparison.Ordinal);
                Assert.Contains(cure, text, StringComparison.Ordinal);
                Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task StartThatWaitsForItsDatabaseSaysSoAtOnce()
    {
        await using var nobody = new ServerProcess();
        await using var server = new ServerProcess("--ConnectionStrings:Ledger", $"Host=127.0.0.1;Port={nobody.Address.Port};Database=artfresh");
        var starting = server.StartAsync();
        await server.PrintsAsync("Waiting up to 60 s for PostgreSQL (ConnectionStrings:Ledger)");

        // It says so before it gives up, and not then.
        Assert.False(server.HasExited);
        await server.KillAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => starting);
        Assert.Single(server.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("Waiting", StringComparison.Ordinal));
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

using System.Diagnostics;
using System.Text.RegularExpressions;
using ArtFresh.SystemTests.Operators;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>The proxies' settings that the runbook gives, in front of a server: the checklist finds nothing to say.</summary>
public sealed class ProxySnippetTests(ProxiedServers servers) : IClassFixture<ProxiedServers>
{
    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    [InlineData("caddy")]
    public async Task ProxyWithTheRunbooksSettingsPassesTheCheck(string program)
    {
        var path = ((string[])["/usr/sbin", "/usr/bin", "/usr/local/bin"]).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{program} is not installed");
        var port = FreePort.Find();
        var folder = Directory.CreateDirectory(Path.Combine(servers.Tls.Folder, program)).FullName;
        var file = Path.Combine(folder, "settings");
        await File.WriteAllTextAsync(file, SettingsOf(program, port, folder), TestContext.Current.CancellationToken);
        string[] arguments = program switch
        {
            "nginx" => ["-c", file, "-p", folder, "-e", "stderr"],
            "haproxy" => ["-db", "-f", file],
            _ => ["run", "--adapter", "caddyfile", "--config", file],
        };
        var start = new ProcessStartInfo(path!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["HOME"] = folder;
        using var proxy = Process.Start(start)!;
        using var ended = EndedWithProgram.Add(proxy.Kill);
        var said = Task.WhenAll(proxy.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), proxy.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        try
        {
            await ListensAsync(proxy, port, said);
            var printed = await Tool.RunAsync(servers.Tls.Trust, "deploy", "check", $"https://localhost:{port}", "--key", ProxiedServers.Key);
            Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        }
        finally
        {
            if (!proxy.HasExited)
            {
                proxy.Kill();
            }

            await proxy.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>The runbook's block, with this test's ports and certificate in place of a site's.</summary>
    private string SettingsOf(string program, int port, string folder)
    {
        var block = Regex.Match(Runbook.Text, $"^```{program}(?:file)?\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value;
        Assert.NotEmpty(block);
        var text = block.Replace("127.0.0.1:5080", servers.Right.Address.Authority, StringComparison.Ordinal);
        return program switch
        {
            "nginx" => $"daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n"
                + string.Concat(((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(kind => $"{kind}_temp_path {folder}/{kind};\n"))
                + text.Replace("listen 443", $"listen 127.0.0.1:{port}", StringComparison.Ordinal).Replace("art.example.org;", "localhost;", StringComparison.Ordinal)
                    .Replace("/etc/ssl/art.example.org.pem", servers.Tls.CertificatePath, StringComparison.Ordinal).Replace("/etc/ssl/art.example.org.key", servers.Tls.KeyPath, StringComparison.Ordinal)
                + "}\n",
            "haproxy" => text.Replace("bind :443", $"bind 127.0.0.1:{port}", StringComparison.Ordinal).Replace("/etc/ssl/art.example.org.pem", servers.Tls.BothPath, StringComparison.Ordinal),
            _ => "{\nadmin off\nauto_https disable_redirects\n}\n"
                + text.Replace("art.example.org {", $"https://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls {servers.Tls.CertificatePath} {servers.Tls.KeyPath}", StringComparison.Ordinal),
        };
    }

    private static async Task ListensAsync(Process proxy, int port, Task<string[]> said)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            Assert.False(proxy.HasExited, proxy.HasExited ? string.Join('\n', await said) : "");
            try
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync("127.0.0.1", port, limit.Token);
                return;
            }
            catch (System.Net.Sockets.SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
            }
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>Caddy with the configuration of the deployment, in front of some servers.</summary>
internal sealed class Balancer : IDisposable
{
    private readonly IDisposable _endedWithProgram;
    private readonly Process _process;
    private readonly string _home = Directory.CreateTempSubdirectory("artfresh-caddy-").FullName;

    /// <summary>Starts it; it finds out by itself which servers are ready.</summary>
    public Balancer(IReadOnlyList<Uri> servers)
    {
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}/"));
        _process = Process.Start(new ProcessStartInfo("caddy", ["run", "--config", Path.Combine(ServerProcess.Repository, "deploy", "Caddyfile"), "--adapter", "caddyfile"])
        {
            RedirectStandardError = true,
            Environment =
            {
                ["ARTFRESH_SERVERS"] = string.Join(' ', servers.Select(server => server.Authority)),
                ["ARTFRESH_SITE"] = string.Create(CultureInfo.InvariantCulture, $"http://:{Address.Port}"),
                ["ARTFRESH_BIND"] = "127.0.0.1",
                ["ARTFRESH_CADDY_ADMIN"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Find()}"),
                ["XDG_DATA_HOME"] = _home,
                ["XDG_CONFIG_HOME"] = _home,
            },
        })!;
        // Its log, which would fill the pipe.
        _process.BeginErrorReadLine();
        _endedWithProgram = EndedWithProgram.Add(End);
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    /// <summary>Waits until it finds a server.</summary>
    public async Task ReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        while (!await IsReadyAsync(http))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public void Dispose()
    {
        _endedWithProgram.Dispose();
        End();
        _process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            return (await http.GetAsync(new Uri("healthz/ready", UriKind.Relative))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return false;
        }
    }

    private void End()
    {
        _process.Kill();
        _process.WaitForExit();
        Directory.Delete(_home, recursive: true);
    }
}

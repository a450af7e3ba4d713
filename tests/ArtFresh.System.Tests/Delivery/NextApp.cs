using System.Diagnostics;
using System.Globalization;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>A page that Next.js has built and serves, from the library's package: <c>tests/browser/next.sh</c>.</summary>
internal sealed class NextApp : IDisposable
{
    /// <summary>Installing and building take a minute or two.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(10);

    private readonly Process _script;
    private readonly HttpClient _http;

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="route">Of its page, without slashes at the ends.</param>
    /// <param name="component">The file of its component <c>Gallery</c>.</param>
    public NextApp(string route, string component)
    {
        var port = FreePort.Find();
        var script = Path.Combine(ServerProcess.Repository, "tests", "browser", "next.sh");
        _script = Process.Start(new ProcessStartInfo("bash", [script, port.ToString(CultureInfo.InvariantCulture), route, component]) { RedirectStandardOutput = true })!;
        _script.OutputDataReceived += (_, _) => { };
        _script.BeginOutputReadLine();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        var start = TimeProvider.System.GetTimestamp();
        while (Get("/" + route) is null)
        {
            if (_script.HasExited || TimeProvider.System.GetElapsedTime(start) > StartMax)
            {
                throw new InvalidOperationException("tests/browser/next.sh serves no page.");
            }

            Thread.Sleep(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <returns>Null where it has nothing.</returns>
    public byte[]? Get(string path)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            using var answer = _http.Send(request);
            using var bytes = new MemoryStream();
            answer.Content.ReadAsStream().CopyTo(bytes);
            return answer.IsSuccessStatusCode ? bytes.ToArray() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        // So that it clears its folder.
        using var kill = Process.Start("kill", ["-TERM", $"{_script.Id}"]);
        kill.WaitForExit();
        _script.WaitForExit();
        _script.Dispose();
        _http.Dispose();
    }
}

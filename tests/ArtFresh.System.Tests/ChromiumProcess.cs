using System.Diagnostics;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests;

/// <summary>
/// The Chromium of this machine as a process, with a profile that it keeps when it is killed and opened again. Started as a user would start it, without the
/// switches by which Playwright changes timers and the back/forward cache. WebGL2 is drawn in software.
/// </summary>
internal sealed partial class ChromiumProcess : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] Flags =
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
        "--autoplay-policy=no-user-gesture-required", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--window-size=1280,720", "--remote-debugging-port=0", "about:blank",
    ];

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("artfresh-chromium-");
    private readonly IDisposable _endedWithProgram;
    private readonly IPlaywright _playwright;
    private Process? _process;
    private IBrowser? _browser;

    private ChromiumProcess(IPlaywright playwright)
    {
        _playwright = playwright;
        _endedWithProgram = EndedWithProgram.Add(() =>
        {
            _process?.Kill(entireProcessTree: true);
            DeleteProfile();
        });
    }

    /// <summary>Its connection, until it is killed.</summary>
    public IBrowser Browser => _browser!;

    /// <exception cref="FileNotFoundException">There is no Chromium on this machine.</exception>
    public static async Task<ChromiumProcess> StartAsync()
    {
        var chromium = new ChromiumProcess(await Playwright.CreateAsync());
        await chromium.OpenAsync();
        return chromium;
    }

    /// <summary>The browser and all its pages die in this moment, and it is opened again on the same profile.</summary>
    public async Task KillAndReopenAsync()
    {
        await KillAsync();
        await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _endedWithProgram.Dispose();
        await KillAsync();
        _playwright.Dispose();
        DeleteProfile();
    }

    private void DeleteProfile()
    {
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A dying child of the browser still writes there; the system clears its temporary directory.
        }
    }

    [GeneratedRegex(@"DevTools listening on (ws://\S+)")]
    private static partial Regex Listening();

    /// <summary>The browser's path: what CHROMIUM names, or else the first on PATH.</summary>
    private static string FindInstalled()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named)
        {
            return named;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException("No Chromium on PATH: install the package chromium, or set CHROMIUM to its path.");
    }

    private async Task OpenAsync()
    {
        var start = new ProcessStartInfo(FindInstalled(), [.. Flags, $"--user-data-dir={_profile.FullName}"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.ErrorDataReceived += (_, line) =>
        {
            if (Listening().Match(line.Data ?? "") is { Success: true } match)
            {
                listening.TrySetResult(match.Groups[1].Value);
            }
        };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _browser = await _playwright.Chromium.ConnectOverCDPAsync(await listening.Task.WaitAsync(TimeSpan.FromMinutes(3)));
    }

    private async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }
}

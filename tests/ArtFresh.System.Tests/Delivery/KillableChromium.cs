using System.Diagnostics;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>A real Chromium on a profile that it keeps over its deaths.</summary>
public sealed partial class KillableChromium : IAsyncDisposable
{
    private static readonly string[] Flags =
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", "about:blank",
    ];

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("artfresh-chromium-");
    private readonly IPlaywright _playwright;
    private Process? _process;
    private IBrowser? _browser;

    private KillableChromium(IPlaywright playwright) => _playwright = playwright;

    private IBrowserContext Context => _browser!.Contexts[0];

    public static async Task<KillableChromium> StartAsync()
    {
        var chromium = new KillableChromium(await Playwright.CreateAsync());
        await chromium.OpenAsync();
        return chromium;
    }

    public Task<IPage> NewPageAsync() => Context.NewPageAsync();

    /// <summary>The browser and all its pages die in this moment, and it is opened again on the same profile.</summary>
    public async Task KillAndReopenAsync()
    {
        await KillAsync();
        await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _playwright.Dispose();
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

    private async Task OpenAsync()
    {
        var start = new ProcessStartInfo(InstalledChromium.Find(), [.. Flags, $"--user-data-dir={_profile.FullName}"]) { RedirectStandardError = true, RedirectStandardOutput = true };
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
        _browser = await _playwright.Chromium.ConnectOverCDPAsync(await listening.Task.WaitAsync(TimeSpan.FromSeconds(60)));
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

using ArtFresh.TestWorld;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(ArtFresh.SystemTests.Browser.Chromium))]

namespace ArtFresh.SystemTests.Browser;

/// <summary>The installed Chromium, one process for all tests, with a profile of its own that goes when they end. WebGL2 is drawn in software.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("artfresh-chromium-");
    private IPlaywright? _playwright;
    private IBrowserContext? _context;

    /// <summary>The profile's context; tests open their own pages in it.</summary>
    public IBrowserContext Context => _context ?? throw new InvalidOperationException("Chromium was not started.");

    /// <summary>Starts Chromium; fails when none is installed.</summary>
    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _context = await _playwright.Chromium.LaunchPersistentContextAsync(
            _profile.FullName,
            new BrowserTypeLaunchPersistentContextOptions { ExecutablePath = InstalledChromium.Find(), Headless = true, Args = Flags });
    }

    public async ValueTask DisposeAsync()
    {
        if (_context is not null)
        {
            await _context.CloseAsync();
        }

        _playwright?.Dispose();
        _profile.Delete(recursive: true);
    }
}

using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(ArtFresh.Browser.Tests.Chromium))]

namespace ArtFresh.Browser.Tests;

/// <summary>The installed Chromium, one process for all tests, with a profile of its own that goes when they end. WebGL2 is drawn in software.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

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
            new BrowserTypeLaunchPersistentContextOptions { ExecutablePath = Executable(), Headless = true, Args = Flags });
    }

    /// <summary>The path of the installed Chromium: what CHROMIUM names, or else the first on PATH.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static string Executable()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named)
        {
            return named;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException("No Chromium on PATH: install the package chromium, or set CHROMIUM to its path.");
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

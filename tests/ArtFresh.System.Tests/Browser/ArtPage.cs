using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Browser;

/// <summary>
/// A page of its own origin with the player's art renderer, bundled from the sources as the player's build does it, under a Content-Security-Policy that allows no
/// eval and nothing inline. The origin is answered from memory; nothing leaves the browser.
/// </summary>
public sealed class ArtPage : IAsyncLifetime
{
    private const string Origin = "http://art.invalid/";
    private const string Policy = "default-src 'none'; script-src 'self'";
    private const string Entry = """
        import { createScore, drawGenome, grantedGenome, scorePicture } from "SOURCE/draw.ts";
        import { expandGenome, parseGenome } from "SOURCE/genome.ts";
        import { atRest, createArtRenderer } from "SOURCE/renderer.ts";
        Object.assign(globalThis, { art: { atRest, createArtRenderer, createScore, drawGenome, expandGenome, grantedGenome, parseGenome, scorePicture } });
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artfresh-art-page-");
    private Chromium? _chromium;
    private IPage? _page;

    /// <summary>The page; the renderer's exports are properties of its global <c>art</c>.</summary>
    public IPage Page => _page ?? throw new InvalidOperationException("The page was not opened.");

    public async ValueTask InitializeAsync()
    {
        var bundle = await BundleAsync();
        _chromium = await Chromium.StartAsync();
        _page = await _chromium.Context.NewPageAsync();
        await _page.RouteAsync(Origin + "**", route => route.Request.Url.EndsWith(".js", StringComparison.Ordinal)
            ? route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/javascript", Body = bundle })
            : route.FulfillAsync(new RouteFulfillOptions
            {
                ContentType = "text/html",
                Headers = new Dictionary<string, string> { ["Content-Security-Policy"] = Policy },
                Body = "<!doctype html><title>art</title><script src=/art.js></script>",
            }));
        await _page.GotoAsync(Origin);
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private static string WebFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "src"));

    private async Task<string> BundleAsync()
    {
        var web = WebFolder();
        if (!Directory.Exists(Path.Combine(web, "node_modules", "vite")))
        {
            // Not "npm ci": the lock file may lack the optional binaries of other platforms.
            await RunAsync(web, "npm", "install", "--no-save", "--no-audit", "--no-fund");
        }

        var source = Path.Combine(web, "player", "src", "art");
        var entry = Path.Combine(_folder.FullName, "entry.js");
        await File.WriteAllTextAsync(entry, Entry.Replace("SOURCE", source, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var script = """
            import { build } from "vite";
            const [entry, outDir] = process.argv.slice(1);
            await build({ configFile: false, logLevel: "error", build: { outDir, emptyOutDir: false, lib: { entry, formats: ["iife"], name: "page", fileName: () => "art.js" } } });
            """;
        await RunAsync(web, "node", "--input-type=module", "--eval", script, "--", entry, _folder.FullName);
        return await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "art.js"), TestContext.Current.CancellationToken);
    }

    private static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}{await output}");
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using Xunit;

namespace ArtFresh.SystemTests.Browser;

/// <summary>
/// A page of its own origin with the player's art renderer and stage, bundled from the sources as the player's build does it, under a Content-Security-Policy that allows no
/// eval and nothing inline. The origin is answered from memory; nothing leaves the browser.
/// </summary>
public sealed class ArtPage : IAsyncLifetime
{
    private const string Origin = "http://art.invalid/";
    private const string Policy = "default-src 'none'; script-src 'self'";
    private const string Entry = """
        import { expandBred, parseBred } from "SOURCE/art/bred.ts";
        import { createScore, drawGenome, grantedGenome, scorePicture } from "SOURCE/art/draw.ts";
        import { expandGenome, parseGenome } from "SOURCE/art/genome.ts";
        import { atRest, createArtRenderer } from "SOURCE/art/renderer.ts";
        import { Ear } from "SOURCE/listening/ear.ts";
        import { FlashGuard } from "SOURCE/stage/flashGuard.ts";
        import { Stage } from "SOURCE/stage/stage.ts";
        import * as flashes from "PAGE/flashes.js";
        Object.assign(globalThis, { art: { atRest, createArtRenderer, createScore, drawGenome, expandBred, expandGenome, grantedGenome, parseBred, parseGenome, scorePicture }, Ear, FlashGuard, Stage, flashes });
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
        await _page.GotoAsync(Origin + "?draw=here");
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private async Task<string> BundleAsync()
    {
        var web = Path.GetFullPath(Path.Combine(Folder(), "..", "..", "..", "src"));
        if (!Directory.Exists(Path.Combine(web, "node_modules", "vite")))
        {
            // Not "npm ci": the lock file may lack the optional binaries of other platforms.
            await RunAsync(web, "npm", "install", "--no-save", "--no-audit", "--no-fund");
        }

        var sources = Entry
            .Replace("SOURCE", Path.Combine(web, "player", "src"), StringComparison.Ordinal)
            .Replace("PAGE", Path.Combine(Folder(), "page"), StringComparison.Ordinal);
        var entry = Path.Combine(_folder.FullName, "entry.js");
        await File.WriteAllTextAsync(entry, sources, TestContext.Current.CancellationToken);
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

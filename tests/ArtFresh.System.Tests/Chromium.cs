using Microsoft.Playwright;

namespace ArtFresh.SystemTests;

/// <summary>One person's browser: pages, cookies and storage that no other test sees.</summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>Starting one takes longer than most tests with pages: they share it, each with a context of its own, until the program ends.</summary>
    private static readonly Lazy<Task<ChromiumProcess>> Shared = new(ChromiumProcess.StartAsync);

    /// <summary>For each thing that is waited for, on a busy machine.</summary>
    private const float WaitMaxMs = 120_000;

    private readonly ChromiumProcess _process;
    private readonly IBrowserContext? _contextOfShared;

    static Chromium() => Assertions.SetDefaultExpectTimeout(WaitMaxMs);

    private Chromium(ChromiumProcess process, IBrowserContext? contextOfShared)
    {
        (_process, _contextOfShared) = (process, contextOfShared);
        Context.SetDefaultTimeout(WaitMaxMs);
    }

    /// <summary>All its pages, until it is killed.</summary>
    public IBrowserContext Context => _contextOfShared ?? _process.Browser.Contexts[0];

    /// <exception cref="FileNotFoundException">There is no Chromium on this machine.</exception>
    public static async Task<Chromium> StartAsync()
    {
        var process = await Shared.Value;
        var context = await process.Browser.NewContextAsync(new() { ViewportSize = ViewportSize.NoViewport });
        await context.AddInitScriptAsync(OlderEngine.Script);
        return new Chromium(process, context);
    }

    /// <summary>One with a process and a profile of its own, which can be killed.</summary>
    /// <exception cref="FileNotFoundException">There is no Chromium on this machine.</exception>
    public static async Task<Chromium> StartAloneAsync()
    {
        var chromium = new Chromium(await ChromiumProcess.StartAsync(), null);
        await chromium.Context.AddInitScriptAsync(OlderEngine.Script);
        return chromium;
    }

    /// <summary>The browser and all its pages die in this moment, and it is opened again on the same profile. For one that was started alone.</summary>
    public async Task KillAndReopenAsync()
    {
        await (_contextOfShared is null ? _process.KillAndReopenAsync() : throw new InvalidOperationException("Others use this process: start one alone."));
        Context.SetDefaultTimeout(WaitMaxMs);
        await Context.AddInitScriptAsync(OlderEngine.Script);
    }

    public async ValueTask DisposeAsync()
    {
        if (_contextOfShared is null)
        {
            await _process.DisposeAsync();
        }
        else
        {
            await _contextOfShared.CloseAsync();
        }
    }
}

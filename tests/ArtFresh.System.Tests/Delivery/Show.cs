using ArtFresh.TestWorld;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>What was on screen, against what arrived.</summary>
public sealed record DeliveryResult(int Shown, int Lost, int Repeats, int Calls, int FreshCalls, int Sent, int Useless)
{
    /// <summary>Of the shown those that the page made itself.</summary>
    public int Made { get; init; }

    /// <summary>Impressions in the ledger of art that no page showed.</summary>
    public int ForNobody { get; init; }

    /// <summary>Artworks that the server served and did not get back, and those that the page made itself.</summary>
    public int Spent { get; init; }

    /// <summary>Losses by the key figures.</summary>
    public long SaidLost { get; init; }

    /// <summary>When the key figures' upper bound was below what was on screen and had not arrived.</summary>
    public IReadOnlyList<string> Unbounded { get; init; } = [];

    public static DeliveryResult Sum(IEnumerable<DeliveryResult> results) => results.Aggregate((one, other) => new DeliveryResult(
        one.Shown + other.Shown, one.Lost + other.Lost, one.Repeats + other.Repeats, one.Calls + other.Calls,
        one.FreshCalls + other.FreshCalls, one.Sent + other.Sent, one.Useless + other.Useless)
    {
        Made = one.Made + other.Made,
        ForNobody = one.ForNobody + other.ForNobody,
        Spent = one.Spent + other.Spent,
        SaidLost = one.SaidLost + other.SaidLost,
        Unbounded = [.. one.Unbounded, .. other.Unbounded],
    });
}

/// <summary>A page that shows art.</summary>
/// <param name="Name">Its file in <c>page/</c>.</param>
public sealed record ShownPage(string Name = "show")
{
    /// <summary>How often it shows something else; null for the show's own time.</summary>
    public int? EveryMs { get; init; }

    /// <summary>What runs in it first.</summary>
    public string? Script { get; init; }

    /// <summary>Whether it is of another site than the server.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>Whether the browser blocks third-party cookies.</summary>
    public bool BlocksCookies { get; init; }

    /// <summary>What its address has besides, such as <c>&amp;signs-in</c>.</summary>
    public string Query { get; init; } = "";
}

/// <summary>A server, a proxy in front of it, and a browser that shows something every 200 ms, which an SDK counts.</summary>
public abstract class Show : IAsyncDisposable
{
    private static readonly TimeSpan ShowMax = TimeSpan.FromMinutes(5);

    protected Show(FaultProxy proxy, Chromium browser, Arrivals arrivals)
    {
        (Proxy, Browser, Arrivals) = (proxy, browser, arrivals);
        Break(_ => null);
        proxy.Answered = arrivals.SeeAnswer;
    }

    public FaultProxy Proxy { get; }

    public Chromium Browser { get; }

    /// <summary>How often a page shows something else.</summary>
    public int EveryMs { get; init; } = 200;

    public abstract int ShownCount { get; }

    /// <summary>Of the shown those that the page made itself.</summary>
    public abstract int MadeCount { get; }

    /// <summary>The requests that carried impressions.</summary>
    public IReadOnlyCollection<string> Calls => Arrivals.Log;

    protected Arrivals Arrivals { get; }

    protected abstract string Query { get; }

    /// <summary>The same pages on another site.</summary>
    protected virtual Uri Elsewhere => throw new NotSupportedException("This show has no other site.");

    public abstract Task KillServerAsync();

    public abstract Task RestoreServerAsync();

    /// <summary>Lets the page deliver what is left, of whichever page, and counts what arrived of what was on screen.</summary>
    public abstract Task<DeliveryResult> CountAsync(IPage last);

    /// <summary>Sets what happens to requests to the API, and for pictures, from now on.</summary>
    public void Break(Func<ProxiedRequest, ProxyFault?> decide) => Proxy.Decide = request =>
    {
        if (!request.Path.StartsWith("/api/", StringComparison.Ordinal) && !request.Path.StartsWith("/art/", StringComparison.Ordinal))
        {
            return null;
        }

        Arrivals.See(request);
        return decide(request);
    };

    /// <summary>Opens a page that shows art.</summary>
    public async Task<IPage> OpenAsync(ShownPage? shown = null)
    {
        shown ??= new ShownPage();
        var page = await Browser.Context.NewPageAsync();
        if (shown.Script is not null)
        {
            await page.AddInitScriptAsync(shown.Script);
        }

        if (shown.BlocksCookies)
        {
            var devTools = await page.Context.NewCDPSessionAsync(page);
            await devTools.SendAsync("Network.enable");
            await devTools.SendAsync("Network.setCookieControls", new Dictionary<string, object> { ["enableThirdPartyCookieRestriction"] = true });
        }

        page.Console += (_, message) => Note(message.Text);
        var home = shown.IsElsewhere ? Elsewhere : Proxy.Address;
        var server = shown.IsElsewhere ? $"&server={Proxy.Address}" : "";
        await page.GotoAsync(new Uri(home, $"delivery-test/{shown.Name}?every={shown.EveryMs ?? EveryMs}{Query}{server}{shown.Query}").ToString());
        return page;
    }

    /// <summary>Waits until so many more have been on screen, in all pages together.</summary>
    public Task ShowAsync(int more) => MoreAsync(() => ShownCount, more);

    /// <summary>Waits until so many more that the page made itself have been on screen.</summary>
    public Task MakeAsync(int more) => MoreAsync(() => MadeCount, more);

    public abstract ValueTask DisposeAsync();

    private static async Task MoreAsync(Func<int> count, int more)
    {
        using var limit = new CancellationTokenSource(ShowMax);
        for (var until = count() + more; count() < until;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    /// <summary>Something came on screen.</summary>
    protected abstract void NoteShown(string what);

    /// <summary>A page is about to show something, and may die before it does.</summary>
    protected virtual void NoteTaken(string what)
    {
    }

    private void Note(string line)
    {
        if (line.StartsWith("shown ", StringComparison.Ordinal))
        {
            NoteShown(line[6..]);
        }
        else if (line.StartsWith("taken ", StringComparison.Ordinal))
        {
            NoteTaken(line[6..]);
        }
    }

    /// <summary>What never comes is a loss, and not an error of the test.</summary>
    protected static async Task WaitForAsync(Func<Task<bool>> isDone, TimeSpan atMost)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await isDone() && TimeProvider.System.GetElapsedTime(start) < atMost)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The same show, counted by another SDK with its own defaults, and a collector that answers it in the place of its makers' server.</summary>
internal sealed partial class PeerShow : Show
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(40);

    private readonly ConcurrentDictionary<string, bool> _shown = [];
    private readonly string _sdk;
    private readonly Uri _address;
    private HttpListener _collector;

    private PeerShow(string sdk, Uri address, FaultProxy proxy, Chromium browser)
        : base(proxy, browser, new Arrivals(MarksIn)) => (_sdk, _address, _collector) = (sdk, address, Listen(address));

    public override int ShownCount => _shown.Count;

    public override int MadeCount => 0;

    protected override string Query => $"&sdk={_sdk}";

    public static async Task<PeerShow> StartAsync(PeerLibrary library, string sdk)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
        return new PeerShow(sdk, address, new FaultProxy(address, library.Find), await Chromium.StartAloneAsync());
    }

    public override Task KillServerAsync()
    {
        _collector.Abort();
        return Task.CompletedTask;
    }

    public override Task RestoreServerAsync()
    {
        _collector = Listen(_address);
        return Task.CompletedTask;
    }

    public override async Task<DeliveryResult> CountAsync(IPage last)
    {
        await last.EvaluateAsync("() => { window.delivery.isShowing = false; }");
        await WaitForAsync(() => Task.FromResult(Lost() == 0), DrainMax);
        return new DeliveryResult(ShownCount, Lost(), 0, Arrivals.Calls, 0, Arrivals.Sent, Arrivals.Useless);
    }

    public override async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        await Proxy.DisposeAsync();
        _collector.Abort();
    }

    protected override void NoteShown(string what) => _shown[what] = true;

    private int Lost() => _shown.Keys.Count(mark => !Arrivals.HasArrived(mark));

    /// <summary>Each SDK has its own wire format; what was shown has the same mark in all.</summary>
    private static IEnumerable<string> MarksIn(ProxiedRequest request) =>
        Mark().Matches(request.Path + Uri.UnescapeDataString(request.Body)).Select(match => match.Value).Distinct();

    [GeneratedRegex("mark_[0-9a-f-]{36}_[0-9]+")]
    private static partial Regex Mark();

    private static HttpListener Listen(Uri address)
    {
        var listener = new HttpListener { Prefixes = { address.ToString() } };
        listener.Start();
        _ = AnswerAsync(listener);
        return listener;
    }

    private static async Task AnswerAsync(HttpListener listener)
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                context.Response.ContentType = "application/json";
                // What each of them takes for a success.
                await context.Response.OutputStream.WriteAsync("""{"code":200,"status":1,"success":true}"""u8.ToArray());
                context.Response.Close();
            }
        }
        catch (Exception over) when (over is HttpListenerException or ObjectDisposedException)
        {
            // Killed.
        }
    }
}

using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using ArtFresh.TestWorld;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace ArtFresh.SystemTests.Delivery;

/// <summary>The same show, counted by another SDK with its own defaults, and a collector that answers it in the place of its makers' server.</summary>
internal sealed partial class PeerShow : Show
{
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(40);

    private readonly ConcurrentDictionary<string, bool> _shown = [];
    private readonly string _sdk;
    private readonly int _port;
    private LoopbackSite _collector;

    private PeerShow(string sdk, LoopbackSite collector, FaultProxy proxy, Chromium browser)
        : base(proxy, browser, new Arrivals(MarksIn)) => (_sdk, _port, _collector) = (sdk, collector.Address.Port, collector);

    public override int ShownCount => _shown.Count;

    public override int MadeCount => 0;

    protected override string Query => $"&sdk={_sdk}";

    public static async Task<PeerShow> StartAsync(PeerLibrary library, string sdk)
    {
        var collector = await CollectAsync(0);
        return new PeerShow(sdk, collector, await FaultProxy.StartAsync(collector.Address, page: library.Find), await Chromium.StartAloneAsync());
    }

    public override Task KillServerAsync() => _collector.DisposeAsync().AsTask();

    public override async Task RestoreServerAsync() => _collector = await CollectAsync(_port);

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
        await _collector.DisposeAsync();
    }

    protected override void NoteShown(string what) => _shown[what] = true;

    private int Lost() => _shown.Keys.Count(mark => !Arrivals.HasArrived(mark));

    /// <summary>Each SDK has its own wire format; what was shown has the same mark in all.</summary>
    private static IEnumerable<string> MarksIn(ProxiedRequest request) =>
        Mark().Matches(request.Path + Uri.UnescapeDataString(request.Body)).Select(match => match.Value).Distinct();

    [GeneratedRegex("mark_[0-9a-f-]{36}_[0-9]+")]
    private static partial Regex Mark();

    /// <summary>Answers everything with what each of them takes for a success.</summary>
    private static Task<LoopbackSite> CollectAsync(int port) => LoopbackSite.StartAsync(
        http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync("""{"code":200,"status":1,"success":true}""");
        },
        port: port);
}

using System.Globalization;
using ArtFresh.Api;
using ArtFresh.Freshness;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using ArtFresh.Server.Membership;

namespace ArtFresh.Server;

/// <summary>
/// Has the hot paths compiled before a member joins its cluster. Listeners of its own ask a server of its own, on loopback and with an embedded ledger in a temporary
/// folder: the whole path is real, and nothing of it reaches the cluster.
/// </summary>
internal static partial class WarmUpServer
{
    /// <summary>Enough to keep the processors busy, so that groups of batches form as under load.</summary>
    private const int ListenersAtOnce = 16;

    /// <summary>In one pool. Far more than listeners are served, so that none is drawn.</summary>
    private const int Artworks = 1_000;

    private const int Pool = 0;
    private const string AnyPort = "http://127.0.0.1:0";

    /// <summary>Warms up for a time. If it fails, says so and leaves the server cold.</summary>
    public static async Task RunAsync(TimeSpan time, ILogger logger)
    {
        if (time == TimeSpan.Zero)
        {
            return;
        }

        // A server with an embedded ledger changes them.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var folder = Directory.CreateTempSubdirectory("artfresh-warm-up-");
            try
            {
                var requests = await ServeAsync(folder.FullName, time);
                var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
                LogWarm(logger, requests, seconds);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
#pragma warning disable CA1031 // A cold server serves as well, only slower at first.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogCold(logger, failure);
        }
        finally
        {
            ThreadPool.SetMinThreads(workers, completions);
        }

        // Gives the memory of the other server back.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static async Task<int> ServeAsync(string folder, TimeSpan time)
    {
        const int Unlimited = 1_000_000;
        var settings = new ServerSettings
        {
            DataDirectory = folder,
            Limits = new RateOptions
            {
                ListenerRequestsPerSecond = Unlimited,
                ListenerRequestsBurst = Unlimited,
                SignInsPerMinute = Unlimited,
            },
        };
        using var directory = DataDirectory.Lock(folder);
        // Empty: neither the configuration nor the logs of the server that is about to start.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(AnyPort);
        builder.Services.AddRouting();
        builder.Services.AddArtFreshApi(settings.ToApiOptions(directory));
        await builder.AddArtFreshMemberAsync(settings, directory);
        await using var app = builder.Build();
        app.MapArtFreshApi();
        await app.StartAsync();
        await app.Services.GetRequiredService<LedgerWriter>().AppendAsync(new ArtworksMade([.. Enumerable.Range(0, Artworks).Select(Artwork)], TimeProvider.System.GetUtcNow()));
        var mood = MoodGrid.CenterOf(Pool);
        using var stop = new CancellationTokenSource(time);
        var requests = await Task.WhenAll(Enumerable.Range(0, ListenersAtOnce).Select(_ => WarmUpListener.RunAsync(new Uri(app.Urls.Single()), mood, stop.Token)));
        // At once: what it has in memory is worth nothing.
        await app.StopAsync(new CancellationToken(canceled: true));
        return requests.Sum();
    }

    private static NewArtwork Artwork(int number) => new(
        Pool, MoodGrid.CenterOf(Pool), "neural", number.ToString(CultureInfo.InvariantCulture), null, null, number, "Warm-up", null, null);

    [LoggerMessage(Level = LogLevel.Information, Message = "Warmed up by {Requests} requests in {Seconds:0.0} s")]
    private static partial void LogWarm(ILogger logger, int requests, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Warming up failed; the server starts cold, and is slower in its first minute")]
    private static partial void LogCold(ILogger logger, Exception failure);
}

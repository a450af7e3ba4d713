using System.Net;
using System.Net.Sockets;
using ArtFresh.Api;
using ArtFresh.Art;
using ArtFresh.Grains;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Storage.Sqlite;
using OpenTelemetry.Metrics;
using Orleans.Configuration;

namespace ArtFresh.Server;

/// <summary>What runs in a server.</summary>
internal static class Hosting
{
    private const string DefaultUrl = "http://localhost:5080";

    /// <summary>A session that is idle this long leaves memory.</summary>
    private static readonly TimeSpan IdleGrainsKept = TimeSpan.FromMinutes(5);

    public static void UseDefaultUrl(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
    }

    public static void AddArtFreshSilo(this WebApplicationBuilder builder, ServerSettings settings, DataDirectory directory)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSqliteLedger(directory.Ledger);
        builder.Services.AddSingleton(new PictureStore(directory.Pictures));
        if (settings.Images.Address is not null)
        {
            builder.Services.AddImagesApi(settings.Images.CopyTo);
            builder.Services.AddSingleton<ISlowArtist, ImagesArtist>();
        }

        builder.Services.AddArtFreshGrains(new MoodPoolOptions { SlowStock = settings.Images.StockAhead });
        builder.UseOrleans(silo =>
        {
            // One process is the whole cluster: any free port will do, and nobody calls from outside.
            var port = FreePort();
            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, port));
            silo.ConfigureEndpoints(IPAddress.Loopback, port, gatewayPort: 0);
            silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = IdleGrainsKept);
        });
    }

    public static ApiOptions ToApiOptions(this ServerSettings settings, DataDirectory directory) => new()
    {
        DataDirectory = directory.Path,
        PlayerDirectory = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        OperatorKey = settings.Operators.Key,
        OperatorRole = settings.Operators.Role,
        JwtAuthority = settings.Jwt.Authority,
        JwtAudience = settings.Jwt.Audience,
        JwtSigningKey = settings.Jwt.SigningKey,
        AllowedOrigins = [.. settings.AllowedOrigins],
        TrustedProxies = [.. settings.TrustedProxies.Select(network => System.Net.IPNetwork.Parse(network))],
        ListenerRequestsPerSecondMax = settings.Limits.ListenerRequestsPerSecond,
        ListenerRequestsBurstMax = settings.Limits.ListenerRequestsBurst,
        SignInsPerMinuteMax = settings.Limits.SignInsPerMinute,
        PicturesPerSecondMax = settings.Limits.PicturesPerSecond,
        PicturesBurstMax = settings.Limits.PicturesBurst,
    };

    public static void AddArtFreshTelemetry(this WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
        .AddMeter("ArtFresh", "Microsoft.Orleans")
        .AddAspNetCoreInstrumentation()
        .AddRuntimeInstrumentation()
        .AddPrometheusExporter());

    public static void MapArtFreshTelemetry(this WebApplication app) => app.MapPrometheusScrapingEndpoint("/metrics").RequireOperator();

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

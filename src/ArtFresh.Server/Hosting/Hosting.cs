using ArtFresh.Api;
using ArtFresh.Contracts;

namespace ArtFresh.Server;

/// <summary>What runs in a server.</summary>
internal static class Hosting
{
    /// <summary>Where a server listens that was told nothing.</summary>
    public const string DefaultUrl = "http://localhost:5080";

    private static readonly TimeSpan HandOverMax = TimeSpan.FromSeconds(30);

    public static void UseDefaultUrl(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
    }

    public static ApiOptions ToApiOptions(this ServerSettings settings, DataDirectory directory) => new()
    {
        DataDirectory = directory.Path,
        PlayerDirectory = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        Delivery = DeliveryWords.Read(settings.Delivery),
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

    /// <summary>Has a stop wait until balancers know of it, and then gives the silo its time to hand over.</summary>
    public static void AddDrain(this WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Services.AddHostedService(provider => new Drain(settings.DrainDelay, provider.GetRequiredService<TimeProvider>()));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.DrainDelay + HandOverMax);
    }
}

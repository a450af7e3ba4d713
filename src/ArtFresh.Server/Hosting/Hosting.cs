using ArtFresh.Api;

namespace ArtFresh.Server;

/// <summary>Configures a server's addresses, API and stop.</summary>
internal static class Hosting
{
    private static readonly TimeSpan HandOverMax = TimeSpan.FromSeconds(30);

    /// <summary>Listens on the default address if none is configured.</summary>
    public static void UseDefaultUrl(this WebApplicationBuilder builder)
    {
        if (ListenUrls.Of(builder.Configuration) == ListenUrls.Default)
        {
            builder.WebHost.UseUrls(ListenUrls.Default);
        }
    }

    public static ApiOptions ToApiOptions(this ServerSettings settings, DataDirectory directory) => new()
    {
        DataDirectory = directory.Path,
        PlayerDirectory = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        Delivery = settings.Delivery,
        Operators = settings.Operators,
        Jwt = settings.Jwt,
        Guests = settings.Guests,
        KeysCertificate = settings.Keys.LoadCertificate(),
        Limits = settings.Limits,
        AllowedOrigins = [.. settings.AllowedOrigins],
        ForwardLimit = settings.ForwardLimit,
        Hsts = settings.Hsts,
        PicturesCachedFor = settings.Pictures.CachedFor,
        TrustedProxies = [.. settings.TrustedProxies.Select(network => System.Net.IPNetwork.Parse(network))],
    };

    /// <summary>Watches the clock of a process that runs grains.</summary>
    public static void AddClockWatch(this WebApplicationBuilder builder, ServerSettings settings)
    {
        if (settings.Role != ServerRole.Web)
        {
            builder.Services.AddSingleton<ClockWatch>();
            builder.Services.AddHostedService(provider => provider.GetRequiredService<ClockWatch>());
            builder.Services.AddHealthChecks().AddCheck<ClockWatch>("clock", tags: [Health.ReadyTag]);
        }
    }

    /// <summary>Delays a stop until balancers have noticed it, and then gives the silo time to hand over its grains.</summary>
    public static void AddDrain(this WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Services.AddHostedService(provider => new Drain(settings.DrainDelay, provider.GetRequiredService<TimeProvider>()));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.DrainDelay + HandOverMax);
    }
}

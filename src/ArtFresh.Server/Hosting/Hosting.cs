using ArtFresh.Api;

namespace ArtFresh.Server;

/// <summary>Configures a server's addresses, API and stop.</summary>
internal static class Hosting
{
    /// <summary>The default address to listen on.</summary>
    public const string DefaultUrl = "http://localhost:5080";

    private static readonly TimeSpan HandOverMax = TimeSpan.FromSeconds(30);

    /// <summary>The configured addresses to listen on, separated by <c>;</c>.</summary>
    public static string UrlsOf(IConfiguration configuration)
    {
        // Kestrel's own section takes precedence.
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToArray();
        var ports = configuration["http_ports"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return endpoints.Length > 0 ? string.Join(';', endpoints)
            : configuration["urls"] is { Length: > 0 } urls ? urls
            : ports.Length > 0 ? string.Join(';', ports.Select(port => $"http://*:{port}"))
            : DefaultUrl;
    }

    /// <exception cref="SettingException">An address cannot be listened on.</exception>
    public static void RefuseMalformedUrls(IConfiguration configuration)
    {
        foreach (var url in UrlsOf(configuration).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsBindable(url))
            {
                throw new SettingException($"--urls has '{url}', which is not an address to listen on such as {DefaultUrl} or http://0.0.0.0:8080.");
            }
        }
    }

    /// <summary>Listens on the default address if none is configured.</summary>
    public static void UseDefaultUrl(this WebApplicationBuilder builder)
    {
        if (UrlsOf(builder.Configuration) == DefaultUrl)
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
    }

    private static bool IsBindable(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.Port is >= 0 and <= 65535 && address.PathBase.Length == 0;
        }
        catch (FormatException)
        {
            return false;
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
        TrustedProxies = [.. settings.TrustedProxies.Select(network => System.Net.IPNetwork.Parse(network))],
    };

    /// <summary>Delays a stop until balancers have noticed it, and then gives the silo time to hand over its grains.</summary>
    public static void AddDrain(this WebApplicationBuilder builder, ServerSettings settings)
    {
        builder.Services.AddHostedService(provider => new Drain(settings.DrainDelay, provider.GetRequiredService<TimeProvider>()));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.DrainDelay + HandOverMax);
    }
}

namespace ArtFresh.Server;

/// <summary>The addresses that the front end listens on.</summary>
internal static class ListenUrls
{
    /// <summary>The default address to listen on.</summary>
    public const string Default = "http://localhost:5080";

    /// <summary>The configured addresses to listen on, separated by <c>;</c>.</summary>
    public static string Of(IConfiguration configuration)
    {
        // Kestrel's own section takes precedence.
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToArray();
        var ports = configuration["http_ports"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return endpoints.Length > 0 ? string.Join(';', endpoints)
            : configuration["urls"] is { Length: > 0 } urls ? urls
            : ports.Length > 0 ? string.Join(';', ports.Select(port => $"http://*:{port}"))
            : Default;
    }

    /// <exception cref="SettingException">An address cannot be listened on.</exception>
    public static void RefuseMalformed(IConfiguration configuration)
    {
        foreach (var url in Of(configuration).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsBindable(url))
            {
                throw new SettingException($"--urls has '{url}', which is not an address to listen on such as {Default} or http://0.0.0.0:8080.");
            }
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
}

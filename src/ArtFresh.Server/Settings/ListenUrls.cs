using System.Net;
using System.Net.Sockets;

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
                throw new SettingException($"--urls has '{url}', which is not an address to listen on: write {Default}, an IP address such as http://10.0.0.5:8080, or http://0.0.0.0:8080 for all addresses of this machine.");
            }
        }
    }

    /// <summary>
    /// The address that Kestrel listens on for a host; null for a host that is nothing of this machine. Kestrel takes every host that is no address for all
    /// addresses of the machine, so a port that is no number (<c>localhost:80x</c>) or a misspelt name would open the server to the network.
    /// </summary>
    public static IPAddress? AddressOf(string host) => host switch
    {
        "*" or "+" => IPAddress.Any,
        _ when IsLoopback(host) => IPAddress.Loopback,
        ['[', .. var bare, ']'] => IPAddress.TryParse(bare, out var address) ? address : null,
        _ => Uri.CheckHostName(host) switch
        {
            UriHostNameType.IPv4 => IPAddress.Parse(host),
            UriHostNameType.Dns when Resolves(host) => IPAddress.Any,
            _ => null,
        },
    };

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static bool Resolves(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host).Length > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsBindable(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.Port is >= 0 and <= 65535 && address.PathBase.Length == 0
                && (address.IsUnixPipe || address.IsNamedPipe || AddressOf(address.Host) is not null);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

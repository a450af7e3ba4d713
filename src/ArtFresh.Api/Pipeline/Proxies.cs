using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging;
using IPNetwork = System.Net.IPNetwork;

namespace ArtFresh.Api;

/// <summary>
/// Takes the caller's address and scheme from the proxies that are trusted, and notices those that are not: behind one, all listeners share one address's limits, and
/// cookies are not Secure.
/// </summary>
internal sealed partial class Proxies(ApiOptions options, ILogger<Proxies> logger)
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string OriginalFor = "X-Original-For";

    private int _told;

    /// <summary>What to set so that a request's caller is known; null where nothing is to be done.</summary>
    public string? AdviceOn(HttpContext http)
    {
        if (http.Request.Headers[ForwardedFor].Count == 0 || http.Connection.RemoteIpAddress is not { } address)
        {
            return null;
        }
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        // What a trusted proxy said was read. A header that is left over is the next proxy's, or the client's own invention.
        if (http.Request.Headers[OriginalFor].Count > 0)
        {
            return IsTrusted(address)
                ? $"the trusted proxy {address} passes on what another proxy says of the caller, which is left unread: set ArtFresh:ForwardLimit to {options.ForwardLimit + 1} or more, the number of proxies one behind another"
                : null;
        }
        var network = $"{address}/{(address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}";
        return $"a proxy at {address} is not trusted, so that all who come through it share the limits of one address, and cookies are not Secure: set ArtFresh:TrustedProxies to its network, such as {network}";
    }

    /// <summary>Believes the trusted proxies, and says once where advice is to be given.</summary>
    public void Use(IApplicationBuilder app)
    {
        if (!options.TrustedProxies.IsDefaultOrEmpty)
        {
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = options.ForwardLimit };
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            foreach (var network in options.TrustedProxies)
            {
                forwarded.KnownIPNetworks.Add(network);
            }
            app.UseForwardedHeaders(forwarded);
        }
        app.Use((http, next) =>
        {
            if (_told == 0)
            {
                Notice(http);
            }
            return next(http);
        });
    }

    // A stranger who is connected directly may send the header too: what comes from this network is a proxy's.
    private void Notice(HttpContext http)
    {
        if (http.Request.Headers[ForwardedFor].Count > 0 && http.Connection.RemoteIpAddress is { } address && (IsNear(address) || IsTrusted(address))
            && AdviceOn(http) is { } advice && Interlocked.Exchange(ref _told, 1) == 0)
        {
            LogAdvice(logger, advice);
        }
    }

    private bool IsTrusted(IPAddress address)
    {
        foreach (var network in options.TrustedProxies.IsDefault ? [] : options.TrustedProxies)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Of this machine or a private network: RFC 1918, 6598, 3927 and 4193.</summary>
    private static bool IsNear(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || Array.Exists(Private, network => network.Contains(address));
    }

    private static readonly IPNetwork[] Private =
        [.. ((string[])["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"]).Select(text => IPNetwork.Parse(text))];

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request came through proxies that are not set up: {Advice}. Set it and restart; this is said once")]
    private static partial void LogAdvice(ILogger logger, string advice);
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging;
using IPNetwork = System.Net.IPNetwork;

namespace ArtFresh.Api;

/// <summary>
/// Takes the caller's address and scheme from trusted proxies, and warns about untrusted ones: behind one, all listeners share the quotas of one address, and cookies are
/// not Secure. Any client can write the headers, so that the warning names a condition that the operator knows, and nobody to trust.
/// </summary>
internal sealed partial class Proxies(ApiOptions options, ILogger<Proxies> logger)
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string OriginalFor = "X-Original-For";

    private int _warned;

    /// <summary>The setting to change so that a request's caller is known; null if none.</summary>
    public string? AdviceOn(HttpContext http)
    {
        if (http.Request.Headers[ForwardedFor].Count == 0 || http.Connection.RemoteIpAddress is not { } address)
        {
            return null;
        }
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        // A trusted proxy's header was read. A header that is left comes from the next proxy, or from the client.
        if (http.Request.Headers[OriginalFor].Count > 0)
        {
            return IsTrusted(address)
                ? $"the caller of this request is {address}, which ArtFresh:TrustedProxies names as a proxy, and a part of its X-Forwarded-For was not read. If your requests pass {options.ForwardLimit + 1} proxies of your own, set ArtFresh:ForwardLimit to {options.ForwardLimit + 1}. If they don't, a client at {address} wrote that part: let ArtFresh:TrustedProxies name the addresses of your proxies alone"
                : null;
        }
        return $"this request came from {address}, which ArtFresh:TrustedProxies does not name, so its X-Forwarded-For was ignored. If {address} is a proxy of your own, add it to ArtFresh:TrustedProxies: until then all listeners behind it share the quotas of one address, and cookies are not Secure. If it is not, a client wrote the header: change nothing, because a trusted address can pass for any other";
    }

    /// <summary>Applies the trusted proxies' headers, and logs advice once.</summary>
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
            if (_warned == 0)
            {
                Notice(http);
            }
            return next(http);
        });
    }

    // A directly connected stranger may send the header too, so only private and trusted addresses may be proxies, and where proxies are named only those.
    private void Notice(HttpContext http)
    {
        if (http.Request.Headers[ForwardedFor].Count > 0 && http.Connection.RemoteIpAddress is { } address
            && (options.TrustedProxies.IsDefaultOrEmpty ? IsNear(address) : IsTrusted(address))
            && AdviceOn(http) is { } advice && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            LogAdvice(logger, advice);
        }
    }

    /// <summary>Whether an address is a trusted proxy's.</summary>
    public bool IsTrusted(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in options.TrustedProxies.IsDefault ? [] : options.TrustedProxies)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether an address is of this machine or a private network: RFC 1918, 6598, 3927 and 4193.</summary>
    private static bool IsNear(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || Array.Exists(Private, network => network.Contains(address));
    }

    private static readonly IPNetwork[] Private =
        [.. ((string[])["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"]).Select(text => IPNetwork.Parse(text))];

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request may have come through a proxy that is not configured: {Advice}. This is logged once")]
    private static partial void LogAdvice(ILogger logger, string advice);
}

using System.Net;

namespace ArtFresh.Server;

/// <summary>Whether the server knows its callers through what stands in front of it, and what that changes on the way.</summary>
internal sealed class DeployProxy(CheckedServer server)
{
    // TEST-NET-1 and -2 (RFC 5737): nobody's.
    private static readonly string[] Invented = ["192.0.2.1", "192.0.2.1, 198.51.100.1"];

    /// <summary>Limits, cookies and the refusal of other sites' pages rest on these.</summary>
    public async Task<string> CallerAsync()
    {
        var seen = (await server.AsOperatorAsync("/api/ops/request")).Expect(HttpStatusCode.OK, DeployPages.GiveKey).Json;
        if (seen.GetProperty("advice").GetString() is { } advice)
        {
            throw new DeployFaultException($"the server does not know its callers: {advice}", "Set it and restart; the runbook (Behind a proxy) has proxies' settings.");
        }

        var scheme = seen.GetProperty("scheme").GetString();
        if (scheme != server.Address.Scheme)
        {
            throw new DeployFaultException($"the server sees {scheme} where callers use {server.Address.Scheme}, so its cookies are not Secure", "Have the proxy set X-Forwarded-Proto, and name its network in ArtFresh:TrustedProxies.");
        }

        var host = seen.GetProperty("host").GetString();
        if (!server.Address.Authority.Equals(host, StringComparison.OrdinalIgnoreCase))
        {
            throw new DeployFaultException($"the server sees the host {host} where callers use {server.Address.Authority}, and refuses its own pages as another site's", "Have the proxy pass the Host header on as it is.");
        }

        foreach (var claim in Invented)
        {
            var invented = (await server.AsOperatorAsync("/api/ops/request", ("X-Forwarded-For", claim))).Expect(HttpStatusCode.OK, DeployPages.GiveKey).Json.GetProperty("address").GetString();
            if (claim.Contains(invented ?? "", StringComparison.Ordinal))
            {
                throw new DeployFaultException(
                    $"callers choose their own address: with X-Forwarded-For: {claim} the server sees {invented}",
                    "Have the proxy replace the header, name proxies alone in ArtFresh:TrustedProxies, and set ArtFresh:ForwardLimit to no more than their number. (From a trusted proxy's own machine, check the public address.)");
            }
        }

        return $"seen at {seen.GetProperty("address").GetString()} by {scheme}, and not where it claims to be";
    }

    public async Task<string> StrictTransportAsync()
    {
        if (server.Address.Scheme != Uri.UriSchemeHttps)
        {
            return "without TLS there is none";
        }

        var header = (await server.AsStrangerAsync(HttpMethod.Get, "/")).Header("Strict-Transport-Security");
        return header.Contains("max-age=", StringComparison.OrdinalIgnoreCase) && !header.Contains("max-age=0", StringComparison.OrdinalIgnoreCase)
            ? header
            : throw new DeployFaultException("browsers get no Strict-Transport-Security", "Set ArtFresh:Hsts, such as 365.00:00:00, or have the proxy send Strict-Transport-Security.");
    }

    /// <summary>An answer that a cache keeps is another listener's next.</summary>
    public async Task<string> PrivateAsync()
    {
        foreach (var (method, path) in new[] { (HttpMethod.Post, "/api/sign-in/guest"), (HttpMethod.Get, "/api/music") })
        {
            var answer = await server.AsListenerAsync(method, path);
            var control = answer.Header("Cache-Control");
            if (!control.Contains("no-store", StringComparison.OrdinalIgnoreCase) || answer.Header("Age").Length > 0)
            {
                throw new DeployFaultException($"{path} may be kept by caches: Cache-Control is '{control}'{(answer.Header("Age") is { Length: > 0 } age ? $", Age {age}" : "")}", "See that nothing in front of the servers caches /api or changes its headers.");
            }
        }

        return "no cache keeps answers to listeners";
    }
}

using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>The listener of a request.</summary>
/// <param name="BoundTo">The only session that the caller may use, if it is identified by a session's token; else null.</param>
internal readonly record struct Caller(string ListenerId, Guid? BoundTo)
{
    public bool MayUse(Guid sessionId) => BoundTo is null || BoundTo == sessionId;
}

/// <summary>Identifies callers by sign-in or session token, and refuses cookies in requests of other sites' pages.</summary>
internal sealed class Callers(ApiOptions options, SessionTokens tokens)
{
    private readonly ImmutableHashSet<string> _allowedOrigins =
        options.AllowedOrigins.Select(origin => origin.TrimEnd('/')).ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The caller, or the refusal. Ignores an invalid token, because the sign-in may be valid.</summary>
    public (Caller Caller, Problem? Refusal) Identify(HttpContext http, string? token = null)
    {
        if (token is not null && tokens.Read(token) is var (listenerId, sessionId))
        {
            return (new Caller(listenerId, sessionId), null);
        }
        if (http.ListenerId() is not { } signedIn)
        {
            return (default, Problems.NotSignedIn);
        }
        return http.IsSignedInByCookie() && IsForeign(http.Request)
            ? (default, Problems.OriginRefused)
            : (new Caller(signedIn, null), null);
    }

    /// <summary>Whether a request comes from a page of this host, so that it needs no CORS headers.</summary>
    public bool IsOwnPage(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 ? !IsForeign(request) : IsOwn(request, origin);
    }

    /// <summary>Whether a request that changes something comes from another site's page, by its origin (RFC 6454), or without one by Fetch Metadata.</summary>
    public bool IsForeign(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            return request.Headers["Sec-Fetch-Site"] == "cross-site";
        }
        return !IsOwn(request, origin) && !_allowedOrigins.Contains(origin);
    }

    // Compares without the scheme: behind a balancer that ends TLS the request arrives as http.
    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
}

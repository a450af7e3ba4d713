using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>The cookie that identifies a guest.</summary>
internal static class GuestCookie
{
    /// <summary>The name over plain http, and in the previous release.</summary>
    public const string Name = "artfresh";

    /// <summary>The name over https. It takes precedence if a request has both.</summary>
    public static readonly string HostName = HostCookies.Prefixed(Name);

    public static string? ValueIn(HttpRequest request) => request.Cookies[HostName] ?? request.Cookies[Name];

    /// <summary>Whether a request has only the plain name over https. Only for sign-ins, with which each visit begins: other answers stay cacheable.</summary>
    public static bool IsToRenew(HttpRequest request) => request.IsHttps && request.Path.StartsWithSegments("/api/sign-in") && !request.Cookies.ContainsKey(HostName);
}

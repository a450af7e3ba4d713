using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>The cookie that a guest is known by.</summary>
internal static class GuestCookie
{
    /// <summary>Over plain http, and of the release before.</summary>
    public const string Name = "artfresh";

    /// <summary>Over https; it counts where a request has both.</summary>
    public static readonly string HostName = HostCookies.Prefixed(Name);

    public static string? ValueIn(HttpRequest request) => request.Cookies[HostName] ?? request.Cookies[Name];

    /// <summary>Whether a sign-in over https, with which each visit begins, knows its guest by the plain name alone. Other answers stay cacheable.</summary>
    public static bool IsToRenew(HttpRequest request) => request.IsHttps && request.Path.StartsWithSegments("/api/sign-in") && !request.Cookies.ContainsKey(HostName);
}

using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>
/// Cookies whose name begins with <c>__Host-</c> over https. Browsers accept them only from this host and with Secure, so that neither another host of the site nor an
/// attacker on a plain connection can replace them (RFC 6265bis, section 4.1.3). Over plain http they have no prefix.
/// </summary>
/// <param name="keepsPlain">Whether to set the plain name over https too: the previous release reads only that, and a guest must survive a rollback.</param>
internal sealed class HostCookies(bool keepsPlain) : ICookieManager
{
    private const string Prefix = "__Host-";

    private readonly ChunkingCookieManager _cookies = new();

    /// <summary>A cookie's name over https.</summary>
    public static string Prefixed(string name) => Prefix + name;

    public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, Prefixed(key)) ?? _cookies.GetRequestCookie(context, key);

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options)
    {
        if (context.Request.IsHttps)
        {
            _cookies.AppendResponseCookie(context, Prefixed(key), value, options);
        }
        if (keepsPlain || !context.Request.IsHttps)
        {
            _cookies.AppendResponseCookie(context, key, value, options);
        }
    }

    public void DeleteCookie(HttpContext context, string key, CookieOptions options)
    {
        if (context.Request.IsHttps)
        {
            _cookies.DeleteCookie(context, Prefixed(key), options);
        }
        _cookies.DeleteCookie(context, key, options);
    }
}

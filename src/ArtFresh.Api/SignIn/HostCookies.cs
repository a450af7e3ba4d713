using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>
/// Cookies whose name begins with <c>__Host-</c> over https: browsers take them from this host alone, with Secure, so that no other host of the site and nobody on a plain
/// connection can put one in its place (RFC 6265bis, section 4.1.3). Over plain http the name stands alone.
/// </summary>
/// <param name="keepsPlain">Also sets the plain name over https, which is all that the release before reads: whoever goes back to it stays the same guest.</param>
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

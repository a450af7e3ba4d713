using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>
/// Signs an operator's browser in: exchanges the link <c>/ops?key=…</c> for a cookie and redirects, so that the key stays neither in the address bar nor in the history.
/// </summary>
internal static class OperatorCookie
{
    public const string Scheme = "operator-cookie";

    private const string Name = "artfresh-operator";
    private const string Page = "/ops";
    private const string KeyMark = "key";
    private const string SignInMark = "sign-in";

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private static readonly string[] Paths = [Page, "/api/ops", "/metrics"];

    public static AuthenticationBuilder AddOperatorCookie(this AuthenticationBuilder schemes) => schemes.AddCookie(Scheme, cookie =>
    {
        cookie.Cookie.Name = Name;
        cookie.CookieManager = new HostCookies(keepsPlain: false);
        cookie.Cookie.Path = "/";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = Lifetime;
        cookie.SlidingExpiration = true;
        cookie.Events.OnValidatePrincipal = found =>
        {
            var mark = found.HttpContext.RequestServices.GetRequiredService<OperatorKeys>().Mark;
            var ended = found.HttpContext.RequestServices.GetRequiredService<EndedSignIns>();
            if (mark.Length == 0 || found.Principal?.HasClaim(KeyMark, mark) != true || (SignInOf(found.Principal) is { } signIn && ended.Has(signIn)))
            {
                found.RejectPrincipal();
            }
            return Task.CompletedTask;
        };
    });

    /// <summary>Whether a request is to an operators' address: at any other, a key opens nothing and is not compared.</summary>
    public static bool IsDoor(HttpRequest request) => Array.Exists(Paths, path => request.Path.StartsWithSegments(path));

    /// <summary>Whether a request to an operators' address carries the cookie. At other addresses the same browser is a listener's.</summary>
    public static bool IsMeant(HttpRequest request) => IsDoor(request) && IsSentBy(request);

    public static bool IsUsedBy(HttpContext http) => http.User.Identity?.AuthenticationType == Scheme;

    /// <summary>Deletes the cookie, and ends its sign-in: a copy of it is refused.</summary>
    public static async Task SignOutAsync(HttpContext http)
    {
        if (!IsSentBy(http.Request))
        {
            return;
        }
        if (SignInOf((await http.AuthenticateAsync(Scheme)).Principal) is { } signIn)
        {
            http.RequestServices.GetRequiredService<EndedSignIns>().End(signIn);
        }
        await http.SignOutAsync(Scheme);
    }

    /// <summary>Answers the link. A wrong key counts as a guess.</summary>
    public static void UseOperatorLink(this IApplicationBuilder app)
    {
        var guesses = app.ApplicationServices.GetRequiredService<KeyGuesses>();
        var keys = app.ApplicationServices.GetRequiredService<OperatorKeys>();
        app.Use((http, next) => HttpMethods.IsGet(http.Request.Method) && IsPage(http.Request.Path) && http.Request.Query.TryGetValue("key", out var key)
            ? ExchangeAsync(http, key.ToString(), guesses, keys)
            : next(http));
    }

    /// <summary>Null in a cookie of the release before.</summary>
    private static string? SignInOf(ClaimsPrincipal? user) => user?.FindFirst(SignInMark)?.Value;

    private static bool IsPage(PathString path) => path.Equals(Page) || path.Equals(Page + "/");

    private static bool IsSentBy(HttpRequest request) => request.Cookies.ContainsKey(HostCookies.Prefixed(Name)) || request.Cookies.ContainsKey(Name);

    private static async Task ExchangeAsync(HttpContext http, string key, KeyGuesses guesses, OperatorKeys keys)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (guesses.Refuse(http, key) is { } refusal)
        {
            await refusal.ExecuteAsync(http);
            return;
        }
        if (keys.IsOperators(key))
        {
            var identity = Authentication.IdentityOfOperator(Scheme);
            identity.AddClaim(new Claim(KeyMark, keys.Mark));
            identity.AddClaim(new Claim(SignInMark, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))));
            await http.SignInAsync(Scheme, new ClaimsPrincipal(identity));
        }
        // After a wrong key there is no cookie, and the page asks for the key.
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = Page;
    }
}

using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;

namespace ArtFresh.Bench.Peers;

/// <summary>Sign-in as ASP.NET has it: an encrypted cookie says who the listener is, and nobody without one is answered.</summary>
internal static class SignIn
{
    public static void AddSignIn(this IServiceCollection services)
    {
        // Whom the bench has signed in, it asks as: no server is restarted in between.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        services.AddAuthorization();
    }

    /// <summary>Maps the sign-in of a guest, whose number the bench says.</summary>
    /// <returns>Where all goes that needs one.</returns>
    public static RouteGroupBuilder MapSignIn(this WebApplication app)
    {
        app.MapPost("/api/sign-in/guest", async (string listener, HttpContext http) =>
        {
            await http.SignInAsync(new ClaimsPrincipal(
                new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, listener)], CookieAuthenticationDefaults.AuthenticationScheme)));
            return new SignedInBody(listener);
        });
        return app.MapGroup("/api/artworks").RequireAuthorization();
    }

    public static long ListenerId(this ClaimsPrincipal user) =>
        long.Parse(user.FindFirstValue(ClaimTypes.NameIdentifier)!, System.Globalization.CultureInfo.InvariantCulture);
}

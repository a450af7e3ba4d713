using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace ArtFresh.Api;

/// <summary>Identifies callers: a guest by cookie or listener token, a listener by JWT, an operator by key or by a JWT's role.</summary>
internal static class Authentication
{
    public const string CookieScheme = "cookie";

    private const string SignInScheme = "sign-in";
    private const string OperatorKeyScheme = "operator-key";
    private const string ListenerClaim = "listener";
    private const string OperatorClaim = "operator";
    private const string MetricsClaim = "metrics";

    // The prefix "application/" is optional (RFC 7515, section 4.1.9).
    private static readonly string[] TokenTypes = ["JWT", "at+jwt", "application/at+jwt"];

    // The longest lifetime that browsers accept.
    public static readonly TimeSpan CookieLifetime = TimeSpan.FromDays(400);

    public static void AddArtFreshAuthentication(this IServiceCollection services, ApiOptions options)
    {
        if (options.Jwt.Validate(new ValidationContext(options.Jwt)).FirstOrDefault() is { } fault)
        {
            throw new ArgumentException($"Jwt:{fault.ErrorMessage}", nameof(options));
        }
        CreatePrivateDirectory(options.KeysDirectory);
        var keys = services.AddDataProtection().SetApplicationName("ArtFresh").PersistKeysToFileSystem(new DirectoryInfo(options.KeysDirectory));
        if (options.KeysCertificate is not null)
        {
            keys.ProtectKeysWithCertificate(options.KeysCertificate);
        }
        services.AddSingleton<OperatorKeys>();
        services.AddSingleton<ListenerTokens>();
        var schemes = services.AddAuthentication(SignInScheme)
            .AddPolicyScheme(SignInScheme, null, policy => policy.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, OperatorKeyHandler>(OperatorKeyScheme, null)
            .AddScheme<AuthenticationSchemeOptions, ListenerTokenHandler>(ListenerTokenHandler.SchemeName, null)
            .AddCookie(CookieScheme, cookie =>
            {
                cookie.Cookie.Name = GuestCookie.Name;
                cookie.CookieManager = new HostCookies(keepsPlain: true);
                cookie.Cookie.Path = "/";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = CookieLifetime;
                cookie.SlidingExpiration = true;
                cookie.Events.OnValidatePrincipal = found =>
                {
                    if (!options.Guests)
                    {
                        found.RejectPrincipal();
                        return Task.CompletedTask;
                    }
                    found.ShouldRenew |= GuestCookie.IsToRenew(found.Request);
                    found.HttpContext.RequestServices.GetRequiredService<KnownCookies>().Note(found.Request, found.Principal!);
                    return Task.CompletedTask;
                };
            })
            .AddOperatorCookie();
        if (options.Jwt.HasIssuer)
        {
            schemes.AddJwtBearer(jwt => ConfigureJwt(jwt, options));
        }
    }

    /// <summary>The signed-in listener, or null.</summary>
    public static string? ListenerId(this HttpContext http) => http.User.ListenerId();

    /// <summary>The user's listener id, or null.</summary>
    public static string? ListenerId(this ClaimsPrincipal user) => user is KnownUser known ? known.ListenerId : user.FindFirst(ListenerClaim)?.Value;

    public static bool IsOperator(this HttpContext http) => http.User.HasClaim(OperatorClaim, "true");

    public static bool ReadsMetrics(this HttpContext http) => http.User.HasClaim(MetricsClaim, "true");

    public static bool IsSignedInByCookie(this HttpContext http) => http.User.Identity?.AuthenticationType == CookieScheme;

    /// <summary>The token of <c>Authorization: Bearer</c>, or null. Ignores other schemes, which a balancer may use.</summary>
    public static string? BearerToken(this HttpRequest request)
    {
        const string prefix = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? header[prefix.Length..].Trim() : null;
    }

    public static Task SignInGuestAsync(HttpContext http, string listenerId) => http.SignInAsync(
        CookieScheme,
        new ClaimsPrincipal(IdentityOfGuest(listenerId)),
        new AuthenticationProperties { IsPersistent = true });

    /// <summary>The guest of the request's cookie, whoever the request's bearer token stands for; null without a valid cookie.</summary>
    public static async Task<string?> ReadGuestCookieAsync(HttpContext http) => (await http.AuthenticateAsync(CookieScheme)).Principal?.ListenerId();

    public static ClaimsIdentity IdentityOfGuest(string listenerId) => IdentityOf(listenerId, CookieScheme);

    public static ClaimsIdentity IdentityOf(string listenerId, string scheme) => new([new Claim(ListenerClaim, listenerId)], scheme);

    public static ClaimsIdentity IdentityOfOperator(string scheme) => new([new Claim(OperatorClaim, "true")], scheme);

    public static Task SignOutAsync(HttpContext http) => http.SignOutAsync(CookieScheme);

    private static string SchemeOf(HttpContext http)
    {
        if (http.Request.BearerToken() is not { } token)
        {
            return OperatorCookie.IsMeant(http.Request) ? OperatorCookie.Scheme : CookieScheme;
        }
        var services = http.RequestServices;
        var isKey = OperatorCookie.IsDoor(http.Request) && services.GetRequiredService<OperatorKeys>().Knows(token);
        if (ListenerTokens.IsMeant(token) && !isKey)
        {
            return ListenerTokenHandler.SchemeName;
        }
        // Without an issuer the keys are the only other valid bearer tokens, and their handler refuses the rest.
        return services.GetRequiredService<ApiOptions>().Jwt.HasIssuer && !isKey
            ? JwtBearerDefaults.AuthenticationScheme
            : OperatorKeyScheme;
    }

    private static void ConfigureJwt(JwtBearerOptions jwt, ApiOptions options)
    {
        jwt.MapInboundClaims = false;
        jwt.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(1);
        jwt.TokenValidationParameters.TypeValidator = RefuseOtherTypes;
        jwt.TokenValidationParameters.ValidateAudience = options.Jwt.Audience is not null;
        jwt.TokenValidationParameters.ValidAudience = options.Jwt.Audience;
        if (options.Jwt.Authority is { } authority)
        {
            jwt.Authority = authority.AbsoluteUri;
            jwt.RequireHttpsMetadata = !authority.IsLoopback;
        }
        else
        {
            jwt.TokenValidationParameters.ValidateIssuer = false;
            jwt.TokenValidationParameters.ValidAlgorithms = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];
            jwt.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(options.Jwt.SigningKey!));
        }
        jwt.Events = new JwtBearerEvents { OnTokenValidated = context => TakeOver(context, options), OnAuthenticationFailed = ThrowIfIssuerIsDown };
    }

    // An issuer signs other kinds of tokens with the same key, such as logout tokens (RFC 8725, section 3.11). Some issuers leave typ out.
    private static string RefuseOtherTypes(string? type, SecurityToken token, TokenValidationParameters parameters) =>
        string.IsNullOrEmpty(type) || TokenTypes.Contains(type, StringComparer.OrdinalIgnoreCase)
            ? type ?? ""
            : throw new SecurityTokenInvalidTypeException($"The token's type is '{type}'.") { InvalidType = type };

    // Replaces all claims: an issuer's claim could have the name of one of ours.
    private static Task TakeOver(TokenValidatedContext context, ApiOptions options)
    {
        if (context.Principal?.FindFirst("sub")?.Value is not { Length: > 0 } subject)
        {
            context.Fail("The token names no subject.");
            return Task.CompletedTask;
        }
        var identity = new ClaimsIdentity([new Claim(ListenerClaim, ListenerIds.OfSubject(subject))], JwtBearerDefaults.AuthenticationScheme);
        if (options.Operators.Role is { } role && (context.Principal.HasClaim("role", role) || context.Principal.HasClaim("roles", role)))
        {
            identity.AddClaim(new Claim(OperatorClaim, "true"));
        }
        context.Principal = new ClaimsPrincipal(identity);
        return Task.CompletedTask;
    }

    // Without the issuer's keys the token handler calls every token invalid, and a client would sign its listener out. Throws instead, which answers 503.
    private static async Task ThrowIfIssuerIsDown(AuthenticationFailedContext context)
    {
        if (context.Options.ConfigurationManager is not { } metadata)
        {
            return;
        }
        try
        {
            await metadata.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (InvalidOperationException unreachable)
        {
            throw new IssuerUnavailableException(unreachable);
        }
    }

    internal static void CreatePrivateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private sealed class OperatorKeyHandler(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, OperatorKeys keys)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.BearerToken() is not { } token || !OperatorCookie.IsDoor(Request) || !keys.Knows(token))
            {
                // No failure: the base class would log a line for each.
                return Task.FromResult(AuthenticateResult.NoResult());
            }
            var identity = keys.IsOperators(token) ? IdentityOfOperator(OperatorKeyScheme) : new ClaimsIdentity([new Claim(MetricsClaim, "true")], OperatorKeyScheme);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), OperatorKeyScheme)));
        }
    }
}

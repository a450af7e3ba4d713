using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ArtFresh.Api;

/// <summary>Signed tokens that stand for a guest, as bearer where the guest's cookie does not come along: on pages of other sites.</summary>
internal sealed class ListenerTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>Begins every token: tells it from a JWT and from an operator's key.</summary>
    public const string Prefix = "aflt_";

    private readonly IDataProtector _protector = protection.CreateProtector("listener");

    /// <summary>Whether a bearer token is meant to be one of these.</summary>
    public static bool IsMeant(string token) => token.StartsWith(Prefix, StringComparison.Ordinal);

    public string Issue(string listenerId)
    {
        var expiry = (clock.GetUtcNow() + Authentication.CookieLifetime).ToUnixTimeSeconds();
        return Prefix + _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{listenerId}|{expiry}"));
    }

    /// <summary>The guest that a token stands for; null for a forged, damaged or expired one.</summary>
    public string? Read(string token)
    {
        if (!IsMeant(token))
        {
            return null;
        }
        string text;
        try
        {
            text = _protector.Unprotect(token[Prefix.Length..]);
        }
        catch (CryptographicException)
        {
            return null;
        }
        var bar = text.LastIndexOf('|');
        return clock.GetUtcNow().ToUnixTimeSeconds() < long.Parse(text.AsSpan(bar + 1), CultureInfo.InvariantCulture) ? text[..bar] : null;
    }
}

/// <summary>Signs a guest in by a listener token.</summary>
internal sealed class ListenerTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiOptions api, ListenerTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "listener-token";

    // No failure for a token that is refused: the base class would log a line for each that a stranger makes up.
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        api.Guests && Request.BearerToken() is { } token && tokens.Read(token) is { } listenerId
            ? AuthenticateResult.Success(new AuthenticationTicket(new(Authentication.IdentityOf(listenerId, SchemeName)), SchemeName))
            : AuthenticateResult.NoResult());
}

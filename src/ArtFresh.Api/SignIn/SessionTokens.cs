using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ArtFresh.Api;

/// <summary>Signed capabilities for one session each: what a beacon, which cannot carry headers, shows in place of a sign-in.</summary>
internal sealed class SessionTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>As long as a client keeps undelivered impressions.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly IDataProtector _protector = protection.CreateProtector("session");

    public string Issue(string listenerId, Guid sessionId)
    {
        var expiry = (clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        return _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{listenerId}|{sessionId:N}|{expiry}"));
    }

    /// <summary>The listener and the session that a token stands for, or null when it is forged, damaged or expired.</summary>
    public (string ListenerId, Guid SessionId)? Read(string token)
    {
        string text;
        try
        {
            text = _protector.Unprotect(token);
        }
        catch (CryptographicException)
        {
            return null;
        }
        // The listener's id may hold anything but '/', so the parts are taken from the end.
        var expiryAt = text.LastIndexOf('|');
        var sessionAt = text.LastIndexOf('|', expiryAt - 1);
        var expiry = long.Parse(text.AsSpan(expiryAt + 1), CultureInfo.InvariantCulture);
        return clock.GetUtcNow().ToUnixTimeSeconds() < expiry
            ? (text[..sessionAt], Guid.ParseExact(text.AsSpan(sessionAt + 1, expiryAt - sessionAt - 1), "N"))
            : null;
    }
}

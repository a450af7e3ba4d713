using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ArtFresh.Api;

/// <summary>Signed capabilities for one session each. In a body they replace the sign-in, because beacons cannot carry headers.</summary>
internal sealed class SessionTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>Equals the time that clients keep undelivered impressions.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly IDataProtector _protector = protection.CreateProtector("session");

    public string Issue(string listenerId, Guid sessionId)
    {
        var expiry = (clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        return _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{listenerId}|{sessionId:N}|{expiry}"));
    }

    /// <summary>The listener and the session of a token; null if it is forged, damaged or expired.</summary>
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
        // Parsed from the end, because the listener's id may contain '|'.
        var expiryAt = text.LastIndexOf('|');
        var sessionAt = text.LastIndexOf('|', expiryAt - 1);
        var expiry = long.Parse(text.AsSpan(expiryAt + 1), CultureInfo.InvariantCulture);
        return clock.GetUtcNow().ToUnixTimeSeconds() < expiry
            ? (text[..sessionAt], Guid.ParseExact(text.AsSpan(sessionAt + 1, expiryAt - sessionAt - 1), "N"))
            : null;
    }
}

using System.Security.Claims;

namespace ArtFresh.Api;

/// <summary>
/// Cookies that were found good a moment ago, and whose they are: to decrypt one costs as much as half a request for fresh art. Each is decrypted anew after one to
/// two minutes, which is also when it is renewed. Bounded.
/// </summary>
internal sealed class KnownCookies(TimeProvider clock)
{
    private const int CookiesMax = 50_000;
    private const int CookieLengthMax = 1024;

    private readonly Recent<KnownUser> _users = new(TimeSpan.FromMinutes(1), clock);

    /// <summary>Who sent such a Cookie header a moment ago, or null.</summary>
    public KnownUser? Find(string header) => _users.Find(header);

    /// <summary>Forgets a Cookie header, whose next request is read anew.</summary>
    public void Forget(string header) => _users.Forget(header);

    /// <summary>A Cookie header was found good.</summary>
    public void Note(string header, ClaimsPrincipal user)
    {
        if (header.Length <= CookieLengthMax && _users.Count < CookiesMax)
        {
            _users.Set(header, new KnownUser(user));
        }
    }
}

/// <summary>A user whose claims are not to be searched for the listener three times a request.</summary>
internal sealed class KnownUser(ClaimsPrincipal user) : ClaimsPrincipal(user.Identities)
{
    public string? ListenerId { get; } = user.ListenerId();
}

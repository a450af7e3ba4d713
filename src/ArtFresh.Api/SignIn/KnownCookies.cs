using System.Buffers;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>
/// Guests' cookies that were decrypted a moment ago, and whose they are: to decrypt one costs as much as half a request for fresh art. Each is decrypted anew after
/// one to two minutes, which is also when it is renewed. Bounded, and keyed by the cookie's value: a client may send any number of other cookies with it.
/// </summary>
internal sealed class KnownCookies(TimeProvider clock)
{
    /// <summary>Of those noted within a minute; as many may be a minute older.</summary>
    internal const int BytesMax = 16 * 1024 * 1024;

    private const int ValueLengthMax = 1024;

    // Measured: the user with identity and claim, and the dictionary's node.
    private const int BytesOfUser = 500;

    // What a cookie that is too long for a browser has in its own place, and so the same for everybody.
    private const string ChunksStart = "chunks-";

    // One ticket has many spellings with others: decoding passes over blanks.
    private static readonly SearchValues<char> Base64Url = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly Recent<string, KnownUser> _users = new(TimeSpan.FromMinutes(1), clock);

    /// <summary>What those noted within a minute take, about.</summary>
    public long Bytes => _users.Weight;

    /// <summary>Who sent the guest's cookie of such a Cookie header a moment ago, or null.</summary>
    public KnownUser? Find(string header) => ValueOf(header) is { } value ? _users.Find(value) : null;

    /// <summary>A cookie's ticket was decrypted.</summary>
    public void Note(HttpRequest request, ClaimsPrincipal user)
    {
        if (GuestCookie.ValueIn(request) is { Length: <= ValueLengthMax } value && IsPlain(value) && user.ListenerId() is { } listenerId)
        {
            _users.TrySet(value, new KnownUser(listenerId), (2 * value.Length) + BytesOfUser, BytesMax);
        }
    }

    /// <summary>The guest's cookie was taken back.</summary>
    public void Forget(HttpRequest request)
    {
        if (GuestCookie.ValueIn(request) is { } value)
        {
            _users.Forget(value);
        }
    }

    /// <summary>The value of the guest's cookie, if it is plain and comes once. ASP.NET's dictionary of cookies would cost 2% of a request.</summary>
    private static string? ValueOf(string header)
    {
        var (value, ofHost) = (default(string), false);
        foreach (var range in header.AsSpan().Split(';'))
        {
            var cookie = header.AsSpan()[range].Trim(' ');
            var isOfHost = Is(GuestCookie.HostName, cookie);
            if (!(isOfHost || Is(GuestCookie.Name, cookie)) || (ofHost && !isOfHost))
            {
                continue;
            }
            if (value is not null && ofHost == isOfHost)
            {
                return null;
            }
            (value, ofHost) = (cookie[((isOfHost ? GuestCookie.HostName : GuestCookie.Name).Length + 1)..].ToString(), isOfHost);
        }
        return value is not null && IsPlain(value) ? value : null;
    }

    private static bool Is(string name, ReadOnlySpan<char> cookie) =>
        cookie.Length > name.Length && cookie[name.Length] == '=' && cookie.StartsWith(name, StringComparison.Ordinal);

    private static bool IsPlain(string value) => !value.AsSpan().ContainsAnyExcept(Base64Url) && !value.StartsWith(ChunksStart, StringComparison.Ordinal);
}

/// <summary>A user whose claims are not to be searched for the listener three times a request.</summary>
internal sealed class KnownUser(string listenerId) : ClaimsPrincipal(Authentication.IdentityOfGuest(listenerId))
{
    public string ListenerId { get; } = listenerId;
}

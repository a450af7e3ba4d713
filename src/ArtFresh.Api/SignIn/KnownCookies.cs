using System.Buffers;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>
/// Caches the users of recently decrypted guests' cookies: decrypting one costs half as much as a fresh-art request. Each is decrypted again after one to two minutes, and
/// renewed then if due. Bounded. Keyed by the cookie's value, because a client may send other cookies with it.
/// </summary>
internal sealed class KnownCookies(TimeProvider clock)
{
    /// <summary>The most bytes of the entries of one minute; those of the minute before take as many.</summary>
    internal const int BytesMax = 16 * 1024 * 1024;

    private const int ValueLengthMax = 1024;

    // Measured: the user with identity and claim, and the dictionary's node.
    private const int BytesOfUser = 500;

    // A cookie that ASP.NET has split has this value in its first part, which is the same for all guests.
    private const string ChunksStart = "chunks-";

    // Decoding skips other characters, so that one ticket would have many spellings.
    private static readonly SearchValues<char> Base64Url = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly Recent<string, KnownUser> _users = new(TimeSpan.FromMinutes(1), clock);

    /// <summary>Approximate bytes of the entries of the current minute.</summary>
    public long Bytes => _users.Weight;

    /// <summary>The user of the guest's cookie in a Cookie header, if it was decrypted recently; else null.</summary>
    public KnownUser? Find(string header) => ValueOf(header) is { IsEmpty: false } value ? _users.FindBy(value) : null;

    /// <summary>Adds a cookie that was decrypted.</summary>
    public void Note(HttpRequest request, ClaimsPrincipal user)
    {
        if (GuestCookie.ValueIn(request) is { Length: <= ValueLengthMax } value && IsPlain(value) && user.ListenerId() is { } listenerId)
        {
            _users.TrySet(value, new KnownUser(listenerId), (2 * value.Length) + BytesOfUser, BytesMax);
        }
    }

    /// <summary>Removes a cookie after a sign-out.</summary>
    public void Forget(HttpRequest request)
    {
        if (GuestCookie.ValueIn(request) is { } value)
        {
            _users.Forget(value);
        }
    }

    /// <summary>The value of the guest's cookie, empty if it is not plain or occurs twice. ASP.NET's dictionary of cookies would cost 2% of a request.</summary>
    private static ReadOnlySpan<char> ValueOf(ReadOnlySpan<char> header)
    {
        ReadOnlySpan<char> value = default;
        var (isThere, ofHost) = (false, false);
        foreach (var range in header.Split(';'))
        {
            var cookie = header[range].Trim(' ');
            var isOfHost = Is(GuestCookie.HostName, cookie);
            if (!(isOfHost || Is(GuestCookie.Name, cookie)) || (ofHost && !isOfHost))
            {
                continue;
            }
            if (isThere && ofHost == isOfHost)
            {
                return default;
            }
            value = cookie[((isOfHost ? GuestCookie.HostName : GuestCookie.Name).Length + 1)..];
            (isThere, ofHost) = (true, isOfHost);
        }
        return IsPlain(value) ? value : default;
    }

    private static bool Is(string name, ReadOnlySpan<char> cookie) =>
        cookie.Length > name.Length && cookie[name.Length] == '=' && cookie.StartsWith(name, StringComparison.Ordinal);

    private static bool IsPlain(ReadOnlySpan<char> value) => !value.ContainsAnyExcept(Base64Url) && !value.StartsWith(ChunksStart, StringComparison.Ordinal);
}

/// <summary>A user with the listener's id in a property, which saves searching the claims three times in a request.</summary>
internal sealed class KnownUser(string listenerId) : ClaimsPrincipal(Authentication.IdentityOfGuest(listenerId)), IAccountHolder
{
    private volatile Accounts? _accounts;

    public string ListenerId { get; } = listenerId;

    /// <summary>Where the last request's tokens were taken; null before the first.</summary>
    public Accounts? Accounts
    {
        get => _accounts;
        set => _accounts = value;
    }
}

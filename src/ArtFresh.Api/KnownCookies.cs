using System.Collections.Concurrent;
using System.Security.Claims;

namespace ArtFresh.Api;

/// <summary>
/// Cookies that were found good a moment ago, and whose they are: to decrypt one costs as much as half a request for fresh art. Each is decrypted anew after one to
/// two minutes, which is also when it is renewed. Bounded.
/// </summary>
internal sealed class KnownCookies(TimeProvider time)
{
    private const int CookiesMax = 50_000;
    private const int CookieLengthMax = 1024;
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly Lock turning = new();
    private ConcurrentDictionary<string, ClaimsPrincipal> recent = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, ClaimsPrincipal> older = new(StringComparer.Ordinal);
    private long turnedAt = time.GetTimestamp();

    /// <summary>Who sent such a Cookie header a moment ago, or null.</summary>
    public ClaimsPrincipal? Find(string header)
    {
        if (time.GetElapsedTime(Volatile.Read(ref turnedAt)) > Age)
        {
            Turn();
        }
        return recent.TryGetValue(header, out var known) || older.TryGetValue(header, out known) ? known : null;
    }

    /// <summary>A Cookie header was found good.</summary>
    public void Note(string header, ClaimsPrincipal user)
    {
        if (header.Length <= CookieLengthMax && recent.Count < CookiesMax)
        {
            recent[header] = user;
        }
    }

    private void Turn()
    {
        lock (turning)
        {
            var passed = time.GetElapsedTime(turnedAt);
            if (passed > Age)
            {
                older = passed > Age * 2 ? new(StringComparer.Ordinal) : recent;
                recent = new(StringComparer.Ordinal);
                Volatile.Write(ref turnedAt, time.GetTimestamp());
            }
        }
    }
}

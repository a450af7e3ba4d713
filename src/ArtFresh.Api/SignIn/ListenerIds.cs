using System.Security.Cryptography;
using System.Text;
using ArtFresh.Contracts;

namespace ArtFresh.Api;

/// <summary>
/// The names by which grains know listeners. They begin with a letter that is no hexadecimal digit and have neither <c>/</c>, which parts a
/// session's key, nor <c>+</c>, at which grain storage splits keys.
/// </summary>
public static class ListenerIds
{
    /// <summary>A new guest.</summary>
    public static string OfNewGuest(TimeProvider clock) => $"guest-{Guid.CreateVersion7(clock.GetUtcNow()):N}";

    /// <summary>The listener of a JWT's subject: percent-encoded, or its hash where that is too long. Different subjects never share a name.</summary>
    public static string OfSubject(string subject)
    {
        var readable = "sub-" + Uri.EscapeDataString(subject);
        return readable.Length <= Limits.ListenerIdLengthMax
            ? readable
            : "subhash-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)));
    }
}

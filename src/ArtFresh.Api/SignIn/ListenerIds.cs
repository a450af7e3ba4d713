using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ArtFresh.Contracts;

namespace ArtFresh.Api;

/// <summary>
/// Ids of listeners. They begin with a letter that is not a hexadecimal digit, and contain neither <c>/</c>, which separates the parts of a session's key, nor <c>+</c>, at
/// which grain storage splits keys.
/// </summary>
public static class ListenerIds
{
    private const string SubjectPrefix = "sub-";
    private const string HashedSubjectPrefix = "subhash-";

    /// <summary>The id of a new guest.</summary>
    public static string OfNewGuest(TimeProvider clock) => $"{ListenerNames.GuestPrefix}{Guid.CreateVersion7(clock.GetUtcNow()):N}";

    /// <summary>The id of a JWT's subject: percent-encoded, or hashed if that is too long. Different subjects never share an id.</summary>
    public static string OfSubject(string subject)
    {
        var readable = SubjectPrefix + Uri.EscapeDataString(subject);
        return readable.Length <= Limits.ListenerIdLengthMax
            ? readable
            : HashedSubjectPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)));
    }

    /// <summary>Whether a sign-in may have made an id.</summary>
    public static bool AreOfSignIn(string listenerId) => new[] { ListenerNames.GuestPrefix, SubjectPrefix, HashedSubjectPrefix }.Any(
        prefix => listenerId.Length > prefix.Length && listenerId.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether a text has a listener's id, or, as a word of its own, the subject that the id is made of.</summary>
    public static bool AreNamedIn(string text, string listenerId) =>
        text.Contains(listenerId, StringComparison.OrdinalIgnoreCase)
        || (listenerId.StartsWith(SubjectPrefix, StringComparison.Ordinal) && HasWord(text, Uri.UnescapeDataString(listenerId[SubjectPrefix.Length..])));

    private static bool HasWord(string text, string word) =>
        word.Length > 0 && Regex.IsMatch(text, $@"(?<!\w){Regex.Escape(word)}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}

using System.Security.Cryptography;
using System.Text;

namespace ArtFresh.Api;

/// <summary>The operators' key and the metrics key, compared in constant time.</summary>
internal sealed class OperatorKeys(ApiOptions options)
{
    private const string JwtStart = "eyJ";

    /// <summary>A million guesses a second find it in 10^25 years.</summary>
    private const double UnguessableBits = 128;

    private readonly byte[]? _operators = Digest(options.Operators.Key);
    private readonly byte[]? _metrics = Digest(options.Operators.MetricsKey);

    private readonly (bool Operators, bool Metrics) _areUnguessable = (IsUnguessable(options.Operators.Key), IsUnguessable(options.Operators.MetricsKey));

    // JWTs begin with the base64url of '{"'. An expired JWT or listener token is not a guess at a key.
    private readonly bool _looksLikeSignIn = IsSignIn(options.Operators.Key) || IsSignIn(options.Operators.MetricsKey);

    /// <summary>Derived from the operators' key, so that a change of the key invalidates the cookies. Empty without a key.</summary>
    public string Mark => _operators is null ? "" : Convert.ToHexString(_operators, 0, 8);

    /// <summary>Whether a token counts as an attempt at a key.</summary>
    public bool CouldBe(string token) => (_operators ?? _metrics) is not null && (_looksLikeSignIn || !IsSignIn(token));

    /// <summary>Whether a token is one of the keys.</summary>
    public bool Knows(string token) => IsOperators(token) || IsMetrics(token);

    /// <summary>Whether a token is one of the keys, and that key too long to be found by any number of guesses, as those are that the server makes.</summary>
    public bool KnowsUnguessable(string token) => (_areUnguessable.Operators && IsOperators(token)) || (_areUnguessable.Metrics && IsMetrics(token));

    public bool IsOperators(string token) => Matches(_operators, token);

    public bool IsMetrics(string token) => Matches(_metrics, token);

    private static bool Matches(byte[]? digest, string token) => digest is not null && CryptographicOperations.FixedTimeEquals(digest, Digest(token));

    private static bool IsUnguessable(string? key) => key is not null && OperatorOptions.BitsOf(key) >= UnguessableBits;

    private static bool IsSignIn(string? token) =>
        token is not null && (token.StartsWith(JwtStart, StringComparison.Ordinal) || ListenerTokens.IsMeant(token));

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    private static byte[]? Digest(string? text) => text is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

using System.Security.Cryptography;

namespace ArtFresh.Art;

/// <summary>SHA-256 as 64 lower-case hexadecimal digits: the identity of artworks and pictures by content.</summary>
public static class ContentHashes
{
    /// <summary>The hash of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>The hash of a file's bytes.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken = default)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}

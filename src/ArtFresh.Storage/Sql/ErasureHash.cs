using System.Security.Cryptography;
using System.Text;

namespace ArtFresh.Storage.Sql;

/// <summary>The keyed hash by which an erased listener is known.</summary>
internal static class ErasureHash
{
    public static byte[] Of(byte[] key, string listenerId) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(listenerId));
}

using System.Buffers.Binary;
using System.IO.Hashing;

namespace ArtFresh.Freshness.Tests;

/// <summary>What an ill-meaning or failing disk may hand back.</summary>
internal static class Forgery
{
    /// <summary>Content with a checksum that fits, so that only the reading of the content can refuse it.</summary>
    public static byte[] Sealed(params byte[] content)
    {
        var bytes = new byte[content.Length + 4];
        content.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(content.Length), Crc32.HashToUInt32(content));
        return bytes;
    }

    /// <summary>Every single damaged byte, every cut and a byte too many must be refused.</summary>
    public static void AssertEveryDamageIsRefused(byte[] bytes, Action<byte[]> read, int damagesPerByte = 255)
    {
        read(bytes);
        for (var at = 0; at < bytes.Length; at++)
        {
            for (var damage = 1; damage <= damagesPerByte; damage++)
            {
                var damaged = (byte[])bytes.Clone();
                damaged[at] ^= (byte)damage;
                AssertRefused(damaged, read, $"byte {at} ^ {damage}");
            }
        }

        for (var length = 0; length < bytes.Length; length++)
        {
            AssertRefused(bytes[..length], read, $"cut to {length}");
        }

        AssertRefused([.. bytes, 0], read, "a zero more");
        AssertRefused([.. bytes, .. bytes], read, "twice");
    }

    /// <summary>Forged content is refused for its own fault and no other, and in few allocations, whatever number of things it claims to hold.</summary>
    public static void AssertForgeryIsRefused(byte[] content, string reason, Action<byte[]> read)
    {
        var bytes = Sealed(content);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<InvalidDataException>(() => read(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(byte[] bytes, Action<byte[]> read, string what)
    {
        try
        {
            read(bytes);
        }
        catch (InvalidDataException refusal)
        {
            Assert.StartsWith("Damaged ", refusal.Message, StringComparison.Ordinal);
            return;
        }

        Assert.Fail($"accepted: {what}");
    }
}

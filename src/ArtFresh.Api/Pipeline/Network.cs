using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>
/// Where requests come from: what one customer of a provider commonly holds, and more: /24 of IPv4, /48 of IPv6. An IPv4 address that is mapped into IPv6 is
/// in its IPv4 network.
/// </summary>
/// <param name="Prefix">The bits of the prefix; equal for two addresses exactly where their network is the same.</param>
internal readonly record struct Network(ulong Prefix)
{
    private const ulong OfIPv4 = 1UL << 63;
    private const int IPv6Length = 16;
    private const int MappedOffset = 12;

    /// <summary>That of connections without an address, such as Unix sockets.</summary>
    public static Network Unknown { get; } = new(ulong.MaxValue);

    public static Network Of(HttpContext http) => Of(http.Connection.RemoteIpAddress);

    public static Network Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[IPv6Length];
        if (address is null || !address.TryWriteBytes(bytes, out _))
        {
            return Unknown;
        }
        return address.AddressFamily == AddressFamily.InterNetwork ? OfIPv4Bytes(bytes)
            : address.IsIPv4MappedToIPv6 ? OfIPv4Bytes(bytes[MappedOffset..])
            : new(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
    }

    private static Network OfIPv4Bytes(ReadOnlySpan<byte> bytes) => new(OfIPv4 | (BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8));
}

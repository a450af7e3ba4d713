using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>
/// The network that a request comes from: IPv4 /24 or IPv6 /48, which is at least what a provider gives one customer. An IPv4-mapped IPv6 address belongs to its IPv4
/// network.
/// </summary>
/// <param name="Prefix">The prefix's bits: equal for two addresses if and only if they are in the same network.</param>
internal readonly record struct Network(ulong Prefix)
{
    private const ulong OfIPv4 = 1UL << 63;
    private const int IPv6Length = 16;
    private const int MappedOffset = 12;

    /// <summary>The network of connections without an address, such as Unix sockets.</summary>
    public static Network Unknown { get; } = new(ulong.MaxValue);

    /// <summary>The network that holds this one and its neighbours: /16 of IPv4, /32 of IPv6, which is what one provider commonly holds.</summary>
    public ulong Wider => (Prefix & OfIPv4) == 0 ? Prefix >> 16 : OfIPv4 | ((Prefix & ~OfIPv4) >> 8);

    public static Network Of(HttpContext http) => Of(http.Connection.RemoteIpAddress);

    /// <summary>Binds the parameter of an endpoint.</summary>
    public static ValueTask<Network> BindAsync(HttpContext http) => new(Of(http));

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

using System.Buffers.Binary;

namespace ArtFresh.Ledger;

/// <summary>
/// A <see cref="PageOfViews"/> as one value: a version byte, then for each a 64-bit count and the last view's Unix milliseconds.
/// With one row a page, counting views of most of the catalogue costs a few hundred writes.
/// </summary>
public sealed class ViewsPage
{
    private const int BytesPerArtwork = 2 * sizeof(long);
    private const byte Version = 1;

    private readonly byte[] _bytes;

    private ViewsPage(byte[] bytes) => _bytes = bytes;

    public static IEnumerable<long> ArtworksOf(long page) => Enumerable.Range(0, PageOfViews.ArtworkCount).Select(slot => (page * PageOfViews.ArtworkCount) + slot);

    /// <exception cref="InvalidDataException">The bytes are not a page of this version.</exception>
    public static ViewsPage FromBytes(byte[]? bytes)
    {
        const int Length = 1 + (PageOfViews.ArtworkCount * BytesPerArtwork);
        if (bytes is null)
        {
            var empty = new byte[Length];
            empty[0] = Version;
            return new ViewsPage(empty);
        }

        return bytes.Length == Length && bytes[0] == Version
            ? new ViewsPage(bytes)
            : throw new InvalidDataException($"A page of views has {bytes.Length} bytes of version {(bytes.Length > 0 ? bytes[0] : 0)}.");
    }

    public void Add(PageOfViews page)
    {
        foreach (var views in page.Views)
        {
            var slot = Slot(views.ArtworkId);
            var last = views.LastViewedAt.ToUnixTimeMilliseconds();
            BinaryPrimitives.WriteInt64LittleEndian(slot, BinaryPrimitives.ReadInt64LittleEndian(slot) + views.Count);
            BinaryPrimitives.WriteInt64LittleEndian(slot[8..], Math.Max(last, BinaryPrimitives.ReadInt64LittleEndian(slot[8..])));
        }
    }

    public (long Count, DateTimeOffset? LastViewedAt) Read(long artworkId)
    {
        var slot = Slot(artworkId);
        var count = BinaryPrimitives.ReadInt64LittleEndian(slot);
        return (count, count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(slot[8..])));
    }

    public byte[] ToBytes() => _bytes;

    private Span<byte> Slot(long artworkId) =>
        _bytes.AsSpan(1 + ((int)(artworkId % PageOfViews.ArtworkCount) * BytesPerArtwork), BytesPerArtwork);
}

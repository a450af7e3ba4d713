using System.Buffers.Binary;

namespace ArtFresh.Storage.Sqlite;

/// <summary>A page of a table or index in a database's file: https://www.sqlite.org/fileformat2.html, "B-tree Pages".</summary>
internal static class SqlitePage
{
    /// <summary>The database's header, before the page's own on the first page.</summary>
    private const int FileHeaderBytes = 100;

    private const int FreeblockHeaderBytes = 4;

    /// <summary>Overwrites what holds no cell with zeros: the gap before the cells, and the freeblocks among them.</summary>
    /// <returns>False, and nothing changed, where it is no such page or not sound.</returns>
    public static bool TryClean(Span<byte> page, bool isFirst)
    {
        var header = isFirst ? FileHeaderBytes : 0;
        if (HeaderBytesOf(page[header]) is not { } headerBytes)
        {
            return false;
        }

        var cells = BinaryPrimitives.ReadUInt16BigEndian(page[(header + 3)..]);
        var gap = header + headerBytes + (2 * cells);
        var start = BinaryPrimitives.ReadUInt16BigEndian(page[(header + 5)..]);
        var content = start == 0 ? 65_536 : start;
        var free = FreeblocksOf(page, BinaryPrimitives.ReadUInt16BigEndian(page[(header + 1)..]), content);
        if (free is null || gap > content || content > page.Length)
        {
            return false;
        }

        page[gap..content].Clear();
        foreach (var (at, bytes) in free)
        {
            page.Slice(at + FreeblockHeaderBytes, bytes - FreeblockHeaderBytes).Clear();
        }

        return true;
    }

    private static int? HeaderBytesOf(byte type) => type switch
    {
        2 or 5 => 12,
        10 or 13 => 8,
        _ => null,
    };

    /// <returns>Null where the chain is not sound.</returns>
    private static List<(int At, int Bytes)>? FreeblocksOf(ReadOnlySpan<byte> page, int first, int content)
    {
        var blocks = new List<(int At, int Bytes)>();
        for (var (at, end) = (first, content); at != 0;)
        {
            // In order, each after the end of the one before.
            if (at < end || at > page.Length - FreeblockHeaderBytes)
            {
                return null;
            }

            var bytes = BinaryPrimitives.ReadUInt16BigEndian(page[(at + 2)..]);
            if (bytes < FreeblockHeaderBytes || at + bytes > page.Length)
            {
                return null;
            }

            blocks.Add((at, bytes));
            (at, end) = (BinaryPrimitives.ReadUInt16BigEndian(page[at..]), at + bytes);
        }

        return blocks;
    }
}

using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ArtFresh.Storage.Sqlite;

/// <summary>A database's file, byte by byte, beside SQLite.</summary>
internal static class SqliteBytes
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Never closed: whoever closes a handle of a file gives up all POSIX locks that the process has on it, and SQLite's with them.</summary>
    private static readonly ConcurrentDictionary<string, SafeFileHandle> Handles = new();

    /// <summary>The pages that have any of the texts, from 0.</summary>
    public static IReadOnlyList<long> FindPages(string path, IEnumerable<string> texts, int pageBytes, CancellationToken cancellationToken)
    {
        var wanted = texts.Select(Encoding.UTF8.GetBytes).ToArray();
        var overlap = wanted.Max(text => text.Length);
        var (file, buffer, pages) = (HandleOf(path), new byte[BufferBytes], new SortedSet<long>());
        for (long offset = 0; ; offset += BufferBytes - overlap)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file, buffer, offset);
            foreach (var text in wanted)
            {
                for (var (from, at) = (0, -1); (at = buffer.AsSpan(from, read - from).IndexOf(text)) >= 0; from += at + 1)
                {
                    pages.Add((offset + from + at) / pageBytes);
                }
            }

            if (read < BufferBytes)
            {
                return [.. pages];
            }
        }
    }

    /// <summary>
    /// Overwrites with zeros what the pages hold outside their cells, and forces it to disk. Only while SQLite's lock for writing is held and its log is empty: then nobody writes
    /// these pages, and whoever reads them does not read what is outside of cells. A crash leaves each of them sound.
    /// </summary>
    /// <returns>False if one is no page of a table or index.</returns>
    public static bool Clean(string path, IEnumerable<long> pages, int pageBytes)
    {
        var (file, page, all) = (HandleOf(path), new byte[pageBytes], true);
        foreach (var number in pages)
        {
            var isClean = RandomAccess.Read(file, page, number * pageBytes) == pageBytes && SqlitePage.TryClean(page, number == 0);
            if (isClean)
            {
                RandomAccess.Write(file, page, number * pageBytes);
            }

            all &= isClean;
        }

        RandomAccess.FlushToDisk(file);
        return all;
    }

    private static SafeFileHandle HandleOf(string path) => Handles.GetOrAdd(
        path, static path => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
}

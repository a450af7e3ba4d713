using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Searches a database's file byte by byte.</summary>
internal static class SqliteBytes
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Never closed: whoever closes a handle of a file gives up all POSIX locks that the process has on it, and SQLite's with them.</summary>
    private static readonly ConcurrentDictionary<string, SafeFileHandle> Handles = new();

    /// <summary>Whether any of the texts is anywhere in the file.</summary>
    public static bool HasAny(string path, IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        var wanted = texts.Select(Encoding.UTF8.GetBytes).ToArray();
        var overlap = wanted.Max(text => text.Length);
        var file = Handles.GetOrAdd(path, static path => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var buffer = new byte[BufferBytes];
        for (long offset = 0; ; offset += BufferBytes - overlap)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file, buffer, offset);
            if (Array.Exists(wanted, text => buffer.AsSpan(0, read).IndexOf(text) >= 0))
            {
                return true;
            }

            if (read < BufferBytes)
            {
                return false;
            }
        }
    }
}

using System.Buffers.Binary;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ArtFresh.Storage.Sqlite;

/// <summary>
/// A file beside the database whose name ends with the mark that the database holds too. A database that is put back has an older mark; where the whole folder is put back,
/// the file is another one of the same name, as its inode and the time of its making show. It holds the number of commits, 8 bytes, little-endian.
/// </summary>
internal sealed class SideFile(string database) : IDisposable
{
    private const string Suffix = ".mark-";

    private readonly Lock _gate = new();
    private SafeFileHandle? _counted;
    private long _countedMark;

    /// <summary>The marks of the files that lie beside the database. A change that ended midway leaves two.</summary>
    public SortedSet<long> Marks()
    {
        var (folder, name) = (Folder, Path.GetFileName(database) + Suffix);
        return [.. Directory.EnumerateFiles(folder, name + "*")
            .Select(file => long.TryParse(Path.GetFileName(file).AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var mark) ? mark : 0)
            .Where(mark => mark > 0)];
    }

    /// <summary>What tells the file of a mark from a copy of it; null where the system does not say.</summary>
    public string? IdentityOf(long mark)
    {
        using var file = Open(mark, FileAccess.Read);
        return IdentityOf(file);
    }

    /// <summary>Commits counted at a mark; 0 where the release that made its file did not count.</summary>
    public long CommitsAt(long mark)
    {
        using var file = Open(mark, FileAccess.Read);
        Span<byte> count = stackalloc byte[sizeof(long)];
        return RandomAccess.Read(file, count, 0) == count.Length ? BinaryPrimitives.ReadInt64LittleEndian(count) : 0;
    }

    /// <summary>Writes the number of commits into the file of a mark. It survives the process, and is not flushed.</summary>
    public void Count(long mark, long commits)
    {
        lock (_gate)
        {
            try
            {
                if (_counted is null || _countedMark != mark)
                {
                    _counted?.Dispose();
                    _counted = null;
                    (_counted, _countedMark) = (Open(mark, FileAccess.Write), mark);
                }

                RandomAccess.Write(_counted, Bytes(commits), 0);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The mark has moved on by now, or cannot be written, which its next move says. The commit stands.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _counted?.Dispose();

    /// <summary>Makes the file of a mark. It is on disk when this returns.</summary>
    /// <param name="commits">In the database until then.</param>
    /// <returns>Its identity.</returns>
    public string? Make(long mark, long commits)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(PathOf(mark));
        using var file = new FileStream(PathOf(mark), options);
        file.Write(Bytes(commits));
        file.Flush(flushToDisk: true);
        FlushFolder();
        return IdentityOf(file.SafeFileHandle);
    }

    /// <summary>Deletes the files of earlier marks. A later one may be another process's.</summary>
    public void DeleteBefore(long mark)
    {
        foreach (var earlier in Marks().Where(earlier => earlier < mark))
        {
            File.Delete(PathOf(earlier));
        }
    }

    private string Folder => Path.GetDirectoryName(Path.GetFullPath(database))!;

    private SafeFileHandle Open(long mark, FileAccess access) => File.OpenHandle(PathOf(mark), FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);

    private static byte[] Bytes(long number)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return bytes;
    }

    /// <summary>The name of a mark's file.</summary>
    public string NameOf(long mark) => string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(database)}{Suffix}{mark}");

    private string PathOf(long mark) => Path.Combine(Folder, NameOf(mark));

    // A name is durable only after fsync of its folder, which .NET cannot open. NTFS journals names.
    private void FlushFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new SafeFileHandle(Open(Folder, 0), ownsHandle: true);
        if (folder.IsInvalid || Synchronise((int)folder.DangerousGetHandle()) != 0)
        {
            throw new IOException($"Flushing {Folder} to disk failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    /// <summary>Inode and time of birth, by statx: a copy has others, whatever times it keeps.</summary>
    private static string? IdentityOf(SafeFileHandle file)
    {
        const int emptyPath = 0x1000;
        const uint inodeAndBirth = 0x100 | 0x800;
        // struct statx: the inode is at byte 32, the time of birth at 80.
        Span<byte> found = stackalloc byte[256];
        return OperatingSystem.IsLinux() && Statx((int)file.DangerousGetHandle(), "", emptyPath, inodeAndBirth, ref MemoryMarshal.GetReference(found)) == 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{BinaryPrimitives.ReadUInt64LittleEndian(found[32..])}-{BinaryPrimitives.ReadInt64LittleEndian(found[80..])}-{BinaryPrimitives.ReadUInt32LittleEndian(found[88..])}")
            : null;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Synchronise(int descriptor);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte found);
}

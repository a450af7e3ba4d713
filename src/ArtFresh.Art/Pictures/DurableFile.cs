using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ArtFresh.Art;

/// <summary>Writes a file atomically and durably: writes it aside, flushes it to disk, renames it, and flushes the rename.</summary>
public static class DurableFile
{
    /// <summary>Writes <paramref name="bytes"/> to <paramref name="path"/>; readers see the old state or the new one, never a part.</summary>
    /// <param name="path">The final path; its folder is created if it is missing.</param>
    /// <param name="asideDirectory">The folder of the unfinished file, on the same file system.</param>
    /// <param name="bytes">The file's content.</param>
    /// <param name="cancellationToken">Cancels the write; the unfinished file is deleted.</param>
    public static async Task WriteAsync(string path, string asideDirectory, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        var aside = Path.Combine(asideDirectory, Guid.CreateVersion7().ToString("N"));
        try
        {
            await using (var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                await file.WriteAsync(bytes, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }

        FlushDirectory(directory);
    }

    /// <summary>Flushes a folder's names to disk. On POSIX a new name is durable only then, and .NET cannot open folders. Windows does not need it: NTFS journals names.</summary>
    /// <exception cref="IOException">The folder cannot be flushed.</exception>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(directory, 0);
        if (descriptor < 0)
        {
            throw new IOException($"Opening {directory} to flush it failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        try
        {
            if (Synchronise(descriptor) != 0)
            {
                throw new IOException($"Flushing {directory} to disk failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Synchronise(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}

using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ArtFresh.Art;

/// <summary>Puts a file in its place whole: written aside, forced to disk, renamed, and the rename forced to disk too.</summary>
internal static class DurableFile
{
    /// <summary>Writes <paramref name="bytes"/> to <paramref name="path"/>; readers see the old state or the new one, never a part.</summary>
    /// <param name="path">The final path; its folder is made where it is missing.</param>
    /// <param name="asideDirectory">Where the unfinished file is kept: a folder of the same file system.</param>
    /// <param name="bytes">The file's content.</param>
    /// <param name="cancellationToken">Gives up; the unfinished file is deleted.</param>
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

    // POSIX promises a rename's durability only after fsync of its folder, and .NET opens no folders. Windows needs none: NTFS journals names.
    private static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(directory, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder of a picture cannot be opened to flush it: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        try
        {
            if (Synchronise(descriptor) != 0)
            {
                throw new IOException($"The folder of a picture cannot be flushed to disk: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
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

using System.Text;
using ArtFresh.Art;

namespace ArtFresh.Server;

/// <summary>Folders (0700) and files (0600) that only this user can read, on Unix. On Windows permissions are inherited.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode File600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder700 = File600 | UnixFileMode.UserExecute;

    /// <summary>Creates a folder if it is missing, and removes other users' permissions if not.</summary>
    public static void CreateFolder(string path)
    {
        CreateMissingFolder(path);
        // A sticky folder is shared by all users, such as /tmp.
        if (!OperatingSystem.IsWindows() && !File.GetUnixFileMode(path).HasFlag(UnixFileMode.StickyBit))
        {
            Tighten(path, Folder700);
        }
    }

    /// <summary>Creates a folder if it is missing. One that is there keeps the permissions that somebody gave it.</summary>
    public static void CreateMissingFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Folder700);
        }
    }

    /// <summary>Creates an empty file if it is missing.</summary>
    public static void CreateFile(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            using (new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = File600 }))
            {
            }
        }
    }

    /// <summary>Writes a file that is whole and on disk when this returns, also after a power cut. One that exists stays.</summary>
    /// <exception cref="IOException">It exists.</exception>
    public static void Write(string path, string text) => Write(path, text, overwrite: false);

    /// <summary>As <see cref="Write(string, string)"/>, but replaces one that exists.</summary>
    public static void Replace(string path, string text) => Write(path, text, overwrite: true);

    private static void Write(string path, string text, bool overwrite)
    {
        // Processes may share the folder and write at once: each has a draft of its own, and readers see none of it.
        var draft = $"{path}.{Guid.CreateVersion7():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File600;
        }

        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }

        DurableFile.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Removes other users' permissions from a folder's files, except files that another user owns.</summary>
    public static void TightenFiles(string folder, string pattern)
    {
        if (!OperatingSystem.IsWindows() && Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, pattern))
            {
                Tighten(file, File600);
            }
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Tighten(string path, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode(path, mode);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or FileNotFoundException)
        {
            // Another user owns it, as with a mounted volume; or SQLite has just removed it.
        }
    }
}

using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Server;

/// <summary>The folder of everything that must outlive the process. One server at a time uses it.</summary>
public sealed class DataDirectory : IDisposable
{
    private const int LockTriesMax = 5;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    private readonly FileStream? _lock;

    private DataDirectory(string path, FileStream? held) => (Path, _lock) = (path, held);

    /// <summary>
    /// The default of server and commands: <c>data</c> in the clone that the program was built in, whichever folder it is started from; without a
    /// clone, <c>data</c> in the current directory.
    /// </summary>
    public static string Default { get; } = System.IO.Path.Combine(CloneOf(AppContext.BaseDirectory) ?? Directory.GetCurrentDirectory(), "data");

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>The ledger's file.</summary>
    public string Ledger => System.IO.Path.Combine(Path, SqliteDatabase.FileName);

    /// <summary>Folder of stored pictures.</summary>
    public string Pictures => System.IO.Path.Combine(Path, "pictures");

    private static ReadOnlySpan<byte> SqliteHeader => "SQLite format 3\0"u8;

    /// <summary>A data directory that is not created.</summary>
    public static DataDirectory At(string path) => new(System.IO.Path.GetFullPath(path), null);

    /// <summary>The sentence about a file that is no ledger.</summary>
    public static string NoLedger(string file, string why) => $"{file} is not an SQLite database, or is damaged ({why}). Put a backup in its place, or name another folder.";

    /// <summary>Refuses a ledger file that is not an SQLite database. A missing or empty file is valid: the server creates it.</summary>
    /// <exception cref="SettingException">It is not an SQLite database, or cannot be read.</exception>
    public void RefuseNoLedger()
    {
        try
        {
            using var file = File.OpenRead(Ledger);
            Span<byte> header = stackalloc byte[SqliteHeader.Length];
            if (file.Length > 0 && (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.SequenceEqual(SqliteHeader)))
            {
                throw new SettingException(NoLedger($"{Ledger} in ArtFresh:DataDirectory", "its first bytes are others"));
            }
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new SettingException($"{Ledger} in ArtFresh:DataDirectory cannot be read: {refused.Message}");
        }
    }

    /// <summary>Tries whether the folder can be created, or written if it exists, and leaves nothing behind.</summary>
    /// <exception cref="SettingException">It cannot.</exception>
    public void RefuseUnwritable()
    {
        var present = Path;
        while (!System.IO.Path.Exists(present) && System.IO.Path.GetDirectoryName(present) is { } above)
        {
            present = above;
        }

        var trial = System.IO.Path.Combine(present, $".artfresh-check-{Guid.CreateVersion7():N}");
        Create(trial, Path);
        Directory.Delete(trial);
    }

    /// <summary>Creates the folder if it is missing, readable by this user only. Takes no lock, so that a command can run beside a server.</summary>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        Create(full, full);

        var keys = System.IO.Path.Combine(full, "keys");
        if (Directory.Exists(keys))
        {
            PrivateFiles.CreateFolder(keys);
            PrivateFiles.TightenFiles(keys, "*");
        }

        PrivateFiles.TightenFiles(full, "*.key");

        return new DataDirectory(full, null);
    }

    /// <summary>As <see cref="Open"/>, and locks the folder against other servers until disposed.</summary>
    /// <exception cref="SettingException">Another server uses the folder, or it cannot be written.</exception>
    public static DataDirectory Lock(string path)
    {
        var directory = Open(path);
        Directory.CreateDirectory(System.IO.Path.Combine(directory.Path, "music"));
        try
        {
            var held = HoldLock(LockOf(directory.Path));
            // SQLite creates its other files with the mode of the database file.
            PrivateFiles.CreateFile(directory.Ledger);
            PrivateFiles.TightenFiles(directory.Path, SqliteDatabase.FileName + "*");
            return new DataDirectory(directory.Path, held);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"ArtFresh:DataDirectory {directory.Path} is in use by another server, or cannot be written: {refused.Message}");
        }
    }

    /// <summary>Whether a server has locked the folder.</summary>
    public bool IsInUse()
    {
        try
        {
            using var probe = new FileStream(LockOf(Path), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();

    private static FileStream HoldLock(string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < LockTriesMax)
            {
                // A command that looks whether a server runs has the file for a moment.
                Thread.Sleep(LockPause);
            }
        }
    }

    private static string LockOf(string folder) => System.IO.Path.Combine(folder, "server.lock");

    private static void Create(string folder, string named)
    {
        try
        {
            PrivateFiles.CreateFolder(folder);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"ArtFresh:DataDirectory {named} cannot be created or written: {refused.Message}");
        }
    }

    private static string? CloneOf(string? path)
    {
        while (path is not null && !File.Exists(System.IO.Path.Combine(path, "ArtFresh.sln")))
        {
            path = System.IO.Path.GetDirectoryName(path);
        }

        return path;
    }
}

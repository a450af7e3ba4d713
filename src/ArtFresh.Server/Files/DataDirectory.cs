using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Server;

/// <summary>The folder of everything that must outlive the process. One server at a time uses it.</summary>
public sealed class DataDirectory : IDisposable
{
    /// <summary>The file that a server locks. It has content while the server runs, so that the next start knows how the last one stopped.</summary>
    internal const string LockName = "server.lock";

    /// <summary>The folder of what a restore has read and not put in its place.</summary>
    internal const string RestoringName = "restoring";

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

    /// <summary>Whether the last server did not stop by itself, or the ledger's file was copied here: then the file may be damaged.</summary>
    public bool IsLedgerSuspect { get; private init; }

    /// <inheritdoc cref="RestoringName"/>
    internal string Restoring => System.IO.Path.Combine(Path, RestoringName);

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
    /// <exception cref="SettingException">Another server uses the folder, it cannot be written, or a restore into it has not ended.</exception>
    public static DataDirectory Lock(string path)
    {
        var directory = LockForRestore(path);
        if (Directory.Exists(directory.Restoring))
        {
            directory.Dispose();
            throw new SettingException($"A restore into ArtFresh:DataDirectory {directory.Path} did not end. Repeat it with --replace, or delete {directory.Restoring} if the directory is as it should be.");
        }

        PrivateFiles.CreateFolder(System.IO.Path.Combine(directory.Path, "music"));
        PrivateFiles.CreateFolder(directory.Pictures);
        PrivateFiles.TightenFiles(directory.Path, LockName);
        // SQLite creates its other files with the mode of the database file.
        PrivateFiles.CreateFile(directory.Ledger);
        PrivateFiles.TightenFiles(directory.Path, SqliteDatabase.FileName + "*");
        return directory;
    }

    /// <summary>As <see cref="Lock"/>, and leaves everything else as it is.</summary>
    /// <exception cref="SettingException">Another server uses the folder, or it cannot be written.</exception>
    internal static DataDirectory LockForRestore(string path)
    {
        var directory = Open(path);
        try
        {
            var hasLock = File.Exists(LockOf(directory.Path));
            var held = HoldLock(LockOf(directory.Path));
            return new DataDirectory(directory.Path, held)
            {
                IsLedgerSuspect = LengthOf(directory.Ledger) > 0 && (!hasLock || held.Length > 0 || LengthOf(directory.Ledger + "-wal") > 0),
            };
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"ArtFresh:DataDirectory {directory.Path} is in use by another server, or cannot be written: {refused.Message}");
        }
    }

    /// <summary>Call it before the ledger is written.</summary>
    internal void MarkRunning() => Mark("running\n"u8);

    /// <summary>Call it when all is written and closed, and the ledger's file is known to be sound.</summary>
    internal void MarkStopped() => Mark([]);

    /// <summary>Removes the lock of a folder that nothing was put into.</summary>
    /// <param name="withFolder">Whether to remove the folder too.</param>
    internal void RemoveLock(bool withFolder)
    {
        Dispose();
        File.Delete(LockOf(Path));
        if (withFolder)
        {
            Directory.Delete(Path);
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
                PrivateFiles.CreateFile(path);
                // Unbuffered: what a full disk has refused would be written again when the file is closed.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException) when (tries < LockTriesMax)
            {
                // A command that looks whether a server runs has the file for a moment.
                Thread.Sleep(LockPause);
            }
        }
    }

    private void Mark(ReadOnlySpan<byte> content)
    {
        if (_lock is not null)
        {
            // Written first: if the disk is full, the mark of before stays.
            _lock.Position = 0;
            _lock.Write(content);
            _lock.SetLength(content.Length);
            _lock.Flush(flushToDisk: true);
        }
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static string LockOf(string folder) => System.IO.Path.Combine(folder, LockName);

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

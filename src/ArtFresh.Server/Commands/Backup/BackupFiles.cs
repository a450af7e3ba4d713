using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Server;

/// <summary>Which files of a data directory a backup has, and by which names.</summary>
internal static class BackupFiles
{
    /// <summary>The archive's last entry, without which it is not whole.</summary>
    public const string ManifestName = "artfresh-backup.json";

    /// <summary>Where what a restore has replaced is kept, with the restore's time behind it.</summary>
    public const string ReplacedPrefix = "before-restore-";

    /// <summary>Caches, unfinished files, and what belongs to a process or to a restore.</summary>
    private static readonly string[] LeftOut = ["pictures/unfinished/", "pictures/scaled/", DataDirectory.RestoringName + "/"];

    /// <summary>All files but the ledger's, by their names in the archive, in order. Links are not followed.</summary>
    public static IEnumerable<(string Name, string Path)> Find(string directory) => Directory
        .EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Select(path => (Name: System.IO.Path.GetRelativePath(directory, path).Replace('\\', '/'), Path: path))
        .Where(file => !file.Name.StartsWith(SqliteDatabase.FileName, StringComparison.Ordinal)
            && file.Name != DataDirectory.LockName
            && !file.Name.StartsWith(ReplacedPrefix, StringComparison.Ordinal)
            && !Array.Exists(LeftOut, prefix => file.Name.StartsWith(prefix, StringComparison.Ordinal)))
        .OrderBy(file => file.Name, StringComparer.Ordinal);

    /// <summary>Whether somebody keeps something in a directory: any file but a lock.</summary>
    public static bool HasAny(string directory) => Directory.Exists(directory)
        && Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Any(path => Path.GetRelativePath(directory, path) != DataDirectory.LockName && new FileInfo(path).Length > 0);

    /// <summary>The path of an entry below a directory.</summary>
    /// <exception cref="InvalidDataException">The name leads out of the directory.</exception>
    public static string PathOf(string directory, string name)
    {
        var path = Path.GetFullPath(Path.Combine(directory, name));
        return path.StartsWith(directory + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"'{name}' leads out of the archive: it is no backup of ArtFresh.");
    }
}

/// <summary>The last entry of an archive.</summary>
/// <param name="Format">Grows when an older program could not read it.</param>
/// <param name="Version">Of the program that wrote it.</param>
/// <param name="MadeAt">The moment whose ledger it has.</param>
/// <param name="Files">SHA-256 of each file, by its name.</param>
internal sealed record BackupManifest(int Format, string Version, DateTimeOffset MadeAt, SortedDictionary<string, string> Files)
{
    public const int CurrentFormat = 1;
}

/// <summary>How far a backup or restore is, in bytes.</summary>
internal sealed class BackupProgress
{
    public double Done { get; set; }

    public double Total { get; set; } = 1;
}

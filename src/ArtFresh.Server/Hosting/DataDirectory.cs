namespace ArtFresh.Server;

/// <summary>The folder of everything that must outlive the process. One server at a time.</summary>
public sealed class DataDirectory : IDisposable
{
    private readonly FileStream? _lock;

    private DataDirectory(string path, FileStream? held) => (Path, _lock) = (path, held);

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>The ledger's file.</summary>
    public string Ledger => System.IO.Path.Combine(Path, "artfresh.db");

    /// <summary>Folder of stored pictures.</summary>
    public string Pictures => System.IO.Path.Combine(Path, "pictures");

    /// <summary>Creates the folder where it is missing; a command beside a running server needs no lock.</summary>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"ArtFresh:DataDirectory {full} cannot be created: {refused.Message}");
        }

        return new DataDirectory(full, null);
    }

    /// <summary>As <see cref="Open"/>, and keeps other servers out until disposed.</summary>
    /// <exception cref="SettingException">Another server runs on this folder, or it cannot be written.</exception>
    public static DataDirectory Lock(string path)
    {
        var directory = Open(path);
        Directory.CreateDirectory(System.IO.Path.Combine(directory.Path, "music"));
        try
        {
            var held = new FileStream(
                System.IO.Path.Combine(directory.Path, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(directory.Path, held);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"ArtFresh:DataDirectory {directory.Path} is in use by another server, or cannot be written: {refused.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();
}

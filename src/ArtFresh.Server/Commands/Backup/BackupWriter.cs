using System.Formats.Tar;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using ArtFresh.Art;
using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Server;

/// <summary>Writes a data directory into one archive (tar), beside its server.</summary>
internal sealed class BackupWriter(DataDirectory directory, string file, BackupProgress progress)
{
    private const UnixFileMode OnlyMine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SortedDictionary<string, string> _hashes = new(StringComparer.Ordinal);

    /// <summary>What the archive is called until it is whole.</summary>
    private string Unfinished => file + ".unfinished";

    /// <summary>The ledger's copy, until it is in the archive.</summary>
    private string LedgerCopy => file + ".ledger";

    /// <returns>What the archive has.</returns>
    /// <exception cref="SettingException">The ledger is damaged.</exception>
    public async Task<BackupManifest> WriteAsync(CancellationToken stop)
    {
        try
        {
            var madeAt = TimeProvider.System.GetUtcNow();
            await CopyLedgerAsync(stop);
            var manifest = await ArchiveAsync(madeAt, stop);
            File.Move(Unfinished, file);
            DurableFile.FlushDirectory(Path.GetDirectoryName(file)!);
            return manifest;
        }
        finally
        {
            File.Delete(Unfinished);
            foreach (var ending in (ReadOnlySpan<string>)["", "-wal", "-shm", "-journal"])
            {
                File.Delete(LedgerCopy + ending);
            }
        }
    }

    private async Task CopyLedgerAsync(CancellationToken stop)
    {
        File.Delete(LedgerCopy);
        PrivateFiles.CreateFile(LedgerCopy);
        using (var ledger = new SqliteDatabase(directory.Ledger))
        {
            // The copy is a third of the work: the check and the archive read it again.
            await ledger.CopyAsync(LedgerCopy, (done, total) => (progress.Done, progress.Total) = (done, 3.0 * total), stop);
        }

        using var copy = new SqliteDatabase(LedgerCopy);
        if (await copy.FindDamageAsync(1, stop) is [var fault, ..])
        {
            throw new SettingException($"{DataDirectory.NoLedger(directory.Ledger, fault)} No backup was written.");
        }
    }

    private async Task<BackupManifest> ArchiveAsync(DateTimeOffset madeAt, CancellationToken stop)
    {
        // Pictures are written before the ledger names them, and keys before they sign: listed now, they are all that the ledger's copy needs.
        (string Name, string Path)[] files = [(SqliteDatabase.FileName, LedgerCopy), .. BackupFiles.Find(directory.Path)];
        var bytes = (double)files.Sum(one => new FileInfo(one.Path).Length);
        (progress.Done, progress.Total) = (bytes, 2 * bytes);
        await using var stream = new FileStream(Unfinished, NewFile());
        await using (var archive = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, path) in files)
            {
                await AddAsync(archive, name, path, stop);
                progress.Done = bytes + stream.Position;
            }

            var manifest = new BackupManifest(BackupManifest.CurrentFormat, VersionOfProgram(), madeAt, _hashes);
            await archive.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, BackupFiles.ManifestName) { Mode = OnlyMine, DataStream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, JsonSerializerOptions.Web)) },
                stop);
            await archive.DisposeAsync();
            stream.Flush(flushToDisk: true);
            return manifest;
        }
    }

    private async Task AddAsync(TarWriter archive, string name, string path, CancellationToken stop)
    {
        await using var content = OpenUnlessGone(path);
        if (content is null)
        {
            return;
        }

        using var hash = SHA256.Create();
        await using var hashed = new CryptoStream(content, hash, CryptoStreamMode.Read);
        await archive.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = OnlyMine, DataStream = hashed }, stop);
        _hashes[name] = Convert.ToHexStringLower(hash.Hash!);
    }

    /// <summary>A draft of another process may be gone again.</summary>
    private static FileStream? OpenUnlessGone(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, useAsync: true);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 1 << 16, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OnlyMine;
        }

        return options;
    }

    private static string VersionOfProgram() => typeof(BackupWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}

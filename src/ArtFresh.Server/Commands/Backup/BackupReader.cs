using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using ArtFresh.Art;
using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Server;

/// <summary>Reads an archive of <see cref="BackupWriter"/> into a folder and checks each file.</summary>
internal sealed class BackupReader(string file, string folder, BackupProgress progress)
{
    /// <summary>Where the first header of a tar archive says that it is one.</summary>
    private const int MagicAt = 257;

    private readonly SortedDictionary<string, string> _hashes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = [folder];

    /// <returns>What the archive has.</returns>
    /// <exception cref="SettingException">The archive is not whole, or its ledger is damaged.</exception>
    public async Task<BackupManifest> ReadAsync(CancellationToken stop)
    {
        try
        {
            var manifest = await ExtractAsync(stop);
            if (manifest.Format > BackupManifest.CurrentFormat)
            {
                throw new SettingException($"{file} was written by a newer version ({manifest.Version}). Restore it with that one.");
            }

            if (!manifest.Files.SequenceEqual(_hashes))
            {
                throw new InvalidDataException($"{manifest.Files.Except(_hashes).Concat(_hashes.Except(manifest.Files)).First().Key} is not as it was written");
            }
        }
        catch (EndOfStreamException)
        {
            throw new SettingException($"{file} is cut short: it ends in the middle, after {new FileInfo(file).Length} bytes. Copy it again, or take another backup; nothing was changed.");
        }
        catch (JsonException)
        {
            throw new SettingException($"{file} is no whole backup: its list of files, {BackupFiles.ManifestName}, cannot be read. Take another; nothing was changed.");
        }
        catch (InvalidDataException broken)
        {
            throw new SettingException($"{file} is no whole backup: {broken.Message.TrimEnd('.')}. Take another; nothing was changed.");
        }

        var ledger = Path.Combine(folder, SqliteDatabase.FileName);
        using var restored = new SqliteDatabase(ledger);
        if (!File.Exists(ledger) || await restored.FindDamageAsync(1, stop) is [_, ..])
        {
            throw new SettingException($"{file} has no sound ledger. Take another backup; nothing was changed.");
        }

        return _manifest!;
    }

    private BackupManifest? _manifest;

    private async Task<BackupManifest> ExtractAsync(CancellationToken stop)
    {
        await using var stream = File.OpenRead(file);
        progress.Total = Math.Max(1, stream.Length);
        if (!await IsTarAsync(stream, stop))
        {
            throw new SettingException($"{file} is no backup: it is no tar archive. Name a file that 'backup' has written; nothing was changed.");
        }

        await using var archive = new TarReader(stream);
        while (await NextAsync(archive, stream, stop) is { } entry)
        {
            if (_manifest is not null || entry.EntryType != TarEntryType.RegularFile)
            {
                throw new InvalidDataException($"the entry {entry.Name} is out of place");
            }

            if (entry.Name == BackupFiles.ManifestName)
            {
                _manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(entry.DataStream ?? Stream.Null, JsonSerializerOptions.Web, stop);
                continue;
            }

            _hashes[entry.Name] = await WriteAsync(BackupFiles.PathOf(folder, entry.Name), entry.DataStream ?? Stream.Null, stop);
            progress.Done = stream.Position;
        }

        foreach (var written in _folders)
        {
            DurableFile.FlushDirectory(written);
        }

        // The list is the last entry.
        return _manifest ?? throw new EndOfStreamException();
    }

    /// <summary>Whether a file begins as a tar archive does. The stream is at its start afterwards.</summary>
    private static async Task<bool> IsTarAsync(FileStream stream, CancellationToken stop)
    {
        var start = new byte[MagicAt + "ustar"u8.Length];
        var length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, stop);
        stream.Position = 0;
        return length == start.Length && start.AsSpan(MagicAt).SequenceEqual("ustar"u8);
    }

    private static async Task<TarEntry?> NextAsync(TarReader archive, FileStream stream, CancellationToken stop)
    {
        var from = stream.Position;
        try
        {
            return await archive.GetNextEntryAsync(copyData: false, stop);
        }
        catch (Exception broken) when (broken is InvalidDataException or FormatException)
        {
            throw new InvalidDataException($"after byte {from} it is no tar archive, or was changed");
        }
    }

    /// <returns>The content's SHA-256.</returns>
    private async Task<string> WriteAsync(string path, Stream content, CancellationToken stop)
    {
        var below = Path.GetDirectoryName(path)!;
        if (_folders.Add(below))
        {
            PrivateFiles.CreateFolder(below);
        }

        PrivateFiles.CreateFile(path);
        using var hash = SHA256.Create();
        await using var target = new FileStream(path, FileMode.Truncate, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
        await using (var hashed = new CryptoStream(target, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            await content.CopyToAsync(hashed, stop);
        }

        target.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.Hash!);
    }
}

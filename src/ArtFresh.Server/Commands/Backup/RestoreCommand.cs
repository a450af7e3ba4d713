using System.CommandLine;
using System.Globalization;
using ArtFresh.Art;

namespace ArtFresh.Server;

/// <summary><c>restore FILE</c>: makes a data directory from a backup.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "An archive that the command backup wrote." };
        var data = LedgerChoice.DataOption("The data directory to restore into.");
        var replace = new Option<bool>("--replace") { Description = $"Replaces what the directory has, which is kept in it as {BackupFiles.ReplacedPrefix}TIME." };
        var json = OperatorCommands.JsonOption();
        var restore = new Command(
            "restore",
            "Restores a backup into a data directory, whose server must be stopped. Every file and the whole ledger are checked before anything is replaced. "
            + "Exits with 0 when a server can be started on the directory, 2 if nothing was restored.")
        {
            file, data, replace, json,
        };
        restore.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(() =>
        {
            BackupCommand.RefuseCluster(parsed, data);
            return RunAsync(Path.GetFullPath(parsed.GetValue(file)!), parsed.GetValue(data)!, parsed.GetValue(replace), parsed.GetValue(json), stop);
        }));
        return restore;
    }

    private static async Task<bool> RunAsync(string file, string data, bool replaces, bool isJson, CancellationToken stop)
    {
        if (!File.Exists(file))
        {
            throw new SettingException($"There is no file {file}.");
        }

        var isUsed = BackupFiles.HasAny(DataDirectory.At(data).Path);
        if (isUsed && !replaces)
        {
            throw new SettingException(DataDirectory.At(data).IsInUse()
                ? $"A server runs on {DataDirectory.At(data).Path}. Stop it, and say --replace, or name an empty directory."
                : $"{DataDirectory.At(data).Path} has a server's files already. Name an empty directory, or say --replace, which keeps what is there in a folder of it.");
        }

        var isNew = !Directory.Exists(DataDirectory.At(data).Path);
        using var directory = DataDirectory.LockForRestore(data);
        var progress = new BackupProgress();
        BackupManifest manifest;
        try
        {
            manifest = await OperatorConsole.ShowAsync(
                "Restoring the backup", () => (progress.Done, progress.Total), () => Task.Run(() => ReadAsync(directory, file, progress, stop), CancellationToken.None));
        }
        catch when (!isUsed)
        {
            // As it was found: a directory with a lock would be taken for a server's.
            directory.RemoveLock(isNew);
            throw;
        }

        var replaced = isUsed ? Path.Combine(directory.Path, BackupFiles.ReplacedPrefix + TimeProvider.System.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)) : null;
        Exchange(directory, replaced);
        OperatorConsole.WriteResult(
            isJson,
            new { Directory = directory.Path, manifest.MadeAt, Files = manifest.Files.Count, Replaced = replaced },
            string.Create(CultureInfo.InvariantCulture, $"{directory.Path}: {OperatorConsole.Counted(manifest.Files.Count, "file")} as of {OperatorCommands.TimeOf(manifest.MadeAt)}.{(replaced is null ? "" : $" What was there is in {replaced}.")} Start the server; if listeners were erased after the backup, run 'erasures apply' first."));
        return true;
    }

    private static async Task<BackupManifest> ReadAsync(DataDirectory directory, string file, BackupProgress progress, CancellationToken stop)
    {
        // Left by a restore that was killed.
        Remove(directory.Restoring);
        PrivateFiles.CreateFolder(directory.Restoring);
        try
        {
            return await new BackupReader(file, directory.Restoring, progress).ReadAsync(stop);
        }
        catch
        {
            Remove(directory.Restoring);
            throw;
        }
    }

    /// <summary>If this is killed, the folder of what is to be restored stays, and no server starts until the restore is repeated.</summary>
    private static void Exchange(DataDirectory directory, string? replaced)
    {
        if (replaced is not null)
        {
            PrivateFiles.CreateFolder(replaced);
            Move(directory.Path, replaced, name => name != DataDirectory.LockName && name != DataDirectory.RestoringName && !name.StartsWith(BackupFiles.ReplacedPrefix, StringComparison.Ordinal));
        }

        Move(directory.Restoring, directory.Path, _ => true);
        directory.MarkStopped();
        DurableFile.FlushDirectory(directory.Path);
        Remove(directory.Restoring);
    }

    private static void Move(string from, string to, Predicate<string> isMeant)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(from).Where(path => isMeant(Path.GetFileName(path))).ToList())
        {
            var target = Path.Combine(to, Path.GetFileName(path));
            if (Directory.Exists(path))
            {
                // An empty folder of a directory that nobody has used.
                Remove(target);
                Directory.Move(path, target);
            }
            else
            {
                File.Move(path, target, overwrite: true);
            }
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

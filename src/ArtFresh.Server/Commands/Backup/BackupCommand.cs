using System.CommandLine;
using System.Globalization;

namespace ArtFresh.Server;

/// <summary><c>backup FILE</c>: a data directory in one archive, consistent and checked, beside its server.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The archive to write (tar). It must not exist, and must not be in the data directory." };
        var data = LedgerChoice.DataOption("The server's data directory.");
        var json = OperatorCommands.JsonOption();
        var backup = new Command(
            "backup",
            "Writes the embedded ledger, pictures, keys and songs into one archive, which has everybody's keys: protect it. A server may run meanwhile. Links are not followed. "
            + "Needs room for the ledger's copy beside the archive. Exits with 0 when the archive is on disk and its ledger is checked, 2 if none was written. For a cluster use pg_dump.")
        {
            file, data, json,
        };
        backup.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(() =>
        {
            RefuseCluster(parsed, data);
            return RunAsync(DataDirectory.At(parsed.GetValue(data)!), Path.GetFullPath(parsed.GetValue(file)!), parsed.GetValue(json), stop);
        }));
        return backup;
    }

    /// <exception cref="SettingException">A server started here would use a cluster's database.</exception>
    internal static void RefuseCluster(ParseResult parsed, Option<string> data)
    {
        if (!LedgerChoice.IsNamed(parsed, data) && LedgerChoice.Defaults.GetConnectionString("Ledger") is { Length: > 0 })
        {
            throw new SettingException("ConnectionStrings:Ledger names a cluster's PostgreSQL: use pg_dump and pg_restore for it, or name an embedded server's directory with --data.");
        }
    }

    private static async Task<bool> RunAsync(DataDirectory directory, string file, bool isJson, CancellationToken stop)
    {
        Refuse(directory, file);
        var progress = new BackupProgress();
        var manifest = await OperatorConsole.ShowAsync(
            "Writing the backup", () => (progress.Done, progress.Total), () => Task.Run(() => new BackupWriter(directory, file, progress).WriteAsync(stop), CancellationToken.None));
        var bytes = new FileInfo(file).Length;
        OperatorConsole.WriteResult(
            isJson,
            new { File = file, Bytes = bytes, manifest.MadeAt, Files = manifest.Files.Count },
            string.Create(CultureInfo.InvariantCulture, $"{file}: {OperatorConsole.Counted(manifest.Files.Count, "file")}, {bytes / 1e6:0.0} MB. The ledger is as of {OperatorCommands.TimeOf(manifest.MadeAt)} and was found sound."));
        return true;
    }

    private static void Refuse(DataDirectory directory, string file)
    {
        if (!File.Exists(directory.Ledger))
        {
            throw new SettingException($"There is no ledger at {directory.Ledger}. Name the server's data directory with --data.");
        }

        directory.RefuseNoLedger();
        if (Path.Exists(file))
        {
            throw new SettingException($"{file} exists. Name a new file: a backup never overwrites another.");
        }

        if (file.StartsWith(directory.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new SettingException($"{file} is in the data directory, where the next backup would include it. Name a file elsewhere, best on another disk.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(file)))
        {
            throw new SettingException($"There is no folder {Path.GetDirectoryName(file)}. Create it, or name another.");
        }
    }
}

using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtFresh.Server.Tests;

/// <summary>Backups of an embedded server, and what a start and <c>verify</c> say of a damaged copy.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("artfresh-backup-").FullName;

    private string Archive => Path.Combine(_folder, "backup.tar");

    private string Restored => Path.Combine(_folder, "restored");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BackupUnderLoadRestoresWholeWithAcknowledgedBatchesKeysAndPictures()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        var picture = Path.Combine(server.DataDirectory, "pictures", "ab", "cd.webp");
        Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
        await File.WriteAllTextAsync(picture, "a picture", Stop);
        using var early = new HttpListenerClient(server.Address);
        await early.SignInAsync();
        var session = await early.OpenAsync();
        var art = await early.FreshAsync(session, 20, 0.5, 0.5);
        await early.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, art));
        using var stopped = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoadAsync(server.Address, stopped.Token)));

        var backup = await Tool.RunAsync("backup", Archive, "--data", server.DataDirectory, "--json");
        await stopped.CancelAsync();
        await load;
        var restore = await Tool.RunAsync("restore", Archive, "--data", Restored, "--json");
        var verify = await Tool.RunAsync("verify", "--data", Restored);

        Assert.True(backup.ExitCode == 0 && restore.ExitCode == 0 && verify.ExitCode == 0, backup.Errors + restore.Errors + verify.Output + verify.Errors);
        Assert.Equal("a picture", await File.ReadAllTextAsync(Path.Combine(Restored, "pictures", "ab", "cd.webp"), Stop));
        Assert.Equal(server.OperatorsKey, (await File.ReadAllTextAsync(Path.Combine(Restored, "operators.key"), Stop)).Trim());
        Assert.Equal(Names(Path.Combine(server.DataDirectory, "keys")), Names(Path.Combine(Restored, "keys")));
        Assert.Equal(art.Length, new ServerLedger(Path.Combine(Restored, SqliteDatabase.FileName)).Impressions().Count(shown => shown.Session == Guid.Parse(session)));
        Assert.Equal(["backup.tar", "restored"], Names(_folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Archive));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Restored, SqliteDatabase.FileName)));
        }
    }

    [Fact]
    public async Task RestoreReplacesADirectoryOnlyWhenToldAndKeepsWhatWasThere()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        await BackUpAsync(server);
        Assert.Contains("run 'erasures apply' first", (await Tool.RunAsync("restore", Archive, "--data", Path.Combine(Restored, "another"))).Output, StringComparison.Ordinal);
        var running = await Tool.RunAsync("restore", Archive, "--data", server.DataDirectory, "--replace");
        await server.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(server.DataDirectory, "later.key"), "made after the backup", Stop);

        var refused = await Tool.RunAsync("restore", Archive, "--data", server.DataDirectory);
        var replaced = await Tool.RunAsync("restore", Archive, "--data", server.DataDirectory, "--replace", "--json");
        await server.StartAsync();

        Assert.Equal((2, 2, 0), (running.ExitCode, refused.ExitCode, replaced.ExitCode));
        Assert.Contains("in use by another server", running.Errors, StringComparison.Ordinal);
        Assert.Contains("--replace", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(server.DataDirectory, "later.key")));
        Assert.True(File.Exists(Path.Combine(replaced.Json.GetProperty("replaced").GetString()!, "later.key")));
        Assert.False(Directory.Exists(Path.Combine(server.DataDirectory, "restoring")));
    }

    [Theory]
    [InlineData("cut off", "is cut short: it ends in the middle, after")]
    [InlineData("cut off in a header", "is cut short: it ends in the middle, after")]
    [InlineData("a byte of the ledger changed", "is no whole backup: ")]
    [InlineData("no archive", "is no backup: it is no tar archive")]
    [InlineData("another kind of file", "is no backup: it is no tar archive")]
    [InlineData("six bytes", "is no backup: it is no tar archive")]
    public async Task RestoreRefusesADamagedArchiveAndLeavesNothing(string damage, string said)
    {
        await using (var server = new ServerProcess())
        {
            await server.StartAsync();
            await BackUpAsync(server);
        }

        using (var archive = new FileStream(Archive, FileMode.Open))
        {
            switch (damage)
            {
                case "cut off":
                    archive.SetLength(archive.Length / 2);
                    break;
                case "cut off in a header":
                    archive.SetLength(300);
                    break;
                case "another kind of file":
                    archive.SetLength(0);
                    archive.Write(new byte[4096].Select(_ => (byte)'x').ToArray());
                    break;
                case "six bytes":
                    archive.SetLength(0);
                    archive.Write("hello\n"u8);
                    break;
                case "no archive":
                    archive.Write(new byte[4096]);
                    break;
                default:
                    archive.Position = 20_000;
                    var value = archive.ReadByte();
                    archive.Position = 20_000;
                    archive.WriteByte((byte)~value);
                    break;
            }
        }

        var restore = await Tool.RunAsync("restore", Archive, "--data", Restored);

        Assert.Equal((2, ""), (restore.ExitCode, restore.Output));
        Assert.Contains("nothing was changed", restore.Errors, StringComparison.Ordinal);
        Assert.Contains($"{Archive} is ", restore.Errors, StringComparison.Ordinal);
        Assert.Contains(said, restore.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Restored), "a directory is left behind");
    }

    [Fact]
    public async Task ServerDoesNotStartOnAnUnfinishedRestore()
    {
        Directory.CreateDirectory(Path.Combine(Restored, "restoring"));

        var start = await Tool.RunAsync("--urls", "http://127.0.0.1:0", "--ArtFresh:DataDirectory", Restored);

        Assert.Equal(2, start.ExitCode);
        Assert.Contains("did not end. Repeat it with --replace", start.Errors, StringComparison.Ordinal);
    }

    /// <summary>As <c>cp -r</c> of a running server's directory does: one part of the file is of one moment, the rest of a later one.</summary>
    [Fact]
    public async Task TornCopyStopsTheStartWithASentenceAndIsFoundByVerify()
    {
        var copy = Path.Combine(_folder, "copy");
        Directory.CreateDirectory(copy);
        await using (var server = new ServerProcess())
        {
            await server.StartAsync();
            await UseAsync(server.Address, 2);
            var early = CheckpointedFile(server.DataDirectory);
            await UseAsync(server.Address, 20);
            var late = CheckpointedFile(server.DataDirectory);
            Assert.True(late.Length > early.Length);
            early.AsSpan(0, early.Length / 2).CopyTo(late);
            await File.WriteAllBytesAsync(Path.Combine(copy, SqliteDatabase.FileName), late, Stop);
        }

        var start = await Tool.RunAsync("--urls", "http://127.0.0.1:0", "--ArtFresh:DataDirectory", copy);
        var verify = await Tool.RunAsync("verify", "--data", copy, "--json");
        var backup = await Tool.RunAsync("backup", Archive, "--data", copy);

        Assert.Equal((2, ""), (start.ExitCode, start.Output));
        Assert.Matches("^ArtFresh does not start: .*artfresh.db in ArtFresh:DataDirectory is not an SQLite database, or is damaged .*\n$", start.Errors);
        Assert.Equal(1, verify.ExitCode);
        Assert.Contains(verify.Json.GetProperty("checks").EnumerateArray(), check => check.GetProperty("name").GetString() == "file-sound" && check.GetProperty("faults").GetInt64() > 0);
        Assert.Equal((2, false), (backup.ExitCode, File.Exists(Archive)));
    }

    [Fact]
    public async Task CleanStopLeavesNoLogAndTheNextStartDoesNotCheck()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        await UseAsync(server.Address, 1);
        await server.StopAsync();

        Assert.False(File.Exists(Path.Combine(server.DataDirectory, SqliteDatabase.FileName + "-wal")));
        Assert.Equal(0, new FileInfo(Path.Combine(server.DataDirectory, "server.lock")).Length);
        using (var directory = DataDirectory.Lock(server.DataDirectory))
        {
            Assert.False(directory.IsLedgerSuspect);
        }

        await server.StartAsync();
        await server.KillAsync();
        using var killed = DataDirectory.Lock(server.DataDirectory);
        Assert.True(killed.IsLedgerSuspect);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task BackUpAsync(ServerProcess server)
    {
        var backup = await Tool.RunAsync("backup", Archive, "--data", server.DataDirectory);
        Assert.True(backup.ExitCode == 0, backup.Errors);
    }

    private static byte[] CheckpointedFile(string directory)
    {
        var path = Path.Combine(directory, SqliteDatabase.FileName);
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "pragma wal_checkpoint(full)";
            command.ExecuteNonQuery();
        }

        return File.ReadAllBytes(path);
    }

    private static async Task UseAsync(Uri address, int sessions)
    {
        using var listener = new HttpListenerClient(address);
        await listener.SignInAsync();
        for (var i = 0; i < sessions; i++)
        {
            await SitAsync(listener);
        }
    }

    private static async Task LoadAsync(Uri address, CancellationToken stopped)
    {
        using var listener = new HttpListenerClient(address);
        await listener.SignInAsync();
        while (!stopped.IsCancellationRequested)
        {
            await SitAsync(listener);
        }
    }

    private static async Task SitAsync(HttpListenerClient listener)
    {
        var session = await listener.OpenAsync();
        var art = await listener.FreshAsync(session, 10, 0.4, 0.6);
        await listener.PostAsync(new PostedBatch(session, Guid.CreateVersion7(), 1, art));
    }

    private static string[] Names(string folder) => [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}

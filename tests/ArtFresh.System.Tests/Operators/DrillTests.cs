using System.Globalization;
using ArtFresh.Freshness;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ArtFresh.SystemTests.Operators;

/// <summary>Drills on one embedded server. The test itself acts as the rollback command.</summary>
public sealed class DrillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("artfresh-drill-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task RestartOfAServerLosesAndRepeatsNothing()
    {
        await using var server = new ServerProcess();

        var printed = await DrillAsync(server, async () =>
        {
            await server.KillAsync();
            await server.StartAsync();
        });

        Assert.True(printed.ExitCode == 0, printed.Output + printed.Errors);
        var report = printed.Json.GetProperty("result");
        Assert.True(report.GetProperty("retries").GetInt32() > 0);
        Assert.Equal(report.GetProperty("impressions").GetInt64(), server.Ledger.Impressions().Count);
        Assert.True(report.GetProperty("back").GetProperty("allSeconds").GetDouble() >= report.GetProperty("back").GetProperty("commandSeconds").GetDouble());
    }

    [Fact]
    public async Task ImpressionsMissingFromTheLedgerAreCountedAsLost()
    {
        await using var server = new ServerProcess();
        var gone = 0L;

        var printed = await DrillAsync(server, () =>
        {
            using var connection = new SqliteConnection($"Data Source={Path.Combine(server.DataDirectory, SqliteDatabase.FileName)};Pooling=False");
            connection.Open();
            using var delete = connection.CreateCommand();
            delete.CommandText = "delete from impression_batch where batch_number = 1 returning impressions";
            using var deleted = delete.ExecuteReader();
            while (deleted.Read())
            {
                gone += PackedImpressions.Unpack(deleted.GetFieldValue<byte[]>(0)).Length;
            }

            return Task.CompletedTask;
        });

        Assert.True(printed.ExitCode == 1, printed.Output + printed.Errors);
        Assert.NotEqual(0, gone);
        Assert.Equal(gone, printed.Json.GetProperty("result").GetProperty("lost").GetInt64());
    }

    [Fact]
    public async Task FailingCommandIsNamed()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();

        var printed = await Tool.RunAsync([], "drill", "rollback", server.Address.ToString(), "--data", server.DataDirectory, "--back", "exit 7", "--forward", "true", "--deliveries", "1");

        Assert.Equal(2, printed.ExitCode);
        Assert.Contains("'exit 7' exited with 7.", printed.Errors, StringComparison.Ordinal);
    }

    /// <summary>Runs a drill; runs <paramref name="back"/> while the drill's rollback command waits.</summary>
    private async Task<Printed> DrillAsync(ServerProcess server, Func<Task> back)
    {
        await server.StartAsync();
        var (begun, done) = (Path.Combine(_folder, "begun"), Path.Combine(_folder, "done"));
        var drill = Tool.RunAsync(
            [], "drill", "rollback", server.Address.ToString(), "--data", server.DataDirectory, "--json", "--listeners", "3", "--deliveries", "3",
            "--back", string.Create(CultureInfo.InvariantCulture, $"touch {begun}; until [ -e {done} ]; do sleep 0.02; done"), "--forward", "true");
        while (!File.Exists(begun) && !drill.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Stop);
        }

        await back();
        await File.WriteAllTextAsync(done, "", Stop);
        return await drill;
    }
}

using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.TestWorld;
using Npgsql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>What is acknowledged is on disk, and a server that cannot write says so.</summary>
[Collection("postgres")]
public sealed class PostgresDurabilityTests(PostgresWorld world) : IDisposable
{
    private readonly PostgresFile _postgres = new(world.Server);
    private readonly Guid _session = Guid.CreateVersion7();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Partition => string.Create(CultureInfo.InvariantCulture, $"impression_batch_{TimeProvider.System.GetUtcNow():yyyyMM}");

    [Theory]
    [InlineData("off", "on")]
    [InlineData("local", "local")]
    [InlineData("remote_apply", "remote_apply")]
    public async Task EachConnectionWaitsForTheDiskWhateverTheDatabaseSays(string database, string connection)
    {
        _postgres.Scalar($"do $$ begin execute format('alter database %I set synchronous_commit = {database}', current_database()); end $$");
        await using var later = new PostgresDatabase(_postgres.ConnectionString);

        var set = await later.QueryAsync("select current_setting('synchronous_commit')", row => row.GetString(0), Stop);

        Assert.Equal([connection], set);
    }

    [Fact]
    public async Task ServerThatDoesNotFlushIsRefusedAtStartAndByCheckAndIsNotReadyLater()
    {
        using var server = PostgresServer.Start();
        var connection = server.NewDatabase();
        await using var database = new PostgresDatabase(connection);
        await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), Stop);
        await using var ledger = new PostgresLedger(database, TimeProvider.System);
        await ledger.StartWriterAsync(Stop);
        Assert.Null(await ledger.FindFaultAsync(Stop));

        await ExecuteAsync(connection, "alter system set fsync = off");
        await ExecuteAsync(connection, "select pg_reload_conf()");
        await Eventually.TrueAsync(async () => await ledger.FindFaultAsync(Stop) is { } fault && fault.Contains("fsync = off", StringComparison.Ordinal), () => "the writer does not see fsync = off");

        var directory = Directory.CreateTempSubdirectory("artfresh-").FullName;
        var start = await Tool.RunAsync(new Dictionary<string, string>(), "--urls", "http://127.0.0.1:0", "--ArtFresh:DataDirectory", directory, "--ConnectionStrings:Ledger", connection);
        var check = await Tool.RunAsync(new Dictionary<string, string>(), "check", "--connect", "--", "--ArtFresh:DataDirectory", directory, "--ConnectionStrings:Ledger", connection);
        Assert.Equal((2, 2), (start.ExitCode, check.ExitCode));
        Assert.All([start.Errors, check.Errors], errors => Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.Contains("fsync = off", StringComparison.Ordinal)));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task ReadOnlyDatabaseIsNotReady()
    {
        await _postgres.Ledger.StartWriterAsync(Stop);
        _postgres.Scalar("do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$");
        await using var database = new PostgresDatabase(_postgres.ConnectionString);
        await using var ledger = new PostgresLedger(database, TimeProvider.System);

        Assert.Contains("read-only", await ledger.FindFaultAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingPartitionIsCreatedByTheFirstBatchThatNeedsIt()
    {
        var writer = await OpenAsync();
        _postgres.Scalar($"drop table {Partition}");

        var verdicts = await _postgres.CommitAsync(writer, 1, LedgerFile.Batch(_session, 1, 1, 1), LedgerFile.Made(1));

        Assert.Equal([LedgerVerdict.Committed, LedgerVerdict.Committed], verdicts);
        Assert.Equal(1L, _postgres.Scalar($"select count(*) from {Partition}"));
    }

    [Fact]
    public async Task DetachedPartitionIsNamedAndTheServerIsNotReady()
    {
        var writer = await OpenAsync();
        _postgres.Scalar($"alter table impression_batch detach partition {Partition}");

        var refused = await Assert.ThrowsAsync<LedgerUnavailableException>(() => _postgres.CommitAsync(writer, 1, LedgerFile.Batch(_session, 1, 1, 1)));

        Assert.Contains($"{Partition} is no partition of impression_batch", refused.Message, StringComparison.Ordinal);
        Assert.Contains(Partition, await _postgres.Ledger.FindFaultAsync(Stop), StringComparison.Ordinal);
    }

    /// <summary>As after logical replication, which carries no sequences.</summary>
    [Fact]
    public async Task SequenceBehindItsTableSwallowsNoSessionAndIsSetRightAtTheStart()
    {
        var writer = await OpenAsync();
        foreach (var sequence in (string[])["genome_grant", "ledger_writer_writer_number_seq"])
        {
            _postgres.Scalar($"alter sequence {sequence} restart with 1");
        }

        var behind = await _postgres.CommitAsync(writer, 1, Opened(Guid.CreateVersion7()));
        Assert.NotEqual([LedgerVerdict.Committed], behind);

        await _postgres.Database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), Stop);
        var later = await _postgres.Ledger.StartWriterAsync(Stop);
        var verdicts = await _postgres.CommitAsync(later, 1, Opened(Guid.CreateVersion7()));

        Assert.True(later > writer);
        Assert.Equal([LedgerVerdict.Committed], verdicts);
        Assert.Equal(2L, _postgres.Scalar("select count(*) from session"));
    }

    [Fact]
    public async Task SamePictureTwiceInOneCommitIsOneArtwork()
    {
        var writer = await _postgres.Ledger.StartWriterAsync(Stop);
        var made = LedgerFile.Made(2);
        var pictures = made with { Artworks = [.. made.Artworks.Select(artwork => artwork with { Genome = null, PictureHash = "same" })] };

        await _postgres.CommitAsync(writer, 1, pictures);
        await _postgres.CommitAsync(writer, 1, pictures);

        Assert.Equal(1L, _postgres.Scalar("select count(*) from artwork"));
    }

    public void Dispose() => _postgres.Dispose();

    private async Task<long> OpenAsync()
    {
        var writer = await _postgres.Ledger.StartWriterAsync(Stop);
        await _postgres.CommitAsync(writer, 1, LedgerFile.Made(2), Opened(_session));
        return writer;
    }

    private static SessionOpened Opened(Guid session) => new("guest-a", session, "r1", LedgerFile.Now);

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Stop);
#pragma warning disable CA2100 // Constants of this test.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Stop);
    }
}

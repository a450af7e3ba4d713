using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using Npgsql;
using Xunit;

namespace ArtFresh.Storage.Tests;

[Collection("postgres")]
public sealed class PostgresEpochTests(PostgresWorld world) : IDisposable
{
    private readonly PostgresFile _file = new(world.Server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task LedgerThatIsOpenedAgainKeepsItsEpoch()
    {
        await using var again = await OpenAsync(_file.ConnectionString);
        await again.Epochs.LookAsync(Stop);

        Assert.Equal([LedgerEpoch.First], again.Epochs.Known.All.Select(epoch => epoch.Number));
    }

    [Fact]
    public async Task CopyOfTheDatabaseOpensAnEpochAboveAllThatWasGivenOut()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(3), new SessionOpened("guest-a", Guid.CreateVersion7(), "r1", LedgerFile.Now));
        _file.Dispose();
        var name = new NpgsqlConnectionStringBuilder(_file.ConnectionString).Database;
        await using var database = await OpenAsync(world.Server.NewDatabase(name));
        await using var ledger = new PostgresLedger(database, TimeProvider.System);

        var found = database.Epochs.Known.All[^1];
        Assert.True(found.Number > LedgerEpoch.First, found.Reason);
        Assert.Equal(3, found.Floor);
        Assert.Equal(found.FirstWriter, await ledger.StartWriterAsync(Stop));
        await ledger.CommitAsync(
            new CommitGroup(found.FirstWriter, 1, [LedgerFile.Made(2), new SessionOpened("guest-b", Guid.CreateVersion7(), "r1", LedgerFile.Now)], new ArtworkSet()), Stop);
        Assert.Equal(found.FirstArtwork + 1, await ScalarAsync(database, "select max(artwork_id) from artwork"));
        Assert.Equal(found.FirstGrant, await ScalarAsync(database, "select max(genome_grant) from session"));
    }

    [Fact]
    public async Task MembersThatFindACopyAtOnceOpenOneEpoch()
    {
        await ScalarAsync(_file.Database, "update ledger_epoch set identity = 'another database' returning epoch");
        var members = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync(_file.ConnectionString)));

        Assert.Equal(2L, _file.Scalar("select count(*) from ledger_epoch"));
        Assert.Single(members.Select(member => member.Epochs.Known.Current).Distinct());
        foreach (var member in members)
        {
            await member.DisposeAsync();
        }
    }

    [Fact]
    public async Task WriterOfAnEpochThatIsOverIsRefusedAndItsProcessFollows()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(1));
        await using var operators = await OpenAsync(_file.ConnectionString);
        var opened = await operators.Epochs.RestoredAsync(lostNothing: false, Stop);

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => _file.CommitAsync(writer, 1, LedgerFile.Made(1)));
        Assert.Equal(opened.Number, _file.Database.Epochs.Known.Current);
        Assert.Equal(1L, _file.Scalar("select count(*) from artwork"));
        var next = await _file.Ledger.StartWriterAsync(Stop);
        Assert.Equal(opened.FirstWriter, next);
        Assert.Equal([LedgerVerdict.Committed], await _file.CommitAsync(next, 1, LedgerFile.Made(1)));
        Assert.Equal(opened.FirstArtwork, _file.Scalar("select max(artwork_id) from artwork"));
    }

    [Fact]
    public async Task WriterThatCountedMoreCommitsThanTheDatabaseHasOpensAnEpoch()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        await _file.CommitAsync(writer, 1, LedgerFile.Made(1));
        await _file.CommitAsync(writer, 1, LedgerFile.Made(1));
        _file.Scalar("update ledger_writer set commits = 1");
        _file.Scalar("select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'artfresh' and datname = current_database() and pid <> pg_backend_pid()");

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => _file.CommitAsync(writer, 1, LedgerFile.Made(1)));
        Assert.Contains($"writer {writer} counted 2 commits", _file.Database.Epochs.Known.All[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SumsOfAnEpochThatIsOverAreRefused()
    {
        var writer = await _file.Ledger.StartWriterAsync(Stop);
        var before = _file.Database.Epochs.Known.Current;
        await _file.Database.Epochs.RestoredAsync(lostNothing: false, Stop);

        Assert.False(await _file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, [], [], [], Epoch: before), Stop));
        Assert.True(await _file.Ledger.AdvanceAsync(new TallyAdvanced(writer, 0, 1, [], [], [], Epoch: _file.Database.Epochs.Known.Current), Stop));
    }

    [Fact]
    public async Task OperatorsWordMarksTheEpochThatWasFound()
    {
        await using var operators = await OpenAsync(_file.ConnectionString);
        var opened = await operators.Epochs.RestoredAsync(lostNothing: false, Stop);
        var marked = await operators.Epochs.RestoredAsync(lostNothing: true, Stop);

        Assert.Equal((opened.Number, true), (marked.Number, marked.LostNothing));
        Assert.Equal(2L, _file.Scalar("select count(*) from ledger_epoch"));
    }

    private static async Task<PostgresDatabase> OpenAsync(string connectionString)
    {
        var database = new PostgresDatabase(connectionString);
        await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), Stop);
        return database;
    }

    private static async Task<object?> ScalarAsync(PostgresDatabase database, string sql) =>
        (await database.QueryAsync(sql, row => row.GetValue(0), Stop))[0];
}

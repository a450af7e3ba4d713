using ArtFresh.Contracts;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>A schema that lacks something is named before anything is written to it.</summary>
[Collection("postgres")]
public sealed class PostgresSchemaTests(PostgresWorld world) : IDisposable
{
    private readonly PostgresFile _file = new(world.Server);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task ListOfTheSchemaIsWhatTheScriptsMake()
    {
        var made = await _file.Database.QueryAsync(PostgresSchema.Sql, row => new SchemaPart(row.GetString(0), row.GetString(1), row.GetString(2)), Stop);
        var path = Path.Combine(Path.GetTempPath(), "WholeSchema.txt");
        await File.WriteAllLinesAsync(path, made.Select(PostgresSchema.LineOf).Order(StringComparer.Ordinal), Stop);

        Assert.True(
            made.Select(part => part with { Definition = PostgresSchema.Comparable(part.Definition) }).ToHashSet().SetEquals(PostgresSchema.Whole),
            $"Copy {path} to src/ArtFresh.Storage/Postgres.");
    }

    /// <summary>Another major version may set other parentheses, and quotes a name that has become a word of its SQL. Anything else is another part.</summary>
    [Theory]
    [InlineData("PRIMARY KEY (writer_number, \"position\")", "PRIMARY KEY (writer_number, position)", true)]
    [InlineData("CHECK (genome IS NOT NULL OR picture_hash IS NOT NULL)", "CHECK (((genome IS NOT NULL) OR (picture_hash IS NOT NULL)))", true)]
    [InlineData("CHECK (slot = ANY (ARRAY[0, 1]))", "CHECK (slot = ANY (ARRAY[0, 1, 2]))", false)]
    [InlineData("unique change 0", "change 0", false)]
    [InlineData("bigint not null", "bigint", false)]
    public void DefinitionsAreComparedByTheirWords(string one, string other, bool isSame) =>
        Assert.Equal(isSame, PostgresSchema.Comparable(one) == PostgresSchema.Comparable(other));

    /// <summary>A row that is written before the key keeps the key out for good.</summary>
    [Fact]
    public async Task RunningServerWritesNothingIntoADatabaseThatIsBeingRestored()
    {
        await _file.Database.Epochs.LookAsync(Stop);
        _file.Scalar("create table saved as select * from ledger_epoch");
        _file.Scalar("alter table ledger_epoch drop constraint ledger_epoch_pkey");
        _file.Scalar("delete from ledger_epoch");
        _file.Scalar("select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'artfresh' and datname = current_database() and pid <> pg_backend_pid()");

        var refused = await Assert.ThrowsAsync<LedgerUnavailableException>(() => _file.Database.Epochs.LookAsync(Stop));
        Assert.Contains("primary key ledger_epoch_pkey of table ledger_epoch is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("pg_restore --exit-on-error", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => _file.Ledger.StartWriterAsync(Stop));
        Assert.Equal((0L, 0L), (_file.Scalar("select count(*) from ledger_epoch"), _file.Scalar("select count(*) from ledger_writer")));

        _file.Scalar("insert into ledger_epoch select * from saved");
        _file.Scalar("alter table ledger_epoch add constraint ledger_epoch_pkey primary key (epoch)");
        await _file.Database.Epochs.LookAsync(Stop);
        Assert.Equal(1L, await _file.Ledger.StartWriterAsync(Stop));
    }

    [Theory]
    [InlineData("alter table ledger_epoch drop constraint ledger_epoch_pkey", "primary key ledger_epoch_pkey of table ledger_epoch is missing")]
    [InlineData("drop index session_art_by_hour", "index session_art_by_hour of table session_art is missing")]
    [InlineData("drop trigger ledger_writer_closed on ledger_writer", "trigger ledger_writer_closed of table ledger_writer is missing")]
    [InlineData("drop table session_art", "table session_art is missing")]
    [InlineData("alter table schema_version drop constraint schema_version_pkey; delete from schema_version", "primary key schema_version_pkey of table schema_version is missing")]
    [InlineData("drop table schema_version", "table schema_version is missing")]
    public async Task StartNamesWhatTheSchemaLacks(string sql, string what)
    {
        _file.Scalar(sql);
        var before = _file.Scalar("select count(*) from ledger_epoch");

        await using var database = new PostgresDatabase(_file.ConnectionString);
        var refused = await Assert.ThrowsAsync<LedgerUnavailableException>(() => database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), Stop));

        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, _file.Scalar("select count(*) from ledger_epoch"));
    }

    /// <summary>Another major version may print a definition in other words; <c>verify</c> names it.</summary>
    [Fact]
    public async Task StartGoesOnWhereAPartIsThereWithAnotherDefinition()
    {
        _file.Scalar("drop index session_art_by_hour; create index session_art_by_hour on session_art (release)");

        await using var database = new PostgresDatabase(_file.ConnectionString);
        await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), Stop);
    }

    /// <summary>Going back is safe: a later release may have dropped what this one made.</summary>
    [Fact]
    public async Task SchemaOfALaterReleaseIsNotCompared()
    {
        _file.Scalar("insert into schema_version (version, name, applied_at) values (9999, 'later', 0)");
        _file.Scalar("drop index session_art_by_hour");

        await using var database = new PostgresDatabase(_file.ConnectionString);
        await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), Stop);
    }

    [Fact]
    public void EmbeddedLedgerNamesWhatItsSchemaLacksToo()
    {
        using var file = new SqliteFile();
        file.Scalar("drop index session_art_by_hour");

        var refused = Assert.Throws<LedgerUnavailableException>(() => file.Database.Upgrade(TimeProvider.System));
        Assert.Contains("index session_art_by_hour of table session_art is missing", refused.Message, StringComparison.Ordinal);
    }
}

using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using Xunit;

namespace ArtFresh.Storage.Tests;

[Collection("postgres")]
public sealed class PostgresErasureTests : ErasureTests
{
    public PostgresErasureTests(PostgresWorld world)
        : this(new PostgresFile(world.Server))
    {
    }

    private PostgresErasureTests(PostgresFile postgres)
        : base(postgres, postgres.Database)
    {
    }

    /// <summary>As of a silo that was cut off in the middle of a commit: the erasure waits for it, and deletes what it has written.</summary>
    [Fact]
    public async Task WriteThatBeganBeforeTheDeletionIsDeletedWithTheRest()
    {
        await using var database = new PostgresDatabase(((PostgresFile)File).ConnectionString);
        var erasures = new SqlErasures(database);
        await using var late = await database.OpenAsync(Stop);
        var transaction = await late.BeginTransactionAsync(Stop);
        await using var write = new Npgsql.NpgsqlCommand(
            $"insert into listener_block (listener_id, block_number, kind, session_id, artwork_ids, logged_at) values ('{Listener}', 9, 0, gen_random_uuid(), '', 0)", late, transaction);
        await write.ExecuteNonQueryAsync(Stop);
        await erasures.AskAsync(Listener, LedgerFile.Now, Stop);
        var due = (await erasures.ReadDueAsync(1, Stop)).Single();

        await Assert.ThrowsAsync<Contracts.LedgerUnavailableException>(() => erasures.DeleteAsync(due, Stop));
        var deleting = erasures.DeleteAsync(due, Stop);
        Assert.False(deleting.IsCompleted);
        await transaction.CommitAsync(Stop);

        Assert.Equal(1, await deleting);
        Assert.True(await erasures.FinishAsync([due], LedgerFile.Now, Stop));
        Assert.False(Names(Listener));
    }

    protected override bool Names(string text) => (bool)File.Scalar($"select position('{text}' in database_to_xml(true, false, '')::text) > 0")!;
}

using System.Data.Common;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>Two ledgers that tests damage for a moment: one whole, and one in which a listener was erased.</summary>
public abstract class LivedLedgers : IAsyncLifetime
{
    public abstract bool IsPostgres { get; }

    public DamagedLedger Whole { get; private set; } = null!;

    public DamagedLedger Erased { get; private set; } = null!;

    /// <summary>The head of the second ledger before the erasure.</summary>
    public LedgerHead BeforeErasure { get; private set; } = new([], []);

    public async ValueTask InitializeAsync()
    {
        Whole = Create();
        await new LivedLedger(Whole.File, Whole.Database).LiveAsync();
        Erased = Create();
        var lived = new LivedLedger(Erased.File, Erased.Database);
        await lived.LiveAsync();
        BeforeErasure = (await Erased.VerifyAsync("", LedgerVerification.RunAsync)).Head;
        await lived.EraseAsync("eve");
    }

    public ValueTask DisposeAsync()
    {
        Whole?.File.Dispose();
        Erased?.File.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected abstract DamagedLedger Create();
}

/// <summary>Two embedded ledgers.</summary>
public sealed class SqliteLivedLedgers : LivedLedgers
{
    public override bool IsPostgres => false;

    private protected override DamagedLedger Create()
    {
        var file = new SqliteFile();
        return new DamagedLedger(file, file.Database, () => Task.FromResult<DbConnection>(file.Database.Open()));
    }
}

/// <summary>Two ledgers in PostgreSQL.</summary>
public sealed class PostgresLivedLedgers(PostgresWorld world) : LivedLedgers
{
    public override bool IsPostgres => true;

    private protected override DamagedLedger Create()
    {
        var file = new PostgresFile(world.Server);
        file.Scalar("create table impression_batch_202406 partition of impression_batch for values from ('018fd118-9400-0000-0000-000000000000') to ('01906b97-5c00-0000-0000-000000000000')");
        return new DamagedLedger(file, file.Database, async () => await file.Database.OpenAsync(CancellationToken.None));
    }
}

/// <summary>A ledger that is damaged in a transaction, verified in it, and whole again after it.</summary>
public sealed class DamagedLedger(LedgerFile file, SqlDatabase database, Func<Task<DbConnection>> open)
{
    public LedgerFile File => file;

    public SqlDatabase Database => database;

    /// <param name="damage">SQL; empty for none.</param>
    public async Task<VerificationResult> VerifyAsync(string damage, Func<ILedgerMoment, VerificationResult, CancellationToken, Task> verify)
    {
        await using var connection = await open();
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        if (damage.Length > 0)
        {
            await using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, damage);
            var rows = await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            Assert.True(rows > 0 || damage.StartsWith("drop ", StringComparison.Ordinal) || damage.StartsWith("alter ", StringComparison.Ordinal) || damage.StartsWith("create ", StringComparison.Ordinal), $"Nothing was damaged: {damage}");
        }

        var result = new VerificationResult(20);
        await verify(new LedgerMoment(connection, transaction, database.Dialect), result, TestContext.Current.CancellationToken);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        return result;
    }
}

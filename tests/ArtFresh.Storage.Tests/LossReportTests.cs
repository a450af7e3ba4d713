using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>A loss is charged to the epoch in which it happened; run over each kind of database.</summary>
public abstract class LossReportTests(LedgerFile file, SqlDatabase database) : IDisposable
{
    private const long First = 10;
    private const long Second = 20;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        file.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The first epoch has lost something, and the second was a move that lost nothing.</summary>
    [Fact]
    public async Task LaterMoveIsChargedNothingThatWasLostBefore()
    {
        var session = await OpenAsync("guest-a");
        var writer = await file.Ledger.StartWriterAsync(Stop);
        await file.CommitAsync(writer, 1, Batch(session, 1, 1, 1, 1, 2, 3, 4, 5));
        await file.CommitAsync(writer, 2, Batch(session, 2, 150, 9, 6, 7) with { MissingChange = 3 });
        await file.CommitAsync(writer, 3, Batch(session, 3, 250, 11, 8));
        await file.CommitAsync(writer, 4, new SessionOpened("guest-b", Guid.CreateVersion7(), "test", At(0), At(250)));
        // Art that the first epoch has lost, and an id below its floor, which the copy would have.
        var lost = PackedImpressions.Pack([new(12, 90, ImpressionOutcome.Unknown), new(13, 50, ImpressionOutcome.Unknown)]);
        await file.CommitAsync(writer, 5, Batch(session, 4, 260, 12) with { Impressions = lost });

        var (first, second) = await ReadAsync();

        Assert.Equal((1L, 3L, 3L, 1L), (first.SessionsReopened, first.ImpressionsLostAtLeast, first.NumbersMissing, first.ImpressionsOfLostArt));
        Assert.Equal((0L, 0L, 0L, 0L), (second.SessionsReopened, second.ImpressionsLostAtLeast, second.NumbersMissing, second.ImpressionsOfLostArt));
        Assert.True(first.IsLoss);
        Assert.False(second.IsLoss);
    }

    /// <summary>A stranger may name any number at the end.</summary>
    [Fact]
    public async Task EndsLastNumberIsMissingAndProvesNoLoss()
    {
        var session = await OpenAsync("guest-a");
        var writer = await file.Ledger.StartWriterAsync(Stop);
        await file.CommitAsync(writer, 1, Batch(session, 1, 1, 1, 1, 2));
        await file.CommitAsync(writer, 2, new SessionEnded(session, At(150), 6, 4));

        var (first, second) = await ReadAsync();

        Assert.Equal((0L, 4L, false), (first.ImpressionsLostAtLeast, first.NumbersMissing, first.IsLoss));
        Assert.Equal((0L, 0L), (second.ImpressionsLostAtLeast, second.NumbersMissing));
    }

    [Fact]
    public async Task NumbersThatWentMissingWhileTheLedgerStayedAreOfNoEpoch()
    {
        var session = await OpenAsync("guest-a");
        var writer = await file.Ledger.StartWriterAsync(Stop);
        await file.CommitAsync(writer, 1, Batch(session, 1, 1, 1, 1));
        await file.CommitAsync(writer, 2, Batch(session, 2, 2, 4, 2) with { MissingChange = 2 });
        await file.CommitAsync(writer, 3, Batch(session, 3, 150, 5, 3));
        await file.CommitAsync(writer, 4, Batch(session, 4, 160, 8, 4) with { MissingChange = 2 });

        var (first, second) = await ReadAsync();

        Assert.Equal((0L, 0L), (first.ImpressionsLostAtLeast, first.NumbersMissing));
        Assert.Equal((0L, 0L), (second.ImpressionsLostAtLeast, second.NumbersMissing));
    }

    private static DateTimeOffset At(int seconds) => LedgerFile.Now.AddSeconds(seconds);

    private static BatchRecorded Batch(Guid session, long number, int seconds, long firstNumber, params long[] artworkIds) =>
        LedgerFile.Batch(session, number, firstNumber, artworkIds) with { ReceivedAt = At(seconds) };

    private async Task<Guid> OpenAsync(string listener)
    {
        foreach (var (number, floor, seconds) in new[] { (First, 80L, 100), (Second, 200L, 200) })
        {
            file.Scalar($"insert into ledger_epoch (epoch, floor, lost_nothing, found_at, reason, copied_at) values ({number}, {floor}, 0, {At(seconds).ToUnixTimeMilliseconds()}, 'test', 0)");
        }

        var (session, writer) = (Guid.CreateVersion7(), await file.Ledger.StartWriterAsync(Stop));
        await file.CommitAsync(writer, 1, LedgerFile.Made(12), new SessionOpened(listener, session, "test", At(0)));
        return session;
    }

    private async Task<(LossReport First, LossReport Second)> ReadAsync()
    {
        var reports = await LossReport.ReadAllAsync(database, await database.Epochs.ReadAllAsync(database, Stop), Stop);
        return (reports.Single(one => one.Epoch.Number == First).Loss, reports.Single(one => one.Epoch.Number == Second).Loss);
    }
}

public sealed class SqliteLossReportTests : LossReportTests
{
    public SqliteLossReportTests()
        : this(new SqliteFile())
    {
    }

    private SqliteLossReportTests(SqliteFile sqlite)
        : base(sqlite, sqlite.Database)
    {
    }
}

[Collection("postgres")]
public sealed class PostgresLossReportTests : LossReportTests
{
    public PostgresLossReportTests(PostgresWorld world)
        : this(new PostgresFile(world.Server))
    {
    }

    private PostgresLossReportTests(PostgresFile postgres)
        : base(postgres, postgres.Database)
    {
    }
}

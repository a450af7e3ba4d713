using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Ledger;
using ArtFresh.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Tests;

/// <summary>An embedded ledger in a folder of its own.</summary>
public sealed class SqliteFile : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("artfresh-").FullName;

    public SqliteFile()
    {
        Database = new SqliteDatabase(Path.Combine(_directory, "ledger.db"));
        Database.Upgrade(TimeProvider.System);
        Ledger = new SqliteLedger(Database, TimeProvider.System);
        History = new SqliteHistory(Database);
        Catalogue = new SqliteCatalogue(Database);
        Audit = new SqliteAudit(Database);
    }

    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);

    public SqliteDatabase Database { get; }

    public SqliteLedger Ledger { get; }

    public SqliteHistory History { get; }

    public SqliteCatalogue Catalogue { get; }

    public SqliteAudit Audit { get; }

    public static BatchRecorded Batch(Guid sessionId, long batchNumber, long firstNumber, params long[] artworkIds) => new(
        sessionId,
        batchNumber,
        Guid.CreateVersion7(),
        Now,
        PackedImpressions.Pack([.. artworkIds.Select((id, i) => new PackedImpression(firstNumber + i, id, ImpressionOutcome.Recorded))]),
        [.. artworkIds],
        null,
        0,
        0,
        new DeliveryReport(artworkIds.Length, 1, "beacon", "hidden", 2, [120, 3000]));

    public static BlockLogged Block(string listenerId, long number, Guid sessionId, BlockKind kind, long[] ids, params long[] returned) =>
        new(listenerId, number, kind, sessionId, [.. ids], [.. returned], Now);

    public static ArtworksMade Made(int count, int pool = 3, string? content = null) => new(
        [.. Enumerable.Range(0, count).Select(i => new NewArtwork(
            pool, new Mood(0.4, 0.1), "neural", $"genome-{i}", null, content is null ? null : $"{content}{i}", -7, "A title", "An author", null))],
        Now);

    public Task<LedgerVerdict[]> CommitAsync(long writer, long firstPosition, params LedgerEntry[] entries) =>
        Ledger.CommitAsync(new CommitGroup(writer, firstPosition, entries, new ArtworkSet()), CancellationToken.None);

    public object? Scalar(string sql)
    {
        using var connection = Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        Ledger.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}

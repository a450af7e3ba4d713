using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;

namespace ArtFresh.Storage.Tests;

/// <summary>A ledger of its own for one test, and entries to write to it.</summary>
public abstract class LedgerFile : IDisposable
{
    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);

    protected LedgerFile(SqlDatabase database, ILedger ledger)
    {
        Source = database;
        Ledger = ledger;
        History = new SqlHistory(database);
        Aliases = new SqlAliases(database);
        Catalogue = new SqlCatalogue(database);
        Withdrawals = new SqlWithdrawals(database);
        Collections = new SqlCollections(database);
        Held = new SqlHeldPictures(database);
        Alike = new SqlAlikeArtworks(database);
        Figures = new SqlFigures(database);
        Releases = new SqlReleases(database);
        Views = new SqlViewCounts(database);
    }

    public ILedgerSource Source { get; }

    public ILedger Ledger { get; }

    public SqlHistory History { get; }

    public SqlAliases Aliases { get; }

    public SqlCatalogue Catalogue { get; }

    public SqlWithdrawals Withdrawals { get; }

    public SqlCollections Collections { get; }

    public SqlHeldPictures Held { get; }

    public SqlAlikeArtworks Alike { get; }

    public SqlFigures Figures { get; }

    public SqlReleases Releases { get; }

    public SqlViewCounts Views { get; }

    /// <summary>Adds all noted views to the counts.</summary>
    public Task<bool> CountViewsAsync() => Views.CountAsync(DateTimeOffset.MaxValue, TimeSpan.Zero, CancellationToken.None);

    public static BatchRecorded Batch(Guid sessionId, long batchNumber, long firstNumber, params long[] artworkIds) => new(
        sessionId,
        "test",
        Now,
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

    /// <summary>The first value that a statement gives.</summary>
    public abstract object? Scalar(string sql);

    public abstract void Dispose();
}

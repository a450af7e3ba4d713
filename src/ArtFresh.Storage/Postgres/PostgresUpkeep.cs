using ArtFresh.Ledger;

namespace ArtFresh.Storage.Postgres;

/// <summary>Creates partitions before their month begins, also in a cluster that is never restarted.</summary>
internal sealed class PostgresUpkeep(PostgresDatabase database, TimeProvider clock) : ILedgerUpkeep
{
    public Task PrepareAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await MonthPartitions.MakeAheadAsync(connection, clock.GetUtcNow(), cancellationToken);
            return true;
        },
        cancellationToken);
}

/// <summary>The months of <c>impression_batch</c>: its partitions.</summary>
internal sealed class PostgresMonths(PostgresDatabase database) : ILedgerMonths
{
    public Task<IReadOnlyList<DateTimeOffset>> ReadEndedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        MonthPartitions.ReadEndedAsync(database, before, cancellationToken);

    public Task<long> DropAsync(DateTimeOffset month, DateTimeOffset now, CancellationToken cancellationToken) => MonthPartitions.DropAsync(database, month, now, cancellationToken);
}

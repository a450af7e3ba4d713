using ArtFresh.Ledger;

namespace ArtFresh.Storage.Postgres;

/// <summary>Partitions are there before their month begins, in a cluster that nobody restarts too.</summary>
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

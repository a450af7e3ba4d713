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

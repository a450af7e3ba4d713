using ArtFresh.Contracts;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>Finds out whether the database takes commits and keeps them.</summary>
internal sealed class PostgresProbe(PostgresDatabase database, TimeProvider clock)
{
    /// <param name="writerNumber">Whose row is written again, unchanged; 0 for the last writer's.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>Why it takes none; null if it does.</returns>
    /// <exception cref="LedgerUnavailableException">It does not answer.</exception>
    public async Task<string?> FindFaultAsync(long writerNumber, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (await PostgresDurability.FindFaultAsync(connection, cancellationToken).ConfigureAwait(false) is { } lossy)
            {
                return lossy;
            }

            await database.ExecuteAsync(connection, "update ledger_writer set started_at = started_at where writer_number = case when $1 > 0 then $1 else (select max(writer_number) from ledger_writer) end", cancellationToken, writerNumber).ConfigureAwait(false);
            return await MonthPartitions.FindFaultAsync(connection, clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refused)
        {
            return $"The ledger cannot be written: {PostgresFaults.Explain(refused)}";
        }
        catch (NpgsqlException failure)
        {
            throw new LedgerUnavailableException($"The ledger cannot be written: {PostgresFaults.Explain(failure)}");
        }
    }
}

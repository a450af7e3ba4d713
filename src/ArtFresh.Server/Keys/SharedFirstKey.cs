using Microsoft.AspNetCore.DataProtection.KeyManagement;
using ArtFresh.Storage.Postgres;
using Npgsql;

namespace ArtFresh.Server;

/// <summary>
/// Creates the first key under a lock, before anything else starts. Otherwise front ends that start together on a new database would each create one and refuse each
/// other's signatures. Later keys are created days before their first use, so they need no lock.
/// </summary>
internal sealed class SharedFirstKey(PostgresDatabase database, IKeyManager keys, TimeProvider clock) : IHostedLifecycleService
{
    /// <summary>Number of the advisory lock; no other program may use it on this database.</summary>
    private const long KeyLock = 0x4172_744B_6579;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var first = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection, transaction)
        {
            Parameters = { new() { Value = KeyLock } },
            CommandTimeout = 60,
        };
        await first.ExecuteNonQueryAsync(cancellationToken);
        if (keys.GetAllKeys().Count == 0)
        {
            var now = clock.GetUtcNow();
            keys.CreateNewKey(now, now + Lifetime);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

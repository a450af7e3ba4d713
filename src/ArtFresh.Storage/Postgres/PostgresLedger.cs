using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>
/// The ledger in PostgreSQL: one connection of the writer's own, and one round trip for all that waits. Its statements go without a transaction block, so that the
/// server commits them as one when the last has run, and a process that is frozen in the middle holds no lock.
/// </summary>
public sealed class PostgresLedger(PostgresDatabase database, TimeProvider clock) : ILedger, IAsyncDisposable
{
    private const int AbortedTriesMax = 8;

    /// <summary>How long a commit is tried again over new connections before those who wait are told.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly KeptConnection _kept = new(database);
    private readonly SemaphoreSlim _tallyGate = new(1, 1);
    private readonly KeptConnection _keptForTallies = new(database);
    private long _writerNumber;
    private long _commits;

    /// <inheritdoc/>
    public async Task<long> StartWriterAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _kept.ForgetAsync().ConfigureAwait(false);
            var connection = await _kept.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var command = new NpgsqlCommand("insert into ledger_writer (started_at) values ($1) returning writer_number", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = clock.GetUtcNow().ToUnixTimeMilliseconds() });
            _writerNumber = (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
            _commits = 0;
            return _writerNumber;
        }
        catch (NpgsqlException failure)
        {
            await _kept.ForgetAsync().ConfigureAwait(false);
            throw new LedgerUnavailableException($"The ledger cannot be written: {failure.Message}");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken) => CommitAsync(group.Entries, group, cancellationToken);

    /// <inheritdoc/>
    public Task<LedgerVerdict[]> EnterAsync(IReadOnlyList<OutsideEntry> entries, CancellationToken cancellationToken) => CommitAsync(entries, null, cancellationToken);

    /// <param name="group">Null for entries from outside.</param>
    private async Task<LedgerVerdict[]> CommitAsync(IReadOnlyList<LedgerEntry> entries, CommitGroup? group, CancellationToken cancellationToken)
    {
        var verdicts = new LedgerVerdict[entries.Count];
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (group is not null && group.WriterNumber != _writerNumber)
            {
                throw new LedgerUnavailableException($"Writer {group.WriterNumber} was started by another process, or has failed since.");
            }

            await CommitAsync(new Portion(entries, group, [.. Enumerable.Range(0, entries.Count)], group?.FirstPosition ?? 0), verdicts, cancellationToken).ConfigureAwait(false);
            return verdicts;
        }
        catch (NpgsqlException failure)
        {
            await _kept.ForgetAsync().ConfigureAwait(false);
            throw new LedgerUnavailableException($"The ledger cannot be written: {failure.Message}");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    /// <remarks>Over a connection of its own, so that batches do not wait for tallies. Repeated after any failure: where the failed try had committed, the checkpoint has moved, and the answer is false.</remarks>
    public async Task<bool> AdvanceAsync(TallyAdvanced advanced, CancellationToken cancellationToken)
    {
        await _tallyGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    var connection = await _keptForTallies.OpenAsync(cancellationToken).ConfigureAwait(false);
                    return await PostgresTallies.AdvanceAsync(connection, advanced, cancellationToken).ConfigureAwait(false);
                }
                catch (NpgsqlException failure)
                {
                    await _keptForTallies.ForgetAsync().ConfigureAwait(false);
                    if (tries == AbortedTriesMax || (failure is PostgresException refused && IsRefusal(refused)))
                    {
                        throw new LedgerUnavailableException($"The tally cannot be written: {failure.Message}");
                    }

                    await Task.Delay(PauseAfter(tries), clock, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _tallyGate.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> CheckAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync("select count(*) from schema_version where not pg_is_in_recovery()", StoredRows.ReadNumber, cancellationToken).ConfigureAwait(false))[0] > 0;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _kept.DisposeAsync();
        await _keptForTallies.DisposeAsync();
        _gate.Dispose();
        _tallyGate.Dispose();
    }

    /// <summary>
    /// Commits a portion as one. What cannot be committed together is parted in halves until the entry that is to blame stands alone: a duplicate key is the fence at work.
    /// </summary>
    /// <returns>The position after its last batch row.</returns>
    private async Task<long> CommitAsync(Portion portion, LedgerVerdict[] verdicts, CancellationToken cancellationToken)
    {
        if (portion.Indexes.Count == 0)
        {
            return portion.FirstPosition;
        }

        try
        {
            await TryOverAsync(connection => WriteAsync(connection, portion, cancellationToken), cancellationToken).ConfigureAwait(false);
            return portion.NextPosition;
        }
        catch (PostgresException refused) when (portion.Indexes.Count > 1 && IsRefusal(refused))
        {
            var half = portion.Indexes.Count / 2;
            var position = await CommitAsync(portion with { Indexes = portion.Indexes.GetRange(0, half) }, verdicts, cancellationToken).ConfigureAwait(false);
            return await CommitAsync(
                portion with { Indexes = portion.Indexes.GetRange(half, portion.Indexes.Count - half), FirstPosition = position }, verdicts, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PostgresException refused) when (IsRefusal(refused))
        {
            // A row whose session lies in a month that was dropped is refused too: the session is gone, as its grain finds out when it reloads.
            verdicts[portion.Indexes[0]] = refused.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.CheckViolation
                ? LedgerVerdict.Fenced
                : LedgerVerdict.Unavailable;
            return portion.FirstPosition;
        }
    }

    private static async Task<bool> WriteAsync(NpgsqlConnection connection, Portion portion, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        portion.WriteTo(batch);
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Does a piece of work that ends in one commit of this writer. A transaction that is known to be rolled back is done again; where the answer was lost, the
    /// writer's own count of commits tells what became of it.
    /// </summary>
    /// <returns>Whether it was committed; false when the work had nothing to commit.</returns>
    private async Task<bool> TryOverAsync(Func<NpgsqlConnection, Task<bool>> work, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var inDoubt = false;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var connection = await _kept.OpenAsync(cancellationToken).ConfigureAwait(false);
                var committed = inDoubt && await WasCommittedAsync(connection, cancellationToken).ConfigureAwait(false);
                inDoubt = true;
                committed = committed || await work(connection).ConfigureAwait(false);
                _commits += committed ? 1 : 0;
                return committed;
            }
            catch (PostgresException aborted) when (
                aborted.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure && tries < AbortedTriesMax)
            {
                inDoubt = false;
            }
            catch (NpgsqlException failure) when (failure is not PostgresException refused || !IsRefusal(refused))
            {
                await _kept.ForgetAsync().ConfigureAwait(false);
                if (clock.GetElapsedTime(started) > Patience)
                {
                    throw;
                }

                await Task.Delay(PauseAfter(tries), clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static TimeSpan PauseAfter(int tries) => TimeSpan.FromMilliseconds(Math.Min(200, 10 << tries));

    /// <summary>The row is locked by the transaction in doubt: to read it for update is to wait until that one is over.</summary>
    private async Task<bool> WasCommittedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select commits from ledger_writer where writer_number = $1 for update", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _writerNumber });
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long commits && commits > _commits;
    }

    /// <summary>The server has understood and refused: the transaction is rolled back, and would be again.</summary>
    private static bool IsRefusal(PostgresException failure) => failure.SqlState[..2] is "22" or "23" or "42" or "54";
}

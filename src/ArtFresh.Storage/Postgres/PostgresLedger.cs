using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>
/// The ledger in PostgreSQL: a dedicated connection, and one round trip per group. The statements are one batch without a transaction block: the server commits them
/// together after the last, and a client process that freezes in the middle holds no lock.
/// </summary>
public sealed class PostgresLedger(PostgresDatabase database, TimeProvider clock) : ILedger, IAsyncDisposable
{
    private const int AbortedTriesMax = 8;

    /// <summary>How long a commit is retried over new connections before it fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly KeptConnection _kept = new(database);
    private readonly SemaphoreSlim _tallyGate = new(1, 1);
    private readonly KeptConnection _keptForTallies = new(database);
    private byte[]? _erasureKey;
    private readonly LastWrite _lastWrite = new(clock);
    private long _writerNumber;
    private long _writerEpoch;
    private WriterHead _head;
    private long _commits;
    private NpgsqlConnection? _looked;

    /// <inheritdoc/>
    public async Task<long> StartWriterAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _kept.ForgetAsync().ConfigureAwait(false);
            await database.Epochs.LookAsync(cancellationToken).ConfigureAwait(false);
            _writerEpoch = database.Epochs.Known.Current;
            var connection = await _kept.OpenAsync(cancellationToken).ConfigureAwait(false);
            await PostgresDurability.RefuseLossyAsync(connection, cancellationToken).ConfigureAwait(false);
            _head = await StartAsync(connection, cancellationToken).ConfigureAwait(false);
            _writerNumber = _head.WriterNumber;
            (_commits, _looked) = (0, connection);
            return _writerNumber;
        }
        catch (NpgsqlException failure)
        {
            await _kept.ForgetAsync().ConfigureAwait(false);
            throw new LedgerUnavailableException($"The ledger cannot be written: {PostgresFaults.Explain(failure)}");
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
                throw new LedgerUnavailableException($"Writer {group.WriterNumber} was not started by this process, or has been replaced.");
            }

            var head = _head;
            if (group is null)
            {
                // A command that adds to listeners' logs is a writer of its own.
                head = entries.Any(entry => entry.BlockRows.Length > 0)
                    ? await StartAsync(await _kept.OpenAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)
                    : default;
            }

            _erasureKey ??= (await database.QueryAsync(SqlErasures.KeySql, row => row.GetFieldValue<byte[]>(0), cancellationToken).ConfigureAwait(false)).Single();
            var portion = new Portion(entries, group, [.. Enumerable.Range(0, entries.Count)], group?.FirstPosition ?? 0, _erasureKey, head);
            var (_, next) = await CommitAsync(portion, verdicts, cancellationToken).ConfigureAwait(false);
            _head = group is null ? _head : next;
            _lastWrite.Note(null);
            return verdicts;
        }
        catch (NpgsqlException failure)
        {
            await _kept.ForgetAsync().ConfigureAwait(false);
            throw Unwritable($"The ledger cannot be written: {PostgresFaults.Explain(failure)}");
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
                    if (advanced.Epoch != 0 && advanced.Epoch != database.Epochs.Known.Current)
                    {
                        // Summed from what the ledger may have lost.
                        return false;
                    }

                    return await PostgresTallies.AdvanceAsync(connection, advanced, cancellationToken).ConfigureAwait(false);
                }
                catch (NpgsqlException failure)
                {
                    await _keptForTallies.ForgetAsync().ConfigureAwait(false);
                    if (tries == AbortedTriesMax || (failure is PostgresException refused && IsRefusal(refused)))
                    {
                        throw new LedgerUnavailableException($"The tally cannot be written: {PostgresFaults.Explain(failure)}");
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
    public Task<string?> FindFaultAsync(CancellationToken cancellationToken) => _lastWrite.FindFaultAsync(() => new PostgresProbe(database, clock).FindFaultAsync(_writerNumber, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _kept.DisposeAsync();
        await _keptForTallies.DisposeAsync();
        _gate.Dispose();
        _tallyGate.Dispose();
    }

    /// <summary>
    /// Commits a portion in one transaction. A portion that is refused is split in halves until the refused entry stands alone: a duplicate key is the fence.
    /// </summary>
    /// <returns>The position after its last batch row, and the ends of the writer's chains.</returns>
    private async Task<(long Position, WriterHead Head)> CommitAsync(Portion portion, LedgerVerdict[] verdicts, CancellationToken cancellationToken)
    {
        if (portion.Indexes.Count == 0)
        {
            return (portion.FirstPosition, portion.Head);
        }

        try
        {
            await TryOverAsync(connection => WriteAsync(connection, portion, cancellationToken), cancellationToken).ConfigureAwait(false);
            return (portion.NextPosition, portion.NextHead);
        }
        catch (PostgresException refused) when (portion.Indexes.Count > 1 && IsRefusal(refused))
        {
            var half = portion.Indexes.Count / 2;
            var (position, head) = await CommitAsync(portion with { Indexes = portion.Indexes.GetRange(0, half) }, verdicts, cancellationToken).ConfigureAwait(false);
            return await CommitAsync(
                portion with { Indexes = portion.Indexes.GetRange(half, portion.Indexes.Count - half), FirstPosition = position, Head = head }, verdicts, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PostgresException refused) when (IsRefusal(refused))
        {
            // Nobody can have dropped a young month: its partition is missing by accident.
            if (refused.SqlState == PostgresErrorCodes.CheckViolation && portion.Entries[portion.Indexes[0]] is BatchRecorded batch && Months.IsYoung(Months.OpeningOf(batch.SessionId), clock.GetUtcNow()))
            {
                return await CommitIntoNewMonthAsync(portion, batch, verdicts, cancellationToken).ConfigureAwait(false);
            }

            // A row of a dropped month is refused as well (check violation): its session is gone, as the grain finds when it reloads.
            verdicts[portion.Indexes[0]] = refused.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.CheckViolation
                ? LedgerVerdict.Fenced
                : LedgerVerdict.Unavailable;
            return (portion.FirstPosition, portion.Head);
        }
    }

    private async Task<WriterHead> StartAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await using var command = new NpgsqlCommand(
            """
            insert into ledger_writer (started_at, position, chain, block_position, block_chain, reads_snapshots, epoch)
            select $1, 0, $1, 0, $1, 1, max(epoch) from ledger_epoch returning writer_number
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = startedAt });
        return WriterHead.Started((long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!, startedAt);
    }

    /// <summary>Creates the partition that a batch's month lacks, and commits the batch.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be created, or the table of its name is no partition.</exception>
    private async Task<(long Position, WriterHead Head)> CommitIntoNewMonthAsync(Portion portion, BatchRecorded batch, LedgerVerdict[] verdicts, CancellationToken cancellationToken)
    {
        var month = Months.FirstOf(Months.OpeningOf(batch.SessionId));
        try
        {
            var connection = await _kept.OpenAsync(cancellationToken).ConfigureAwait(false);
            await MonthPartitions.MakeAsync(connection, month, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refused)
        {
            throw Unwritable($"impression_batch has no partition for {month:yyyy-MM}, and none can be created: {PostgresFaults.Explain(refused)}");
        }

        try
        {
            await TryOverAsync(connection => WriteAsync(connection, portion, cancellationToken), cancellationToken).ConfigureAwait(false);
            return (portion.NextPosition, portion.NextHead);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            verdicts[portion.Indexes[0]] = LedgerVerdict.Fenced;
            return (portion.FirstPosition, portion.Head);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.CheckViolation)
        {
            throw Unwritable(MonthPartitions.NoPartition(month));
        }
    }

    private LedgerUnavailableException Unwritable(string why)
    {
        _lastWrite.Note(why);
        return new LedgerUnavailableException(why);
    }

    private static async Task<bool> WriteAsync(NpgsqlConnection connection, Portion portion, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        portion.WriteTo(batch);
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Runs work that ends in one commit of this writer. Retries a transaction that was rolled back; when the answer was lost, the writer's count of commits shows
    /// whether it was committed.
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
                // Before the count: in an epoch that was found already, it shows nothing new.
                RefuseOldEpoch();
                var committed = (inDoubt || connection != _looked) && await WasCommittedAsync(connection, cancellationToken).ConfigureAwait(false);
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
            catch (PostgresException closed) when (closed.SqlState == PostgresEpochs.WriterClosed)
            {
                await database.Epochs.LookAsync(cancellationToken).ConfigureAwait(false);
                throw new LedgerUnavailableException(closed.MessageText);
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

    /// <summary>
    /// Whether the transaction in doubt was committed: it locks the row, and reading that for update waits until it has ended. A count below this process's own shows a
    /// database that has gone back.
    /// </summary>
    private async Task<bool> WasCommittedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_writerNumber == 0)
        {
            return false;
        }

        await using var command = new NpgsqlCommand("select commits from ledger_writer where writer_number = $1 for update", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _writerNumber });
        var commits = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as long? ?? -1;
        if (commits < _commits)
        {
            await database.ServerEpochs.OpenBehindAsync(
                connection, commits < 0 ? $"the database has no writer {_writerNumber}" : $"writer {_writerNumber} counted {_commits} commits, and the database {commits}", cancellationToken)
                .ConfigureAwait(false);
            throw new LedgerUnavailableException($"The ledger has lost commits of writer {_writerNumber}.");
        }

        _looked = connection;
        return commits > _commits;
    }

    /// <summary>What the writer's memory knows may be lost.</summary>
    private void RefuseOldEpoch()
    {
        if (_writerNumber != 0 && _writerEpoch != database.Epochs.Known.Current)
        {
            throw new LedgerUnavailableException($"Writer {_writerNumber} is of epoch {_writerEpoch}, which is over.");
        }
    }

    /// <summary>The server refused the statement: a retry would be refused too.</summary>
    private static bool IsRefusal(PostgresException failure) => failure.SqlState[..2] is "22" or "23" or "42" or "54";
}

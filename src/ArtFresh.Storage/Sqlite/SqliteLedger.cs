using System.Diagnostics;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>The ledger in a SQLite file: one connection writes, one transaction for all that waits.</summary>
public sealed class SqliteLedger(SqliteDatabase database, TimeProvider clock) : ILedger, IDisposable
{
    private readonly Lock _gate = new();
    private readonly LastWrite _lastWrite = new(clock);
    private readonly Dictionary<long, WriterHead> _heads = [];
    private WriteSide? _side;

    /// <inheritdoc/>
    public Task<long> StartWriterAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Write((side, transaction) => side.Writers.Start(transaction, clock.GetUtcNow()), head => _heads[head.WriterNumber] = head).WriterNumber);

    /// <inheritdoc/>
    public Task<LedgerVerdict[]> CommitAsync(CommitGroup group, CancellationToken cancellationToken) =>
        Task.FromResult(Write((side, transaction) => Commit(side, transaction, group.Entries, group, HeadOf(group.WriterNumber)), written => _heads[group.WriterNumber] = written.Head).Verdicts);

    /// <inheritdoc/>
    public Task<LedgerVerdict[]> EnterAsync(IReadOnlyList<OutsideEntry> entries, CancellationToken cancellationToken) => Task.FromResult(Write((side, transaction) =>
    {
        // A command that adds to listeners' logs is a writer of its own.
        var head = entries.Any(entry => entry.BlockRows.Length > 0) ? side.Writers.Start(transaction, clock.GetUtcNow()) : default;
        return Commit(side, transaction, entries, null, head);
    }).Verdicts);

    /// <inheritdoc/>
    public Task<bool> AdvanceAsync(TallyAdvanced advanced, CancellationToken cancellationToken) =>
        Task.FromResult(Write((side, transaction) => side.Tallies.Advance(transaction, advanced)));

    /// <inheritdoc/>
    public Task<string?> FindFaultAsync(CancellationToken cancellationToken) => _lastWrite.FindFaultAsync(() => Task.Run(Probe, cancellationToken));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            Forget();
        }

        try
        {
            database.FileEpochs.MoveMark();
        }
        catch (LedgerUnavailableException)
        {
            // The count of commits beside the file tells copies of the last second too.
        }
    }

    /// <summary>Writes states in one transaction.</summary>
    /// <returns>For each: false when its version is another by now.</returns>
    /// <exception cref="LedgerUnavailableException">The database failed; nothing is known to be written.</exception>
    internal bool[] SaveStates(IReadOnlyList<StateSaved> states) =>
        Write((side, transaction) => states.Select(saved => side.States.Save(transaction, saved)).ToArray());

    private WriterHead HeadOf(long writerNumber) => _heads.TryGetValue(writerNumber, out var head) ? head : WriterHead.Started(writerNumber, 0);

    /// <param name="committed">Changes memory after the commit.</param>
    /// <param name="isProbe">Whether the commit is too small to tell of those to come.</param>
    private T Write<T>(Func<WriteSide, SqliteTransaction, T> write, Action<T>? committed = null, bool isProbe = false)
    {
        lock (_gate)
        {
            try
            {
                var side = Side();
                using var transaction = side.Connection.BeginTransaction(deferred: false);
                var written = write(side, transaction);
                var (mark, commits) = side.Count.ReadPair(transaction);
                transaction.Commit();
                database.FileEpochs.NoteCommits(mark, commits);
                committed?.Invoke(written);
                Note(isProbe, null);
                return written;
            }
            catch (SqliteException failure)
            {
                // The connection may be in any state (SQLite rolls back by itself on a full disk): the next commit opens a new one.
                Forget();
                var why = $"The ledger {database.Path} cannot be written: {failure.Message}";
                Note(isProbe, why);
                throw new LedgerUnavailableException(why);
            }
        }
    }

    private void Note(bool isProbe, string? fault)
    {
        if (!isProbe)
        {
            database.FileEpochs.AskForMark();
            _lastWrite.Note(fault);
        }
    }

    /// <summary>Rewrites the last writer's row, which changes a page and so writes to the disk.</summary>
    private string? Probe()
    {
        try
        {
            Write((side, transaction) => side.Probe.Run(transaction), isProbe: true);
            return null;
        }
        catch (LedgerUnavailableException failure)
        {
            return failure.Message;
        }
    }

    /// <param name="group">Null for entries from outside, none of which is a batch.</param>
    private static (LedgerVerdict[] Verdicts, WriterHead Head) Commit(
        WriteSide side, SqliteTransaction transaction, IReadOnlyList<LedgerEntry> entries, CommitGroup? group, WriterHead head)
    {
        var before = head;
        var verdicts = new LedgerVerdict[entries.Count];
        var (writer, position) = (group?.WriterNumber ?? 0, group?.FirstPosition ?? 0);
        for (var i = 0; i < verdicts.Length; i++)
        {
            var written = !side.Erased.AreIn(transaction, entries[i]) && entries[i] switch
            {
                BatchRecorded batch => side.Batches.Insert(transaction, batch, group!, ref position, ref head)
                    && side.Sessions.Correct(transaction, batch.SessionId, batch.UnshownChange, writer),
                BlockLogged block => side.Blocks.Insert(transaction, block, ref head) && side.Sessions.Count(transaction, block.SessionId, writer, block.SetAside, block.ReturnedIds.Length),
                ListenerJoined joined => side.Aliases.Join(transaction, joined, ref head),
                SnapshotTaken taken => side.Snapshots.Write(transaction, taken),
                ServedTwiceFound found => side.Blocks.Count(transaction, found),
                ViewsBackfilled backfilled => side.Artworks.Backfill(transaction, backfilled),
                SessionOpened opened => side.Sessions.Open(transaction, opened),
                SessionEnded ended => side.Sessions.End(transaction, ended, writer),
                EndCorrected corrected => side.Sessions.Correct(transaction, corrected.SessionId, corrected.UnshownChange, writer),
                ArtworksMade made => side.Artworks.Insert(transaction, made),
                ArtworkCompared compared => side.Artworks.Compare(transaction, compared),
                var entry => throw new UnreachableException($"The ledger does not know {entry.GetType().Name}."),
            };
            verdicts[i] = written ? LedgerVerdict.Committed : LedgerVerdict.Fenced;
            if (group is null && written)
            {
                Array.ForEach(entries[i].BlockRows, block => side.Blocks.EndServed(transaction, block));
            }
        }

        if (head != before)
        {
            side.Writers.Save(transaction, head);
        }

        return (verdicts, head);
    }

    private WriteSide Side() => _side ??= new WriteSide(database.Open());

    private void Forget()
    {
        _side?.Dispose();
        _side = null;
    }

    private sealed class WriteSide(SqliteConnection connection, SqliteBlocks blocks) : IDisposable
    {
        public WriteSide(SqliteConnection connection)
            : this(connection, new SqliteBlocks(connection))
        {
        }

        public SqliteConnection Connection { get; } = connection;

        public SqliteWriters Writers { get; } = new(connection);

        public Statement Probe { get; } = new(
            connection, "update ledger_writer set started_at = started_at where writer_number = (select max(writer_number) from ledger_writer)");

        public Statement Count { get; } = new(connection, "update side_mark set commits = commits + 1 returning mark, commits");

        public SqliteBatches Batches { get; } = new(connection);

        public SqliteBlocks Blocks { get; } = blocks;

        public SqliteAliases Aliases { get; } = new(connection, blocks);

        public SqliteSnapshots Snapshots { get; } = new(connection);

        public SqliteSessions Sessions { get; } = new(connection);

        public SqliteArtworks Artworks { get; } = new(connection);

        public SqliteGrainStates States { get; } = new(connection);

        public SqliteTallies Tallies { get; } = new(connection);

        public SqliteErasedListeners Erased { get; } = new(connection);

        public void Dispose()
        {
            Writers.Dispose();
            Probe.Dispose();
            Count.Dispose();
            Batches.Dispose();
            Blocks.Dispose();
            Aliases.Dispose();
            Snapshots.Dispose();
            Sessions.Dispose();
            Artworks.Dispose();
            States.Dispose();
            Tallies.Dispose();
            Erased.Dispose();
            Connection.Dispose();
        }
    }
}

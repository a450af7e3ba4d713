using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>
/// Tells a copy of the database by a mark that lies beside it too: see <see cref="SideFile"/>. The mark moves when the database is opened for the first time, once a second
/// while there are commits, and when the ledger is closed; what was committed after the last mark of a server that was killed is what a copy may lack unnoticed.
/// </summary>
internal sealed class SqliteEpochs(SqliteDatabase database) : SqlEpochs
{
    // A database in memory is gone with its process.
    private readonly SideFile? _side = database.IsInMemory ? null : new SideFile(database.Path);
    private bool _isUnmarked;

    /// <summary>Notes a commit: the next look moves the mark.</summary>
    public void NoteCommit() => Volatile.Write(ref _isUnmarked, true);

    /// <summary>Looks at the file when it is opened, and opens an epoch where it is a copy.</summary>
    public void Follow(SqliteConnection connection, TimeProvider clock)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var last = Last(connection, transaction);
        var (mark, identity) = ReadMark(connection, transaction);
        var marks = _side?.Marks() ?? [];
        var reason = last == 0 && mark == 0 && marks.All(beside => beside <= 1) ? "the ledger is new, or of a release without epochs" : ReasonOf(mark, identity, marks);
        if (reason is not null)
        {
            Enter(connection, transaction, clock, last, Math.Max(mark, marks.Max), reason, lostNothing: false);
        }

        transaction.Commit();
        Read(connection);
        _side?.DeleteBefore(ReadMark(connection, null).Mark);
    }

    /// <inheritdoc/>
    public override Task LookAsync(CancellationToken cancellationToken) =>
        _side is null || !Volatile.Read(ref _isUnmarked) ? Task.CompletedTask : Task.Run(Mark, cancellationToken);

    /// <summary>Moves the mark if there were commits since.</summary>
    public void Mark()
    {
        if (_side is null || !Interlocked.Exchange(ref _isUnmarked, false))
        {
            return;
        }

        try
        {
            using var connection = database.Open();
            long mark;
            using (var transaction = connection.BeginTransaction(deferred: false))
            {
                mark = ReadMark(connection, transaction).Mark + 1;
                WriteMark(connection, transaction, mark);
                transaction.Commit();
            }

            _side.DeleteBefore(mark);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            NoteCommit();
            throw new LedgerUnavailableException($"The mark beside the ledger {database.Path} cannot be written: {failure.Message}");
        }
    }

    /// <inheritdoc/>
    public override Task<LedgerEpoch> RestoredAsync(bool lostNothing, CancellationToken cancellationToken) => Task.Run(() => Open(lostNothing, "an operator says so"), cancellationToken);

    /// <inheritdoc/>
    public override Task FoundBehindAsync(string reason, CancellationToken cancellationToken) => Task.Run(() => Open(lostNothing: false, reason), cancellationToken);

    private LedgerEpoch Open(bool lostNothing, string reason)
    {
        using var connection = database.Open();
        using (var transaction = connection.BeginTransaction(deferred: false))
        {
            if (lostNothing)
            {
                using var command = Command(connection, transaction, "update ledger_epoch set lost_nothing = 1 where epoch = (select max(epoch) from ledger_epoch)");
                command.ExecuteNonQuery();
            }
            else
            {
                Enter(connection, transaction, TimeProvider.System, Last(connection, transaction), ReadMark(connection, transaction).Mark, reason, lostNothing);
            }

            transaction.Commit();
        }

        _side?.DeleteBefore(ReadMark(connection, null).Mark);
        return Read(connection).All[^1];
    }

    private string? ReasonOf(long mark, string? identity, SortedSet<long> marks) =>
        _side is null ? null
        : !marks.Contains(mark) ? marks.Count == 0 ? "the file has no mark beside it: it is a copy" : $"the file has mark {mark}, and beside it is {marks.Max}: it is a copy"
        // One more is a mark whose transaction did not end.
        : marks.Max > mark + 1 ? $"the file has mark {mark}, and {marks.Max} was reached"
        : identity is not null && _side.IdentityOf(mark) is { } beside && beside != identity ? $"mark {mark} beside the file is a copy"
        : null;

    private void Enter(SqliteConnection connection, SqliteTransaction transaction, TimeProvider clock, long last, long lastMark, string reason, bool lostNothing)
    {
        // A database that knows no epoch and has a mark beside it replaces one that was lost whole.
        var number = LedgerEpoch.NumberAt(clock.GetUtcNow(), last == 0 && lastMark > 1 ? LedgerEpoch.First : last);
        // SQLite has no asynchronous calls: the task has ended when this returns.
        EnterAsync(database.Dialect, connection, new LedgerEpoch(number, 0, lostNothing, clock.GetUtcNow(), reason), null, CancellationToken.None).GetAwaiter().GetResult();
        WriteMark(connection, transaction, lastMark + 1);
    }

    /// <summary>Writes the mark beside the database and in it. If the transaction does not end, the file is one more than the database has.</summary>
    private void WriteMark(SqliteConnection connection, SqliteTransaction transaction, long mark)
    {
        using var command = Command(connection, transaction, "update side_mark set mark = $1, identity = $2", mark, _side?.Make(mark));
        command.ExecuteNonQuery();
    }

    private EpochList Read(SqliteConnection connection) => ReadAsync(database.Dialect, connection, CancellationToken.None).GetAwaiter().GetResult();

    private long Last(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = Command(connection, transaction, "select coalesce(max(epoch), 0) from ledger_epoch");
        return (long)command.ExecuteScalar()!;
    }

    private (long Mark, string? Identity) ReadMark(SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var command = Command(connection, transaction, "select mark, identity from side_mark");
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), StoredRows.TextOrNull(reader, 1));
    }

    private SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, string sql, params object?[] values)
    {
        var command = (SqliteCommand)database.Dialect.CommandOf(connection, sql, values);
        command.Transaction = transaction;
        return command;
    }
}

using ArtFresh.Contracts;
using ArtFresh.Ledger;
using ArtFresh.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>
/// Tells a copy of the database by a mark that lies beside it too: see <see cref="SideFile"/>. The mark moves when the database is opened for the first time, once a second
/// while there are commits, and when the ledger is closed. Between two marks the file counts commits, so that a killed server's last second is missed in a copy too; only the
/// count of the second before a power failure may be lost, for it is not flushed.
/// </summary>
internal sealed class SqliteEpochs(SqliteDatabase database) : SqlEpochs, IDisposable
{
    // A database in memory is gone with its process.
    private readonly SideFile? _side = database.IsInMemory ? null : new SideFile(database.Path);
    private bool _isUnmarked;

    /// <summary>The next look moves the mark.</summary>
    public void AskForMark() => Volatile.Write(ref _isUnmarked, true);

    /// <summary>Writes the count of commits beside the database.</summary>
    /// <param name="mark">The database's mark in the last of them.</param>
    public void NoteCommits(long mark, long commits) => _side?.Count(mark, commits);

    /// <summary>Looks at the file when it is opened, and opens an epoch where it is a copy.</summary>
    public void Follow(SqliteConnection connection, TimeProvider clock)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var last = Last(connection, transaction);
        var held = ReadMark(connection, transaction);
        var marks = _side?.Marks() ?? [];
        var reason = last == 0 && held.Number == 0 && marks.All(beside => beside <= 1) ? "the ledger is new, or of a release without epochs" : ReasonOf(held, marks);
        if (reason is not null)
        {
            Enter(connection, transaction, clock, last, Math.Max(held.Number, marks.Max), reason, lostNothing: false);
        }

        transaction.Commit();
        Read(connection);
        _side?.DeleteBefore(ReadMark(connection, null).Number);
    }

    /// <inheritdoc/>
    public override Task LookAsync(CancellationToken cancellationToken) =>
        _side is null || !Volatile.Read(ref _isUnmarked) ? Task.CompletedTask : Task.Run(MoveMark, cancellationToken);

    /// <summary>Moves the mark if there were commits since.</summary>
    public void MoveMark()
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
                mark = ReadMark(connection, transaction).Number + 1;
                WriteMark(connection, transaction, mark);
                transaction.Commit();
            }

            _side.DeleteBefore(mark);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            AskForMark();
            throw new LedgerUnavailableException($"The mark beside the ledger {database.Path} cannot be written: {failure.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _side?.Dispose();

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
                SealLastAsync(database, connection, CancellationToken.None).GetAwaiter().GetResult();
            }
            else
            {
                Enter(connection, transaction, TimeProvider.System, Last(connection, transaction), ReadMark(connection, transaction).Number, reason, lostNothing);
            }

            transaction.Commit();
        }

        _side?.DeleteBefore(ReadMark(connection, null).Number);
        return Read(connection).All[^1];
    }

    private string? ReasonOf(Mark held, SortedSet<long> marks) =>
        _side is null ? null
        // One more, beside the database's own, is a mark whose transaction did not end.
        : marks.Max > held.Number + (marks.Contains(held.Number) ? 1 : 0) ? $"{LedgerEpoch.Older}its file goes with {_side.NameOf(held.Number)}, and {_side.NameOf(marks.Max)} is beside it"
        : !marks.Contains(held.Number)
            ? marks.Count == 0
                ? $"the ledger's file is a copy: {_side.NameOf(held.Number)}, which its server kept beside it, is not here"
                : $"the ledger's file is a copy: its server kept {_side.NameOf(held.Number)} beside it, and here is {_side.NameOf(marks.Max)}"
        : _side.CommitsAt(held.Number) is var commits && commits > held.Commits ? $"{LedgerEpoch.Older}its file has {held.Commits} commits, and {_side.NameOf(held.Number)} beside it counted {commits}"
        : held.Identity is not null && _side.IdentityOf(held.Number) is { } beside && beside != held.Identity ? $"the folder is a copy: {_side.NameOf(held.Number)} is not the file that the server made"
        : null;

    private void Enter(SqliteConnection connection, SqliteTransaction transaction, TimeProvider clock, long last, long lastMark, string reason, bool lostNothing)
    {
        // A database that knows no epoch and has a mark beside it replaces one that was lost whole.
        var number = LedgerEpoch.NumberAt(clock.GetUtcNow(), last == 0 && lastMark > 1 ? LedgerEpoch.First : last);
        // SQLite has no asynchronous calls: the task has ended when this returns.
        EnterAsync(database, connection, new LedgerEpoch(number, 0, lostNothing, clock.GetUtcNow(), reason), null, CancellationToken.None).GetAwaiter().GetResult();
        WriteMark(connection, transaction, lastMark + 1);
    }

    /// <summary>Writes the mark beside the database and in it. If the transaction does not end, the file is one more than the database has.</summary>
    private void WriteMark(SqliteConnection connection, SqliteTransaction transaction, long mark)
    {
        var commits = ReadMark(connection, transaction).Commits;
        using var command = Command(connection, transaction, "update side_mark set mark = $1, identity = $2", mark, _side?.Make(mark, commits));
        command.ExecuteNonQuery();
    }

    private EpochList Read(SqliteConnection connection) => ReadAsync(database.Dialect, connection, CancellationToken.None).GetAwaiter().GetResult();

    private long Last(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = Command(connection, transaction, "select coalesce(max(epoch), 0) from ledger_epoch");
        return (long)command.ExecuteScalar()!;
    }

    private Mark ReadMark(SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var command = Command(connection, transaction, "select mark, identity, commits from side_mark");
        using var reader = command.ExecuteReader();
        reader.Read();
        return new Mark(reader.GetInt64(0), StoredRows.TextOrNull(reader, 1), reader.GetInt64(2));
    }

    private SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, string sql, params object?[] values)
    {
        var command = (SqliteCommand)database.Dialect.CommandOf(connection, sql, values);
        command.Transaction = transaction;
        return command;
    }

    private readonly record struct Mark(long Number, string? Identity, long Commits);
}

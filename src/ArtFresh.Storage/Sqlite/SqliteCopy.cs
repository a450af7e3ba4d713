using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Copies a database's pages as they are at one moment, beside its writers.</summary>
internal static class SqliteCopy
{
    /// <summary>Pages between two looks at the cancellation: some milliseconds of work.</summary>
    private const int StepPages = 1000;

    /// <param name="source">Must be in a transaction that has read: in WAL mode all steps then copy that one moment, and no write starts them anew.</param>
    /// <param name="target">An empty database.</param>
    /// <param name="progress">Gets the pages copied and the pages in all.</param>
    /// <param name="cancellationToken">Gives up; the target is of no use then.</param>
    /// <exception cref="SqliteException">A page cannot be read or written.</exception>
    public static void Copy(SqliteConnection source, SqliteConnection target, Action<long, long> progress, CancellationToken cancellationToken)
    {
        using var copy = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
        SqliteException.ThrowExceptionForRC(copy.IsInvalid ? raw.sqlite3_errcode(target.Handle) : raw.SQLITE_OK, target.Handle);
        int result;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            result = raw.sqlite3_backup_step(copy, StepPages);
            var pages = raw.sqlite3_backup_pagecount(copy);
            progress(pages - raw.sqlite3_backup_remaining(copy), pages);
        }
        while (result == raw.SQLITE_OK);

        SqliteException.ThrowExceptionForRC(result == raw.SQLITE_DONE ? raw.SQLITE_OK : result, target.Handle);
    }
}

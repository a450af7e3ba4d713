using Microsoft.Data.Sqlite;

namespace ArtFresh.Storage.Sqlite;

/// <summary>Cleans the free space of pages that have texts which no row has any more. Others write meanwhile, and wait for milliseconds.</summary>
internal static class SqliteCleaning
{
    /// <summary>Searches of the file. Each but the last finds pages to clean.</summary>
    private const int SearchesMax = 3;

    /// <summary>Tries to have the log empty and the lock for writing at once: others commit in between.</summary>
    private const int TriesMax = 50;

    /// <summary>Changes nothing in the end. SQLite writes no page for an update to the same values.</summary>
    private const string Touch = "update retention_turn set held_until = held_until + 1; update retention_turn set held_until = held_until - 1";

    /// <returns>True if the texts are in rows alone, of other meaning, or nowhere; false if others read or write too much: call it again. Null where a text is elsewhere than in a page of a table or index.</returns>
    public static bool? TryClean(string connectionString, string path, IReadOnlyCollection<string> texts, CancellationToken cancellationToken)
    {
        // Not pooled: its cache has the pages as they were, and must write none of them.
        using var connection = SqliteDatabase.Open(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        var pageBytes = (int)PragmaOf(connection, "page_size");
        IReadOnlyList<long> before = [];
        for (var searches = 0; searches < SearchesMax; searches++)
        {
            var pages = SqliteBytes.FindPages(path, texts, pageBytes, cancellationToken);
            // What is left after a page was cleaned is a cell: a longer id of somebody else that begins in the same way.
            if (pages.All(before.Contains))
            {
                return true;
            }

            before = pages;
            if (CleanLocked(connection, path, pages, pageBytes) is not true and var outcome)
            {
                return outcome;
            }
        }

        return false;
    }

    private static bool? CleanLocked(SqliteConnection connection, string path, IReadOnlyList<long> pages, int pageBytes)
    {
        for (var tries = 0; tries < TriesMax; tries++)
        {
            if (!SqliteDatabase.CutLog(connection))
            {
                continue;
            }

            using var transaction = connection.BeginTransaction(deferred: false);
            if (new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
            {
                // Somebody has committed in between: a checkpoint would write pages over the cleaned ones.
                continue;
            }

            var areClean = SqliteBytes.Clean(path, pages, pageBytes);
            // A commit, so that all others forget the pages that they have in memory: they would write them back as they were.
            using var touch = connection.CreateCommand();
            (touch.Transaction, touch.CommandText) = (transaction, Touch);
            touch.ExecuteNonQuery();
            transaction.Commit();
            return areClean ? true : null;
        }

        return false;
    }

    private static long PragmaOf(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = $"pragma {name}";
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}

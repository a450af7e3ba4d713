using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Storage.Tests;

/// <summary>A ledger whose file may grow by a few pages only: SQLite reports it as a full disk.</summary>
internal sealed class FullDisk : IDisposable
{
    private readonly SqliteFile _file;

    private FullDisk(SqliteFile file)
    {
        _file = file;
        var pages = (long)file.Scalar("pragma page_count")!;
        Ledger = new SqliteLedger(new SqliteDatabase(file.Database.Path) { PagesMax = pages + 40 }, TimeProvider.System);
    }

    public SqliteLedger Ledger { get; private set; }

    public static FullDisk Of(SqliteFile file) => new(file);

    public void MakeRoom()
    {
        Ledger.Dispose();
        // A pooled connection would bring its limit along.
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Ledger = new SqliteLedger(_file.Database, TimeProvider.System);
    }

    public void Dispose() => Ledger.Dispose();
}

using ArtFresh.Contracts;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Server;

/// <summary>
/// The rows of a source, sorted by listener in a temporary file: a listener's rows then come to few blocks, in whatever order the source has them. Sorting needs as much disk as
/// the rows, and no memory to speak of.
/// </summary>
internal sealed class BackfillSorted : IDisposable
{
    private readonly IBackfillSource _source;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"artfresh-backfill-{Guid.CreateVersion7():N}.db");
    private readonly SqliteConnection _file;
    private long _kept;
    private long _leftOut;

    public BackfillSorted(IBackfillSource source)
    {
        _source = source;
        _file = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString());
    }

    /// <summary>Rows read so far.</summary>
    public long Read => Volatile.Read(ref _kept) + Volatile.Read(ref _leftOut);

    /// <summary>Reads the source and sorts it.</summary>
    /// <exception cref="LedgerUnavailableException">The temporary file cannot be written.</exception>
    public async Task SortAsync(Action<LeftOutRow> onLeftOut, CancellationToken cancellationToken)
    {
        try
        {
            _file.Open();
            // The file is deleted at the end, whatever happens.
            Execute("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536; create table row (place text, listener text, artwork text, viewed_at integer)");
            using var transaction = _file.BeginTransaction();
            using var insert = Command("insert into row values ($place, $listener, $artwork, $viewed)", "$place", "$listener", "$artwork", "$viewed");
            insert.Transaction = transaction;
            await foreach (var row in _source.ReadAsync(
                bad =>
                {
                    _leftOut++;
                    onLeftOut(bad);
                },
                cancellationToken))
            {
                insert.Parameters[0].Value = row.Where;
                insert.Parameters[1].Value = row.Listener;
                insert.Parameters[2].Value = row.Artwork;
                insert.Parameters[3].Value = row.ViewedAt.ToUnixTimeMilliseconds();
                insert.ExecuteNonQuery();
                _kept++;
            }

            transaction.Commit();
        }
        catch (SqliteException failure)
        {
            throw new LedgerUnavailableException($"The rows cannot be sorted in {Path.GetTempPath()} (TMPDIR names another folder): {failure.Message}");
        }
    }

    /// <summary>The rows, one by one.</summary>
    public IEnumerable<BackfillRow> Rows()
    {
        using var select = Command("select place, listener, artwork, viewed_at from row order by listener, rowid");
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            yield return new BackfillRow(rows.GetString(0), rows.GetString(1), rows.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3)));
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }

    private void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _file.CreateCommand();
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }
}

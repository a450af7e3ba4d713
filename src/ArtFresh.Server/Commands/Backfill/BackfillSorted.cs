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
    /// <param name="take">Called with each row; one for which it says no is left out.</param>
    /// <param name="onLeftOut">Called with each malformed row.</param>
    /// <exception cref="LedgerUnavailableException">The temporary file cannot be written.</exception>
    public async Task SortAsync(Func<BackfillRow, ValueTask<bool>> take, Action<LeftOutRow> onLeftOut, CancellationToken cancellationToken)
    {
        try
        {
            _file.Open();
            // The file is deleted at the end, whatever happens.
            Execute("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536; create table row (number integer, listener text, artwork text)");
            using var transaction = _file.BeginTransaction();
            using var insert = Command("insert into row values ($number, $listener, $artwork)", "$number", "$listener", "$artwork");
            insert.Transaction = transaction;
            await foreach (var row in _source.ReadAsync(
                bad =>
                {
                    _leftOut++;
                    onLeftOut(bad);
                },
                cancellationToken))
            {
                if (!await take(row))
                {
                    _leftOut++;
                    continue;
                }

                insert.Parameters[0].Value = row.Number;
                insert.Parameters[1].Value = row.Listener;
                insert.Parameters[2].Value = row.Artwork;
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

    /// <summary>The rows without their times, one by one.</summary>
    public IEnumerable<(long Number, string Listener, string Artwork)> Rows()
    {
        using var select = Command("select number, listener, artwork from row order by listener");
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            yield return (rows.GetInt64(0), rows.GetString(1), rows.GetString(2));
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

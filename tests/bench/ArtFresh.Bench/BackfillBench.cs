using System.Diagnostics;
using System.Globalization;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Npgsql;
using Spectre.Console;

namespace ArtFresh.Bench;

/// <summary>
/// How long a backfill takes beside a plain COPY of the same rows into a table without an index: from a CSV and from a table, in the order of a log and sorted by listener,
/// into both kinds of ledger.
/// </summary>
internal sealed class BackfillBench : IDisposable
{
    private const int Artworks = 200_000;
    private const int MadeAtOnce = 5_000;
    private const int RowsPerListener = 95;

    private readonly PostgresServer _server = PostgresServer.Start();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("artfresh-backfill-bench-");
    private readonly int _rows;
    private readonly string _source;

    private BackfillBench(int rows)
    {
        _rows = rows;
        _source = _server.NewDatabase();
    }

    private string Template => Path.Combine(_folder.FullName, "template");

    public static async Task RunAsync(int rows)
    {
        using var bench = new BackfillBench(rows);
        await bench.MeasureAsync();
    }

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task MeasureAsync()
    {
        foreach (var isSorted in new[] { false, true })
        {
            WriteCsv(isSorted);
        }

        var copies = new List<double>();
        foreach (var isSorted in new[] { false, true, false })
        {
            copies.Add(await CopyAsync(isSorted));
        }

        var copy = copies.Order().ElementAt(1);
        var clusters = new Queue<string>();
        await MakeLedgersAsync(clusters);
        var table = new Table().Title($"{_rows:N0} rows; COPY took {copy.ToString("0.0", CultureInfo.InvariantCulture)} s").AddColumns("into", "from", "seconds", "times COPY");
        foreach (var (source, options) in Sources())
        {
            foreach (var isCluster in new[] { false, true })
            {
                var seconds = await BackfillAsync(isCluster ? clusters.Dequeue() : null, options);
                table.AddRow(isCluster ? "PostgreSQL" : "SQLite", source, seconds.ToString("0.0", CultureInfo.InvariantCulture), (seconds / copy).ToString("0.0", CultureInfo.InvariantCulture));
            }
        }

        AnsiConsole.Write(table);
    }

    private IEnumerable<(string Name, string[] Options)> Sources()
    {
        foreach (var (order, isSorted) in new[] { ("in the order of a log", false), ("sorted by listener", true) })
        {
            yield return ($"CSV {order}", [CsvOf(isSorted)]);
            yield return ($"table {order}", ["--from", _source, "--table", TableOf(isSorted)]);
        }
    }

    private string CsvOf(bool isSorted) => Path.Combine(_folder.FullName, $"{TableOf(isSorted)}.csv");

    private static string TableOf(bool isSorted) => isSorted ? "sorted" : "log";

    /// <summary>Listeners come back in turns, and each sees artworks from a place of their own.</summary>
    private void WriteCsv(bool isSorted)
    {
        var listeners = Math.Max(1, _rows / RowsPerListener);
        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var csv = new StreamWriter(CsvOf(isSorted));
        csv.WriteLine("listener,artwork,viewed_at");
        for (var row = 0; row < _rows; row++)
        {
            var (listener, turn) = isSorted ? (row / RowsPerListener % listeners, row % RowsPerListener) : (row % listeners, row / listeners);
            var artwork = 1 + (((listener * 7_919L) + (turn * 104_729L)) % Artworks);
            var at = start.AddSeconds((turn * (long)listeners) + listener);
            csv.WriteLine(string.Create(CultureInfo.InvariantCulture, $"guest-{listener:x8}-0000-7000-8000-000000000000,{artwork},{at:yyyy-MM-dd'T'HH:mm:ss'Z'}"));
        }
    }

    private async Task<double> CopyAsync(bool isSorted)
    {
        await BenchDatabase.ExecuteAsync(_source, $"drop table if exists {TableOf(isSorted)}; create table {TableOf(isSorted)} (listener text, artwork text, viewed_at timestamptz)");
        await using var connection = new NpgsqlConnection(_source);
        await connection.OpenAsync();
        var text = await File.ReadAllTextAsync(CsvOf(isSorted));
        var started = Stopwatch.GetTimestamp();
        await using (var copy = await connection.BeginTextImportAsync($"copy {TableOf(isSorted)} from stdin (format csv, header)"))
        {
            await copy.WriteAsync(text);
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>A ledger of each kind with the artworks, and as many copies of the cluster's as there are sources.</summary>
    private async Task MakeLedgersAsync(Queue<string> clusters)
    {
        Directory.CreateDirectory(Template);
        using (var file = new SqliteDatabase(Path.Combine(Template, SqliteDatabase.FileName)))
        {
            file.Upgrade(TimeProvider.System);
            using var ledger = new SqliteLedger(file, TimeProvider.System);
            await MakeAsync(ledger);
        }

        foreach (var _ in Sources())
        {
            clusters.Enqueue(_server.NewDatabase());
            await using var database = new PostgresDatabase(clusters.Last());
            await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(60), CancellationToken.None);
            await using var ledger = new PostgresLedger(database, TimeProvider.System);
            await MakeAsync(ledger);
        }
    }

    private static async Task MakeAsync(ILedger ledger)
    {
        for (var made = 0; made < Artworks; made += MadeAtOnce)
        {
            await ledger.EnterAsync([new ArtworksMade([.. Enumerable.Range(made, MadeAtOnce).Select(World.Artwork)], TimeProvider.System.GetUtcNow())], CancellationToken.None);
        }
    }

    /// <param name="cluster">The connection string of a cluster's ledger; null for an embedded one.</param>
    private async Task<double> BackfillAsync(string? cluster, string[] options)
    {
        var data = Path.Combine(_folder.FullName, "data");
        if (cluster is null)
        {
            Directory.CreateDirectory(data);
            File.Copy(Path.Combine(Template, SqliteDatabase.FileName), Path.Combine(data, SqliteDatabase.FileName));
        }

        var started = Stopwatch.GetTimestamp();
        string[] where = cluster is null ? ["--data", data] : ["--ledger", cluster];
        var printed = await Tool.RunAsync([], ["backfill", .. options, "--artwork-by", "id", .. where]);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (printed.ExitCode != 0)
        {
            throw new InvalidOperationException($"The backfill failed: {printed.Output}{printed.Errors}");
        }

        if (cluster is null)
        {
            Directory.Delete(data, recursive: true);
        }

        return seconds;
    }
}

using System.Diagnostics;
using System.Net;
using ArtFresh.Freshness;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ArtFresh.Server;

/// <summary>What a restore has cost.</summary>
/// <param name="Served">Artworks served to all listeners.</param>
/// <param name="ServedTwice">Those served to a listener again.</param>
/// <param name="Reborn">Ids that named two pictures.</param>
/// <param name="WithoutViewedAt">Artworks with an impression and without <c>viewed_at</c>.</param>
/// <param name="Delivered">Impressions acknowledged at some time.</param>
/// <param name="Lost">Those that are not in the ledger at the end.</param>
/// <param name="RestartSeconds">Until the server on the copy was ready.</param>
/// <param name="Known">What the ledger itself says.</param>
internal sealed record RestoreReport(
    int Served, int ServedTwice, int Reborn, long WithoutViewedAt, int Delivered, int Lost, double RestartSeconds, LossReport Known)
{
    public bool Holds => (ServedTwice, Reborn, WithoutViewedAt) == (0, 0, 0);
}

/// <summary>
/// Restores a backup of an embedded ledger while listeners are active: a server of its own, on a directory of its own. A backup is taken under load, the load goes on, the server
/// is killed, and the backup takes the place of the file.
/// </summary>
internal sealed class RestoreDrill(int listeners, TimeSpan phase, TimeProvider clock)
{
    public const int Steps = 6;

    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);

    /// <summary>Steps done.</summary>
    public int Done { get; private set; }

    public async Task<RestoreReport> RunAsync(CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("artfresh-drill-").FullName;
        Process? server = null;
        try
        {
            var address = new Uri($"http://127.0.0.1:{Ports.Bind(new IPEndPoint(IPAddress.Loopback, 0))}/");
            server = await StartAsync(address, folder, stop);
            Done++;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var everybody = Enumerable.Range(0, listeners).Select(_ => new RestoreListener(address, clock)).ToList();
            var load = everybody.ConvertAll(listener => Task.Run(() => listener.RunAsync(end.Token), CancellationToken.None));
            await PassAsync(load, stop);
            var (file, backup) = (Path.Combine(folder, SqliteDatabase.FileName), Path.Combine(folder, "backup.db"));
            BackUp(file, backup);
            await PassAsync(load, stop);
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
            PutBack(file, backup);
            Done++;
            var started = clock.GetTimestamp();
            server.Dispose();
            server = await StartAsync(address, folder, stop);
            var restart = clock.GetElapsedTime(started);
            await PassAsync(load, stop);
            await end.CancelAsync();
            await Task.WhenAll(load);
            Done++;
            var report = await JudgeAsync(file, everybody, restart, stop);
            everybody.ForEach(listener => listener.Dispose());
            return report;
        }
        finally
        {
            if (server is { HasExited: false })
            {
                server.Kill();
                await server.WaitForExitAsync(CancellationToken.None);
            }

            server?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task PassAsync(List<Task> load, CancellationToken stop)
    {
        // A listener who fails ends the drill with the reason.
        await await Task.WhenAny([.. load, Task.Delay(phase, clock, stop)]);
        Done++;
    }

    private static void BackUp(string file, string backup)
    {
        using var from = new SqliteConnection($"Data Source={file};Pooling=False");
        using var to = new SqliteConnection($"Data Source={backup};Pooling=False");
        from.Open();
        to.Open();
        from.BackupDatabase(to);
    }

    private static void PutBack(string file, string backup)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(file + suffix);
        }

        File.Move(backup, file);
    }

    private async Task<Process> StartAsync(Uri address, string folder, CancellationToken stop)
    {
        var program = Environment.ProcessPath!;
        string[] itself = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "ArtFresh.Server.dll")] : [];
        var server = Process.Start(new ProcessStartInfo(program, [.. itself, "--urls", address.ToString(), "--ArtFresh:DataDirectory", folder, .. RestoreListener.Generous])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        })!;
        // Read, or the server waits for room in the pipe.
        server.OutputDataReceived += static (_, _) => { };
        server.ErrorDataReceived += static (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        using var http = new HttpClient { BaseAddress = address };
        var started = clock.GetTimestamp();
        while (!server.HasExited && clock.GetElapsedTime(started) < StartMax)
        {
            try
            {
                if ((await http.GetAsync(new Uri("healthz/ready", UriKind.Relative), stop)).IsSuccessStatusCode)
                {
                    return server;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, stop);
        }

        throw new SettingException("The drill's server did not start.");
    }

    private static async Task<RestoreReport> JudgeAsync(string file, List<RestoreListener> everybody, TimeSpan restart, CancellationToken stop)
    {
        using var database = new SqliteDatabase(file);
        var recorded = new Dictionary<long, int>();
        foreach (var impressions in await database.QueryAsync("select impressions from impression_batch", row => row.GetFieldValue<byte[]>(0), stop))
        {
            foreach (var impression in PackedImpressions.Unpack(impressions).Where(one => one.Outcome == ImpressionOutcome.Recorded))
            {
                recorded[impression.ArtworkId] = recorded.GetValueOrDefault(impression.ArtworkId) + 1;
            }
        }

        var lost = everybody.SelectMany(listener => listener.Delivered).GroupBy(id => id).Sum(of => Math.Max(0, of.Count() - recorded.GetValueOrDefault(of.Key)));
        var genomes = everybody.SelectMany(listener => listener.Pictures).GroupBy(picture => picture.Key).Count(of => of.Select(picture => picture.Value).Distinct().Count() > 1);
        var legacy = await new SqlFigures(database).CountLegacyAsync(stop);
        var epochs = await database.Epochs.ReadAllAsync(database, stop);
        return new RestoreReport(
            everybody.Sum(listener => listener.Served.Count),
            everybody.Sum(listener => listener.Served.Count - listener.Served.Distinct().Count()),
            genomes,
            legacy.ImpressionsWithoutViewedAt,
            everybody.Sum(listener => listener.Delivered.Count),
            lost,
            restart.TotalSeconds,
            (await LossReport.ReadAllAsync(database, epochs, stop)).Select(one => one.Loss).LastOrDefault() ?? new LossReport(0, 0, 0, 0, 0, 0, 0));
    }
}

using System.Globalization;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Faults;

/// <summary>The size of a run.</summary>
/// <param name="Pause">Mean time of a listener between two rounds of taking and reporting.</param>
/// <param name="IsRestless">Whether each request is of another mood, so that hardly any is answered from a session's memory.</param>
internal sealed record FaultRunSettings(IReadOnlyList<FaultStep> Plan, int Seed, int Silos = 3, int FrontEnds = 2, int Listeners = 240, TimeSpan? Pause = null, bool IsRestless = false, string? Plant = null);

/// <summary>What a run showed.</summary>
/// <param name="Folder">History and logs.</param>
internal sealed record FaultRunResult(
    string Folder,
    IReadOnlyList<Verdict> Verdicts,
    IReadOnlyDictionary<string, int> Harms,
    IReadOnlyDictionary<string, long> LongestWaitsMs,
    int Requests,
    int TriedAgain,
    long Served,
    long Impressions,
    double Seconds)
{
    public bool Holds => Verdicts.All(verdict => verdict.Holds);
}

/// <summary>Drives listeners at a cluster while a plan does harm to it, and has the whole history checked.</summary>
internal static class FaultRun
{
    private const string ServedAgain = "everybody served again when the harm is over";

    private const string Verified = "verify finds nothing";

    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SampleDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProgressDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PlantedSettleMax = TimeSpan.FromSeconds(8);

    /// <param name="say">Shown to whoever waits.</param>
    /// <param name="shared">A PostgreSQL that other runs use too, for a plan that does not harm the database; null for one of this run's own.</param>
    public static async Task<FaultRunResult> RunAsync(FaultRunSettings settings, Action<string> say, PostgresServer? shared = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(say);
        var folder = Directory.CreateTempSubdirectory("artfresh-faults-").FullName;
        await using var history = new History(Path.Combine(folder, "history.jsonl"));
        await using var cluster = new FaultCluster(settings.Silos, settings.FrontEnds, settings.Plant, folder, shared);
        say($"history in {folder}");
        await cluster.StartAsync();
        await using var reader = new LedgerReader(cluster.ConnectionString);
        var listeners = Enumerable.Range(0, settings.Listeners)
            .Select(i => new LoadListener(i, cluster.Addresses, history, new Random(settings.Seed + i), settings.Pause ?? DefaultPause, settings.IsRestless)).ToArray();
        using var stop = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        using var stopWatching = new CancellationTokenSource();
        var load = Task.WhenAll(listeners.Select(listener => Task.Run(() => listener.RunAsync(stop.Token, giveUp.Token))));
        var harms = new Dictionary<string, int>(StringComparer.Ordinal);
        var watching = Task.WhenAll(SampleAsync(reader, history, stopWatching.Token), ProgressAsync(listeners, harms, history, say, stopWatching.Token));

        try
        {
            await HarmAsync(settings.Plan, cluster, history, harms, load, say);
            await stop.CancelAsync();
            var settleMax = settings.Plant is null ? SettleMax : PlantedSettleMax;
            giveUp.CancelAfter(settleMax);
            await load;
            await SettleAsync(reader, settleMax);
        }
        catch (Exception failed)
        {
            throw new InvalidOperationException($"The run broke off: {failed.Message} See {folder}.", failed);
        }

        await stopWatching.CancelAsync();
        await watching;
        await cluster.StopAsync();
        var seconds = history.NowMs / 1000.0;
        var events = await history.CloseAsync();
        say("reading the ledger and checking");
        var ledger = await reader.ReadAsync();
        Verdict[] verdicts =
        [
            .. Checker.Check(events, ledger), new(Verified, await reader.VerifyAsync()),
            new(ServedAgain, [.. listeners.Where(listener => listener.HasGivenUp).Select(listener => $"listener {listener.Number} still got no answer long after the last harm")]),
        ];
        Array.ForEach(listeners, listener => listener.Dispose());
        return new FaultRunResult(
            folder, verdicts, harms, LongestWaits.ByHarm(events), listeners.Sum(listener => listener.Done), listeners.Sum(listener => listener.Failed), listeners.Sum(listener => (long)listener.Served),
            ledger.Batches.Sum(batch => (long)batch.Impressions.Count), seconds);
    }

    private static async Task HarmAsync(
        IReadOnlyList<FaultStep> plan, FaultCluster cluster, History history, Dictionary<string, int> harms, Task load, Action<string> say)
    {
        await PassAsync(WarmUp, load);
        foreach (var step in plan)
        {
            await PassAsync(step.Pause, load);
            var started = history.NowMs;
            await cluster.DoAsync(step);
            history.Add(new FaultDone(step.Harm.ToString(), step.ToString(), started, history.NowMs));
            lock (harms)
            {
                harms[step.Harm.ToString()] = harms.GetValueOrDefault(step.Harm.ToString()) + 1;
            }

            say(string.Create(CultureInfo.InvariantCulture, $"{started / 1000.0,6:0.0} s  {step.Harm} {step.Target}{(step.Other == step.Target ? "" : $" {step.Other}")}, {(history.NowMs - started) / 1000.0:0.0} s"));
        }

        await PassAsync(WarmUp, load);
    }

    /// <summary>Lets time pass, unless a listener was refused: then the run is over.</summary>
    private static async Task PassAsync(TimeSpan time, Task load)
    {
        if (await Task.WhenAny(load, Task.Delay(time, TimeProvider.System)) == load)
        {
            await load;
        }
    }

    /// <summary>Waits until the tallies have caught up; where they do not, the checker finds it.</summary>
    private static async Task SettleAsync(LedgerReader reader, TimeSpan limit)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await reader.IsTalliedAsync() && TimeProvider.System.GetElapsedTime(started) < limit)
        {
            await Task.Delay(SampleDelay, TimeProvider.System);
        }
    }

    private static async Task SampleAsync(LedgerReader reader, History history, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await reader.SampleAsync(history);
            }
            catch (Npgsql.NpgsqlException)
            {
                // The database is away, as it should be.
            }

            await Task.Delay(SampleDelay, TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task ProgressAsync(LoadListener[] listeners, Dictionary<string, int> harms, History history, Action<string> say, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            int done;
            lock (harms)
            {
                done = harms.Values.Sum();
            }

            say(string.Create(
                CultureInfo.InvariantCulture,
                $"{history.NowMs / 1000.0,6:0.0} s  {done} faults, {listeners.Sum(listener => listener.Done)} requests done, {listeners.Sum(listener => listener.Failed)} tried again, {listeners.Sum(listener => listener.Served)} artworks served"));
            await Task.WhenAny(Task.Delay(ProgressDelay, TimeProvider.System, stop));
        }
    }
}

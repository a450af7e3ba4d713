using System.Diagnostics;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>One way of a drill, back or forward.</summary>
/// <param name="CommandSeconds">How long the command ran.</param>
/// <param name="FirstSeconds">From its start to the first delivery that the other release acknowledged.</param>
/// <param name="AllSeconds">From its start until the other release, and no longer this one, acknowledged the deliveries of every listener.</param>
internal sealed record DrillWay(double CommandSeconds, double FirstSeconds, double AllSeconds);

/// <summary>What came of a drill.</summary>
/// <param name="OneByOne">Deliveries that the old endpoint took.</param>
/// <param name="Lost">Impressions that were on screen and are not in the ledger.</param>
/// <param name="Repeats">Legacy art of the drill's listeners: not viewed, served again or shown again.</param>
internal sealed record DrillReport(
    int Listeners, long Impressions, long Deliveries, long OneByOne, long Retries, double LongestWaitSeconds, DrillWay Back, DrillWay Forward, long Lost, long Repeats);

/// <summary>Goes back to the release before and forward again while listeners are at it, and reads in the ledger what became of their impressions.</summary>
internal sealed class RollbackDrill(Uri address, int listeners, int deliveries, OpenLedger ledger, TimeProvider clock)
{
    private static readonly TimeSpan StandstillMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookDelay = TimeSpan.FromMilliseconds(20);

    private readonly DrillListener[] _listeners = [.. Enumerable.Range(0, listeners).Select(_ => new DrillListener(address, clock))];
    private Task[] _running = [];

    /// <summary>What it is at.</summary>
    public string Step { get; private set; } = "Listeners come";

    /// <summary>How many of its steps are done, of <see cref="Steps"/>.</summary>
    public int Done { get; private set; }

    public static int Steps => 6;

    /// <param name="back">Shell command that goes back.</param>
    /// <param name="forward">Shell command that goes forward again.</param>
    /// <exception cref="SettingException">A command failed, or listeners were refused.</exception>
    public async Task<DrillReport> RunAsync(string back, string forward, CancellationToken stop)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            _running = [.. _listeners.Select(listener => Task.Run(() => listener.RunAsync(leave.Token), CancellationToken.None))];
            await EachAcknowledgedAsync(clock.GetTimestamp(), deliveries, null, stop);
            var wentBack = await GoAsync("Going back", back, Endpoint.Single, stop);
            var wentForward = await GoAsync("Going forward", forward, Endpoint.Batch, stop);
            Next("Reading the ledger");
            await leave.CancelAsync();
            await Task.WhenAll(_running);
            return await ReadBackAsync(wentBack, wentForward, stop);
        }
        finally
        {
            await leave.CancelAsync();
            await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Array.ForEach(_listeners, listener => listener.Dispose());
        }
    }

    private async Task<DrillWay> GoAsync(string step, string command, Endpoint endpoint, CancellationToken stop)
    {
        Next(step);
        var started = clock.GetTimestamp();
        await ShellAsync(command, stop);
        var ended = clock.GetTimestamp();
        Next($"{step}: listeners go on");
        await EachAcknowledgedAsync(ended, deliveries, null, stop);
        // A release before that has the batch endpoint too is told from this one by the command alone.
        var isTold = endpoint == Endpoint.Batch || _listeners.All(listener => listener.AcknowledgedAfter(ended).Any(delivery => delivery.Endpoint == endpoint));
        if (endpoint == Endpoint.Batch)
        {
            await EachAcknowledgedAsync(ended, 1, endpoint, stop);
        }

        var ways = _listeners.Select(listener => isTold ? Turned(listener.AcknowledgedAfter(started), endpoint) : Turned(listener.AcknowledgedAfter(ended), null)).ToArray();
        return new DrillWay(Seconds(ended), Seconds(ways.Min(way => way.First)), Seconds(ways.Max(way => way.ForGood)));

        double Seconds(long moment) => Math.Round(clock.GetElapsedTime(started, moment).TotalSeconds, 2);
    }

    /// <summary>When an endpoint first acknowledged, and when it first did so with the other endpoint silent from then on.</summary>
    private static (long First, long ForGood) Turned((long At, Endpoint Endpoint)[] deliveries, Endpoint? endpoint)
    {
        var last = Array.FindLastIndex(deliveries, delivery => endpoint is not null && delivery.Endpoint != endpoint);
        return (deliveries.First(delivery => endpoint is null || delivery.Endpoint == endpoint).At, deliveries[last + 1].At);
    }

    /// <summary>Waits until so many deliveries of every listener were acknowledged after a moment.</summary>
    private async Task EachAcknowledgedAsync(long moment, int count, Endpoint? endpoint, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        while (!Array.TrueForAll(_listeners, listener => listener.AcknowledgedAfter(moment).Count(delivery => endpoint is null || delivery.Endpoint == endpoint) >= count))
        {
            await Task.WhenAny([.. _running, Task.Delay(LookDelay, clock, stop)]);
            stop.ThrowIfCancellationRequested();
            if (Array.Find(_running, task => task.IsCompleted) is { } ended)
            {
                await ended;
            }

            if (clock.GetElapsedTime(started) > StandstillMax)
            {
                throw new SettingException($"After {StandstillMax.TotalMinutes} minutes some listeners' impressions are not acknowledged at {address}.");
            }
        }
    }

    /// <summary>Runs a command of the operator's; what it says goes to the standard error.</summary>
    private static async Task ShellAsync(string command, CancellationToken stop)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"({command}) >&2"]))!;
        try
        {
            await shell.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            shell.Kill(entireProcessTree: true);
            throw;
        }

        if (shell.ExitCode != 0)
        {
            throw new SettingException($"'{command}' ended with {shell.ExitCode}.");
        }
    }

    private async Task<DrillReport> ReadBackAsync(DrillWay back, DrillWay forward, CancellationToken stop)
    {
        var lost = 0L;
        foreach (var listener in _listeners)
        {
            var history = await ledger.Sessions.ReadSessionAsync(listener.ListenerId, listener.Session, stop);
            lost += listener.Shown.Count(artworkId => history?.Seen.Contains(artworkId) != true);
        }

        var sessions = _listeners.Select(listener => listener.Session).ToHashSet();
        var repeats = 0L;
        var legacy = new LegacyQuery(finding => repeats += sessions.Contains(finding.Session) ? 1 : 0);
        await ledger.Source.ReadMomentAsync(
            async moment =>
            {
                await legacy.RunAsync(moment, stop);
                foreach (var session in sessions)
                {
                    // The drill's own clients show nothing twice on purpose, so that a repeat is a fault.
                    repeats += (await moment.FindSessionsAsync(new SessionFilter(session, null, null, false, 1), stop)).Sum(found => found.Repeats);
                }

                return repeats;
            },
            stop);
        Next("Done");
        var acknowledged = _listeners.SelectMany(listener => listener.Acknowledged).ToArray();
        return new DrillReport(
            _listeners.Length,
            _listeners.Sum(listener => (long)listener.Shown.Count),
            acknowledged.Length,
            acknowledged.Count(delivery => delivery.Endpoint == Endpoint.Single),
            _listeners.Sum(listener => (long)listener.Retries),
            Math.Round(_listeners.Max(listener => listener.LongestWait).TotalSeconds, 2),
            back,
            forward,
            lost,
            repeats);
    }

    private void Next(string step) => (Step, Done) = (step, Done + 1);
}

using System.Diagnostics;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>One direction of the drill: back or forward.</summary>
/// <param name="CommandSeconds">How long the command ran.</param>
/// <param name="FirstSeconds">From the start of the command until the target release acknowledged its first delivery.</param>
/// <param name="AllSeconds">From the start of the command until the target release alone acknowledged the deliveries of every listener.</param>
internal sealed record DrillWay(double CommandSeconds, double FirstSeconds, double AllSeconds);

/// <summary>The result of a drill.</summary>
/// <param name="OneByOne">Deliveries by the single endpoint.</param>
/// <param name="Lost">Impressions shown that are not in the ledger.</param>
/// <param name="Repeats">Violations that the drill's listeners met: not viewed, served twice or shown again.</param>
internal sealed record DrillResult(
    int Listeners, long Impressions, long Deliveries, long OneByOne, long Retries, double LongestWaitSeconds, DrillWay Back, DrillWay Forward, long Lost, long Repeats);

/// <summary>Rolls back to the previous release and forward again while listeners are active, then compares their impressions with the ledger.</summary>
internal sealed class RollbackDrill(Uri address, int listeners, int deliveries, OpenLedger ledger, TimeProvider clock)
{
    private static readonly TimeSpan StandstillMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollDelay = TimeSpan.FromMilliseconds(20);

    private readonly DrillListener[] _listeners = [.. Enumerable.Range(0, listeners).Select(_ => new DrillListener(address, clock))];
    private Task[] _running = [];

    /// <summary>The current step, for the progress bar.</summary>
    public string Step { get; private set; } = "Listeners sign in";

    /// <summary>The number of finished steps, of <see cref="Steps"/>.</summary>
    public int Done { get; private set; }

    public static int Steps => 6;

    /// <param name="back">Shell command that rolls back.</param>
    /// <param name="forward">Shell command that deploys this release again.</param>
    /// <exception cref="SettingException">A command failed, or the server refused a listener.</exception>
    public async Task<DrillResult> RunAsync(string back, string forward, CancellationToken stop)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            _running = [.. _listeners.Select(listener => Task.Run(() => listener.RunAsync(leave.Token), CancellationToken.None))];
            await EachAcknowledgedAsync(clock.GetTimestamp(), deliveries, null, stop);
            var wentBack = await GoAsync("Rolling back", back, Endpoint.Single, stop);
            var wentForward = await GoAsync("Rolling forward", forward, Endpoint.Batch, stop);
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
        Next($"{step}: waiting for deliveries");
        await EachAcknowledgedAsync(ended, deliveries, null, stop);
        // If the previous release has the batch endpoint too, the endpoint does not show which release answered: then measure from the end of the command.
        var isDistinct = endpoint == Endpoint.Batch || _listeners.All(listener => listener.AcknowledgedAfter(ended).Any(delivery => delivery.Endpoint == endpoint));
        if (endpoint == Endpoint.Batch)
        {
            await EachAcknowledgedAsync(ended, 1, endpoint, stop);
        }

        var ways = _listeners.Select(listener => isDistinct ? SwitchOf(listener.AcknowledgedAfter(started), endpoint) : SwitchOf(listener.AcknowledgedAfter(ended), null)).ToArray();
        return new DrillWay(Seconds(ended), Seconds(ways.Min(way => way.First)), Seconds(ways.Max(way => way.ForGood)));

        double Seconds(long moment) => Math.Round(clock.GetElapsedTime(started, moment).TotalSeconds, 2);
    }

    /// <summary>When an endpoint first acknowledged a delivery, and the first delivery after which only this endpoint did.</summary>
    private static (long First, long ForGood) SwitchOf((long At, Endpoint Endpoint)[] deliveries, Endpoint? endpoint)
    {
        var last = Array.FindLastIndex(deliveries, delivery => endpoint is not null && delivery.Endpoint != endpoint);
        return (deliveries.First(delivery => endpoint is null || delivery.Endpoint == endpoint).At, deliveries[last + 1].At);
    }

    /// <summary>Waits until <paramref name="count"/> deliveries of every listener were acknowledged after a moment.</summary>
    private async Task EachAcknowledgedAsync(long moment, int count, Endpoint? endpoint, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        while (!Array.TrueForAll(_listeners, listener => listener.AcknowledgedAfter(moment).Count(delivery => endpoint is null || delivery.Endpoint == endpoint) >= count))
        {
            await Task.WhenAny([.. _running, Task.Delay(PollDelay, clock, stop)]);
            stop.ThrowIfCancellationRequested();
            if (Array.Find(_running, task => task.IsCompleted) is { } ended)
            {
                await ended;
            }

            if (clock.GetElapsedTime(started) > StandstillMax)
            {
                throw new SettingException($"{address} did not acknowledge the deliveries of every listener within {StandstillMax.TotalMinutes} minutes.");
            }
        }
    }

    /// <summary>Runs the operator's command; its output goes to standard error.</summary>
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
            throw new SettingException($"'{command}' exited with {shell.ExitCode}.");
        }
    }

    private async Task<DrillResult> ReadBackAsync(DrillWay back, DrillWay forward, CancellationToken stop)
    {
        var lost = 0L;
        foreach (var listener in _listeners)
        {
            var history = await ledger.Sessions.ReadSessionAsync(listener.ListenerId, listener.Session, stop);
            lost += listener.Shown.Count(artworkId => history?.Seen.Contains(artworkId) != true);
        }

        var sessions = _listeners.Select(listener => listener.Session).ToHashSet();
        var repeats = 0L;
        var query = new LegacyQuery(finding => repeats += sessions.Contains(finding.Session) ? 1 : 0);
        await ledger.Source.ReadMomentAsync(
            async moment =>
            {
                await query.RunAsync(moment, stop);
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
        return new DrillResult(
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

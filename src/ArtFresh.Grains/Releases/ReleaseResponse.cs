using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Releases;

/// <summary>Does what the operator configured for a failure, and notifies the webhook. Everything is written to the audit.</summary>
public sealed partial class ReleaseResponse(
    IReleaseLedger ledger,
    IOperatorAudit audit,
    ReleasePolicies policies,
    ReleaseWatchOptions options,
    TimeProvider clock,
    ILogger<ReleaseResponse> logger,
    IReleaseAlarm? alarm = null,
    IReleaseCommand? command = null)
{
    /// <summary>The watch as an actor in the audit.</summary>
    internal const string Watch = "watch";

    /// <summary>Calls that run outside the grain's turns.</summary>
    private readonly HashSet<Task> _running = [];

    /// <summary>Completes when all commands and notifications that were started have ended.</summary>
    public Task SettledAsync()
    {
        lock (_running)
        {
            return Task.WhenAll(_running);
        }
    }

    /// <summary>Takes the configured action. If the silo dies before the action is recorded, the next activation takes it again.</summary>
    /// <returns>What was done.</returns>
    internal async Task<string> ActAsync(ReleaseFailure failure, ReleaseNews news)
    {
        switch (options.Action)
        {
            case WatchAction.Single when policies.Of(failure.Release) == Delivery.Single:
                return "delivery: single already";
            case WatchAction.Single:
                var now = clock.GetUtcNow();
                await ledger.SetPolicyAsync(
                    new ReleasePolicy(failure.Release, Delivery.Single, now),
                    new OperatorAct(now, Watch, "switch-delivery", failure.Release, $"single: {string.Join(", ", news.Triggers)} failed"),
                    CancellationToken.None);
                await policies.RefreshAsync(CancellationToken.None);
                LogSwitched(logger, failure.Release);
                return "delivery: single";
            case WatchAction.Command when command is not null:
                Run(() => RunCommandAsync(command, news));
                return "command started";
            default:
                return "none";
        }
    }

    /// <summary>Notifies the webhook, without waiting for it.</summary>
    internal void Notify(ReleaseNews news)
    {
        if (alarm is not null)
        {
            Run(async () =>
            {
                if (await alarm.NotifyAsync(news, CancellationToken.None).ConfigureAwait(false) is { } outcome)
                {
                    await audit.AppendAsync(new OperatorAct(clock.GetUtcNow(), Watch, "webhook", news.Release, $"{news.What}: {outcome}"), CancellationToken.None)
                        .ConfigureAwait(false);
                }
            });
        }
    }

    private async Task RunCommandAsync(IReleaseCommand run, ReleaseNews news)
    {
        var outcome = await run.RunAsync(news, CancellationToken.None).ConfigureAwait(false);
        LogCommand(logger, news.Release, outcome);
        await audit.AppendAsync(new OperatorAct(clock.GetUtcNow(), Watch, "command", news.Release, outcome), CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Outside the grain's turns: a receiver that hangs must not hold up the watch.</summary>
    private void Run(Func<Task> work)
    {
        var task = Task.Run(async () =>
        {
            try
            {
                await work().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Nobody awaits the task: the failure is logged.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                LogNotWritten(logger, failure);
            }
        });
        lock (_running)
        {
            _running.RemoveWhere(done => done.IsCompleted);
            _running.Add(task);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "[Impressions] release {Release} delivers one by one from now on: its triggers failed")]
    private static partial void LogSwitched(ILogger logger, string release);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The operator's command for release {Release} ended: {Outcome}")]
    private static partial void LogCommand(ILogger logger, string release, string outcome);

    [LoggerMessage(Level = LogLevel.Error, Message = "Writing to the audit what was done about a release failed; the action itself was taken")]
    private static partial void LogNotWritten(ILogger logger, Exception failure);
}

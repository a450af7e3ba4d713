using System.Text.Json;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Releases;

/// <summary>Takes the configured action on a failure and notifies the webhook. Writes both to the audit.</summary>
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

    internal const string Nothing = "none";

    private const string CommandStarted = "command started";

    /// <summary>The most actions on all releases in an hour: more would mean that the watch itself is wrong.</summary>
    private const int ActionsPerHourMax = 3;

    private const int NoticesAtOnce = 50;
    private const int RetrySecondsMax = 3600;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan NoticeKept = TimeSpan.FromDays(3);

    private Task _command = Task.CompletedTask;
    private Task _delivery = Task.CompletedTask;

    /// <summary>
    /// Takes the configured action: one at a time, at most one an hour for a release and <see cref="ActionsPerHourMax"/> an hour in all. If the silo dies before the action is
    /// recorded, the next activation takes it again.
    /// </summary>
    /// <returns>The action for the failure's record; null if it must wait.</returns>
    internal async Task<string?> ActAsync(ReleaseFailure failure, ReleaseNews news)
    {
        switch (options.Action)
        {
            case WatchAction.Single when policies.Of(failure.Release) == Delivery.Single:
                return "delivery: single already";
            case WatchAction.Single or WatchAction.Command when !await MayActAsync(failure.Release):
                return null;
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
                _command = Run(() => RunCommandAsync(command, news));
                return CommandStarted;
            default:
                return Nothing;
        }
    }

    /// <summary>Keeps a notification in the ledger until the webhook accepts it.</summary>
    /// <param name="key">Notifications with the same key are sent once.</param>
    internal async Task NotifyAsync(string key, ReleaseNews news)
    {
        if (alarm is not null)
        {
            var json = JsonSerializer.Serialize(news, NewsJson.Default.ReleaseNews);
            await ledger.KeepNoticeAsync(new ReleaseNotice(key, news.At, json, 0, news.At), CancellationToken.None);
        }
    }

    /// <summary>Sends the pending notifications one after the other, without waiting for them.</summary>
    internal void Deliver()
    {
        if (alarm is not null && _delivery.IsCompleted)
        {
            _delivery = Run(() => DeliverAsync(alarm));
        }
    }

    private async Task<bool> MayActAsync(string release)
    {
        var from = clock.GetUtcNow() - Hour;
        var acts = (await audit.ReadAsync(Limits.AuditRowsMax, CancellationToken.None))
            .Where(row => row is { Actor: Watch, What: "act" } && row.Detail != Nothing && row.At > from).ToArray();
        return _command.IsCompleted && acts.Length < ActionsPerHourMax && !Array.Exists(acts, act => act.Release == release);
    }

    private async Task DeliverAsync(IReleaseAlarm receiver)
    {
        foreach (var notice in await ledger.ReadNoticesAsync(clock.GetUtcNow(), NoticesAtOnce, CancellationToken.None).ConfigureAwait(false))
        {
            var news = JsonSerializer.Deserialize(notice.News, NewsJson.Default.ReleaseNews)!;
            var (isTaken, outcome) = await receiver.NotifyAsync(news, CancellationToken.None).ConfigureAwait(false);
            var now = clock.GetUtcNow();
            var isGivenUp = !isTaken && now - notice.At >= NoticeKept;
            var again = TimeSpan.FromSeconds(Math.Min(RetrySecondsMax, 10 << Math.Min(notice.Tries, 10)));
            await ledger.UpdateNoticeAsync(notice with { Tries = notice.Tries + 1, NextAt = now + again }, isTaken || isGivenUp ? now : null, CancellationToken.None).ConfigureAwait(false);
            if (isTaken || isGivenUp || notice.Tries == 0)
            {
                var what = $"{news.What}: {outcome}{(isTaken ? "" : isGivenUp ? "; given up" : "; sent again until it is taken")}";
                await audit.AppendAsync(new OperatorAct(now, Watch, "webhook", news.Release, what), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task RunCommandAsync(IReleaseCommand run, ReleaseNews news)
    {
        var outcome = await run.RunAsync(news, CancellationToken.None).ConfigureAwait(false);
        LogCommand(logger, news.Release, outcome);
        await audit.AppendAsync(new OperatorAct(clock.GetUtcNow(), Watch, "command", news.Release, outcome), CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Runs work outside the grain's turns: a receiver that hangs must not delay the watch.</summary>
    private Task Run(Func<Task> work) => Task.Run(async () =>
    {
        try
        {
            await work().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody awaits the task, so the failure is logged.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotWritten(logger, failure);
        }
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "[Impressions] release {Release} failed its triggers; its clients deliver one by one until an operator switches it back")]
    private static partial void LogSwitched(ILogger logger, string release);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The operator's command for release {Release} ended: {Outcome}")]
    private static partial void LogCommand(ILogger logger, string release, string outcome);

    [LoggerMessage(Level = LogLevel.Error, Message = "Writing an action on a release to the audit failed; the action itself was taken")]
    private static partial void LogNotWritten(ILogger logger, Exception failure);
}

[JsonSerializable(typeof(ReleaseNews))]
internal sealed partial class NewsJson : JsonSerializerContext;

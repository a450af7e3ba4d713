using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Export;

/// <summary>A system outside that takes committed impressions.</summary>
public interface IImpressionTarget
{
    /// <summary>Sends them; false if they are to be sent again.</summary>
    Task<bool> TrySendAsync(IReadOnlyList<ExportedBatch> batches, CancellationToken cancellationToken);
}

/// <summary>
/// Sends each committed impression to a system outside, at least once. Up to where is in the ledger: whichever silo has the turn goes on from there, and what a killed one had
/// sent without noting it is sent again.
/// </summary>
public sealed partial class ImpressionFeeder(IImpressionFeed feed, IEnumerable<IImpressionTarget> targets, TimeProvider clock, ILogger<ImpressionFeeder> logger) : SiloWork
{
    private const int BatchesPerCall = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    private readonly Guid _member = Guid.CreateVersion7();
    private TimeSpan _pause = Interval;

    /// <inheritdoc/>
    protected override Task RunAsync() => targets.FirstOrDefault() is { } target
        ? RepeatAsync(Interval, clock, () => FeedAsync(target), failure => LogFailed(logger, failure))
        : Task.CompletedTask;

    private async Task FeedAsync(IImpressionTarget target)
    {
        if (!await TakeTurnAsync().ConfigureAwait(false))
        {
            return;
        }

        foreach (var writer in await feed.ReadWritersAsync(Stopping).ConfigureAwait(false))
        {
            var left = writer;
            while (left.Sent < left.Last)
            {
                var batches = await feed.ReadAsync(left, BatchesPerCall, Stopping).ConfigureAwait(false);
                if (batches.Count > 0 && !await target.TrySendAsync(batches, Stopping).ConfigureAwait(false))
                {
                    await Task.Delay(_pause, clock, Stopping).ConfigureAwait(false);
                    _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, PauseMax.Ticks));
                    return;
                }

                // Rows that are gone, or of who is to be erased, are passed.
                left = left with { Sent = batches.Count < BatchesPerCall ? left.Last : batches[^1].Position };
                await feed.AdvanceAsync(left.Writer, left.Sent, Stopping).ConfigureAwait(false);
                _pause = Interval;
                if (!await TakeTurnAsync().ConfigureAwait(false))
                {
                    return;
                }
            }
        }
    }

    private Task<bool> TakeTurnAsync() => feed.TakeTurnAsync(_member, clock.GetUtcNow(), Lease, Stopping);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading committed impressions for Export:Webhook failed; retrying in a second")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}

using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api;

/// <summary>Learns how many front ends the cluster has, and has the quotas shared among them.</summary>
internal sealed partial class FrontEnds(GrainCalls grains, Quotas quotas, TimeProvider clock, ILogger<FrontEnds> logger)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    private readonly Guid _own = Guid.CreateVersion7(clock.GetUtcNow());
    private int _known = 1;

    /// <summary>Notes this front end with the cluster until it stops.</summary>
    public async Task BeatAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await NoteAsync();
            await Task.Delay(Beat, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task NoteAsync()
    {
        try
        {
            var count = await grains.Ask((IFrontEndsGrain frontEnds) => frontEnds.Note(_own));
            if (count > 0 && count != _known)
            {
                _known = count;
                quotas.ShareAmong(count);
            }
        }
        catch (Exception fault) when (Faults.IsClusterAway(fault))
        {
            LogNotCounted(logger, _known, fault);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Counting the front ends failed; quotas go on as for {Known}")]
    private static partial void LogNotCounted(ILogger logger, int known, Exception fault);
}

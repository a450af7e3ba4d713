using ArtFresh.Ledger;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// Looks every second whether the ledger's database is still the one that wrote last, so that a silo that serves from memory learns of a loss as soon as one that writes.
/// </summary>
public sealed partial class EpochWatch(ILedgerEpochs epochs, TimeProvider clock, ILogger<EpochWatch> logger) : SiloWork
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>An epoch is news for as long as somebody may still do something about it.</summary>
    private static readonly TimeSpan NewsAgeMax = TimeSpan.FromHours(1);

    private long _announced;

    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        Announce();
        await RepeatAsync(Interval, clock, LookAsync, failure => LogFailed(logger, failure)).ConfigureAwait(false);
    }

    private async Task LookAsync()
    {
        await epochs.LookAsync(Stopping).ConfigureAwait(false);
        Announce();
    }

    private void Announce()
    {
        if (epochs.Known.All is [.., var last] && last.Number != _announced)
        {
            if (last.Number > LedgerEpoch.First && !last.LostNothing && clock.GetUtcNow() - last.FoundAt < NewsAgeMax)
            {
                LogEpoch(logger, last.Number, last.FoundAt, last.Reason, last.Floor);
            }

            _announced = last.Number;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger is in epoch {Epoch} since {FoundAt:u}, because {Reason}. Listeners who may have been here before get only artworks made since (ids above {Floor}), each of them until the ledger knows again what that listener had. If nothing was lost, run 'artfresh restored --lost-nothing'. Else run 'artfresh erasures apply' with your last file of 'erasures export': who was erased since may be back")]
    private static partial void LogEpoch(ILogger logger, long epoch, DateTimeOffset foundAt, string reason, long floor);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Looking whether the ledger has gone back failed; looking again in a second")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}

using ArtFresh.Contracts;

namespace ArtFresh.Server;

/// <summary>Blocks that sessions were serving from while a command wrote to their listeners' logs.</summary>
internal static class ServedBlocks
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a server may take to end the next block.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until the servers that run have taken the blocks away: from then on, no session is served what the command wrote.</summary>
    /// <exception cref="LedgerUnavailableException">The servers do not do it. What the command wrote is in the ledger.</exception>
    public static async Task EndedAsync(OpenLedger ledger, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (left, since) = (long.MaxValue, clock.GetTimestamp());
        while (await ledger.Endings.CountAsync(cancellationToken) is var now and > 0 && await ledger.IsServedAsync(cancellationToken))
        {
            if (now < left)
            {
                (left, since) = (now, clock.GetTimestamp());
            }
            else if (clock.GetElapsedTime(since) > Patience)
            {
                throw new LedgerUnavailableException(
                    $"All is written, and sessions of {OperatorConsole.Counted(now, "listener")} may still be served it: no server has ended their blocks for {Patience.TotalSeconds} s. Servers of the release before cannot; within the hour the blocks end by themselves.");
            }

            await Task.Delay(Interval, clock, cancellationToken);
        }
    }
}

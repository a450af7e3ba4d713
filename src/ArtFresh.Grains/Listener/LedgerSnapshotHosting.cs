using ArtFresh.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;

namespace ArtFresh.Grains.Listener;

/// <summary>Registers <see cref="LedgerSnapshots"/>.</summary>
public static class LedgerSnapshotHosting
{
    /// <summary>Keeps listeners' snapshots and the streams' subscriptions in the ledger's database, through <see cref="Ledger.IStateLog"/>.</summary>
    public static ISiloBuilder UseLedgerSnapshots(this ISiloBuilder silo)
    {
        foreach (var name in (string[])[ListenerGrain.SnapshotStorage, SharedStreams.SubscriptionStorage])
        {
            silo.Services.AddGrainStorage(name, (services, _) => ActivatorUtilities.CreateInstance<LedgerSnapshots>(services));
        }

        return silo;
    }
}

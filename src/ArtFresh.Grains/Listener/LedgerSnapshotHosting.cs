using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;

namespace ArtFresh.Grains.Listener;

/// <summary>Registers <see cref="LedgerSnapshots"/>.</summary>
public static class LedgerSnapshotHosting
{
    /// <summary>Keeps listeners' snapshots in the ledger itself, for a ledger that is an <see cref="Ledger.IStateLog"/>.</summary>
    public static ISiloBuilder UseLedgerSnapshots(this ISiloBuilder silo)
    {
        silo.Services.AddGrainStorage(ListenerGrain.SnapshotStorage, (services, _) => ActivatorUtilities.CreateInstance<LedgerSnapshots>(services));
        return silo;
    }
}

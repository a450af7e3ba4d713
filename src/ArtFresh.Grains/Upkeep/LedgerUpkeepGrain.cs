using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Upkeep;

/// <inheritdoc cref="ILedgerUpkeepGrain"/>
/// <remarks>Runs by a reminder, so that a cluster that runs for months without a restart is maintained too.</remarks>
[GrainType("ledger-upkeep")]
public sealed class LedgerUpkeepGrain(ILedgerUpkeep upkeep) : Grain, ILedgerUpkeepGrain, IRemindable
{
    private const string DailyReminder = "daily";

    /// <inheritdoc/>
    public async Task Begin() => await this.RegisterOrUpdateReminder(DailyReminder, TimeSpan.FromHours(1), TimeSpan.FromDays(1));

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => upkeep.PrepareAsync(CancellationToken.None);
}

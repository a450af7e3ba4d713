using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.MoodPool;

/// <summary>What may be spent on paid pictures in a day (UTC): a budget for all, and a share for each network, so that one guest does not spend it. One for the cluster; the key is 0.</summary>
[GrainInterfaceType("painting-budget"), Alias("painting-budget")]
public interface IPaintingBudgetGrain : IGrainWithIntegerKey
{
    /// <summary>Takes one picture of the budget, before it is asked for: a failed one may cost as well. False where the budget or the network's share is spent.</summary>
    [Alias("try-take")] Task<bool> TryTake(ulong network);
}

/// <summary>What is kept of a day. Networks are not: they are in memory alone.</summary>
[GenerateSerializer, Alias("painting-budget-state")]
public sealed class PaintingBudgetState
{
    /// <summary>The day, counted from 1 January of the year 1.</summary>
    [Id(0)] public int DayNumber { get; set; }

    /// <summary>Pictures asked for on that day.</summary>
    [Id(1)] public int Taken { get; set; }
}

/// <inheritdoc cref="IPaintingBudgetGrain"/>
[GrainType("painting-budget")]
public sealed partial class PaintingBudgetGrain(
    [PersistentState("painting-budget", GrainStorages.Snapshots)] IPersistentState<PaintingBudgetState> day,
    MoodPoolOptions options,
    TimeProvider clock,
    ILogger<PaintingBudgetGrain> logger) : Grain, IPaintingBudgetGrain
{
    // At most as many networks as pictures.
    private readonly Dictionary<ulong, int> _takenBy = [];

    /// <inheritdoc/>
    public async Task<bool> TryTake(ulong network)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber;
        if (day.State.DayNumber != today)
        {
            _takenBy.Clear();
            (day.State.DayNumber, day.State.Taken) = (today, 0);
        }

        var taken = _takenBy.GetValueOrDefault(network);
        if (day.State.Taken >= options.PaintedPerDay || taken >= options.PaintedPerDayAndNetwork)
        {
            return false;
        }

        day.State.Taken++;
        await day.WriteStateAsync();
        _takenBy[network] = taken + 1;
        if (day.State.Taken == options.PaintedPerDay)
        {
            LogSpent(logger, options.PaintedPerDay);
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "All {Pictures} paid pictures of the day are spent; art is neural until midnight UTC")]
    private static partial void LogSpent(ILogger logger, int pictures);
}

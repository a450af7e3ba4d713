using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Grains.MoodPool;

/// <summary>The cluster's budget of paid pictures for a day (UTC), and the share of each network and listener, so that none can spend it alone. The key is 0.</summary>
[GrainInterfaceType("painting-budget"), Alias("painting-budget")]
public interface IPaintingBudgetGrain : IGrainWithIntegerKey
{
    /// <summary>Takes one picture from the budget. Call it before the request to the images API, because a failed request may cost too.</summary>
    /// <returns>False if the budget is spent, or the share of the network or of the <see cref="CallerListener"/>.</returns>
    [Alias("try-take")] Task<bool> TryTake(ulong network);
}

/// <summary>The stored part of the budget. The shares are in memory only.</summary>
[GenerateSerializer, Alias("painting-budget-state")]
public sealed class PaintingBudgetState
{
    /// <summary>The day, as <see cref="DateOnly.DayNumber"/>.</summary>
    [Id(0)] public int DayNumber { get; set; }

    /// <summary>Pictures taken on that day.</summary>
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
    // Bounded by the number of pictures.
    private readonly Dictionary<ulong, int> _takenByNetwork = [];
    private readonly Dictionary<string, int> _takenByListener = [];

    /// <inheritdoc/>
    public async Task<bool> TryTake(ulong network)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber;
        if (day.State.DayNumber != today)
        {
            _takenByNetwork.Clear();
            _takenByListener.Clear();
            (day.State.DayNumber, day.State.Taken) = (today, 0);
        }

        // Silos of the release before name no listener.
        var listener = RequestContext.Get(CallerListener.Key) as string ?? "";
        var (ofNetwork, ofListener) = (_takenByNetwork.GetValueOrDefault(network), _takenByListener.GetValueOrDefault(listener));
        if (day.State.Taken >= options.PaintedPerDay || ofNetwork >= options.PaintedPerDayAndNetwork || (listener.Length > 0 && ofListener >= options.PaintedPerDayAndListener))
        {
            return false;
        }

        day.State.Taken++;
        await day.WriteStateAsync();
        _takenByNetwork[network] = ofNetwork + 1;
        _takenByListener[listener] = ofListener + 1;
        if (day.State.Taken == options.PaintedPerDay)
        {
            LogSpent(logger, options.PaintedPerDay);
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The day's {Pictures} paid pictures (ArtFresh:Images:PicturesPerDay) are spent; art is neural until midnight UTC")]
    private static partial void LogSpent(ILogger logger, int pictures);
}

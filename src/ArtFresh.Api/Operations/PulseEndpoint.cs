using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>The sessions in memory on all silos, counted at most every few seconds.</summary>
internal sealed class SessionsInMemory
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    /// <summary>When silos are away, an operator wants the rest of the pulse at once.</summary>
    private static readonly TimeSpan CountMax = TimeSpan.FromSeconds(1);

    private readonly GrainCalls _grains;
    private readonly TimeProvider _clock;
    private readonly SharedAnswer<int?> _answer;

    public SessionsInMemory(GrainCalls grains, TimeProvider clock)
    {
        (_grains, _clock) = (grains, clock);
        _answer = new SharedAnswer<int?>(Kept, clock, AskAsync);
    }

    /// <summary>Their number; null if a silo could not be asked.</summary>
    public Task<int?> CountAsync() => _answer.Get();

    private async Task<int?> AskAsync()
    {
        try
        {
            var statistics = await _grains.Ask((IManagementGrain cluster) => cluster.GetSimpleGrainStatistics()).WaitAsync(CountMax, _clock);
            return statistics.Where(grain => grain.GrainType.Contains(".ListenerSessionGrain", StringComparison.Ordinal)).Sum(grain => grain.ActivationCount);
        }
        // A silo that does not answer is no reason to show nothing.
        catch (Exception)
        {
            return null;
        }
    }
}

/// <summary>The endpoint of the server's pulse.</summary>
internal static class PulseEndpoint
{
    public static void MapPulse(this IEndpointRouteBuilder operators) => operators.MapGet("/pulse", ReadAsync)
        .WithName("ReadPulse")
        .WithSummary("What this server answers at the moment and over the last hour, and what is wrong with it. Other servers are not asked.")
        .Produces<PulseBody>()
        .Refuses(401, 403, 429);

    private static async Task<IResult> ReadAsync(ServerPulse pulse, SessionsInMemory sessions) =>
        TypedResults.Json(pulse.Read(await sessions.CountAsync()), ApiJson.Default.PulseBody);
}

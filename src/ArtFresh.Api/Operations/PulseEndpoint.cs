using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>The sessions in memory on all silos, counted at most every few seconds.</summary>
internal sealed class SessionsInMemory(GrainCalls grains, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<int?>? _asked;
    private long _askedAt;

    /// <summary>Their number; null if a silo could not be asked.</summary>
    public Task<int?> CountAsync()
    {
        lock (_gate)
        {
            if (_asked is null || (_asked.IsCompleted && clock.GetElapsedTime(_askedAt) >= Kept))
            {
                _askedAt = clock.GetTimestamp();
                _asked = AskAsync();
            }

            return _asked;
        }
    }

    private async Task<int?> AskAsync()
    {
        try
        {
            var statistics = await grains.Ask((IManagementGrain cluster) => cluster.GetSimpleGrainStatistics());
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

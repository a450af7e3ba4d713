using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ArtFresh.Api;

/// <summary>
/// <c>/healthz/live</c>: the process answers. <c>/healthz/ready</c>: every check tagged <see cref="ReadyTag"/> passes, else 503.
/// </summary>
public static class Health
{
    /// <summary>Tag of the checks that decide whether this process should get requests.</summary>
    public const string ReadyTag = "ready";

    private static readonly TimeSpan LedgerCheckMax = TimeSpan.FromSeconds(2);

    // Anyone may call it, so the ledger is checked at most this often.
    private static readonly TimeSpan LedgerAnswerKept = TimeSpan.FromSeconds(1);

    internal static void AddArtFreshHealth(this IServiceCollection services)
    {
        services.AddSingleton<LedgerCheck>();
        services.AddHealthChecks().AddCheck<LedgerCheck>("ledger", tags: [ReadyTag]);
    }

    internal static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false });
        routes.MapHealthChecks("/healthz/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag) });
    }

    private sealed class LedgerCheck(GrainCalls grains, IHostApplicationLifetime process, TimeProvider clock) : IHealthCheck
    {
        private readonly Lock _gate = new();
        private Task<HealthCheckResult>? _asked;
        private long _askedAt;

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (process.ApplicationStopping.IsCancellationRequested)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy("This process is stopping."));
            }
            lock (_gate)
            {
                if (_asked is null || (_asked.IsCompleted && clock.GetElapsedTime(_askedAt) >= LedgerAnswerKept))
                {
                    _askedAt = clock.GetTimestamp();
                    _asked = AskAsync();
                }
                return _asked.WaitAsync(cancellationToken);
            }
        }

        private async Task<HealthCheckResult> AskAsync()
        {
            try
            {
                return await grains.Ask((ILedgerQueryGrain queries) => queries.CheckLedger()).WaitAsync(LedgerCheckMax, clock)
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy("The ledger accepts no writes.");
            }
            // Any failure means that the process is not ready.
            catch (Exception fault)
            {
                return HealthCheckResult.Unhealthy("The ledger does not answer.", fault);
            }
        }
    }
}

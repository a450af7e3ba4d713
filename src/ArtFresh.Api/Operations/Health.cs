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

    private sealed class LedgerCheck : IHealthCheck
    {
        private readonly GrainCalls _grains;
        private readonly IHostApplicationLifetime _process;
        private readonly TimeProvider _clock;
        private readonly SharedAnswer<HealthCheckResult> _answer;

        public LedgerCheck(GrainCalls grains, IHostApplicationLifetime process, TimeProvider clock)
        {
            (_grains, _process, _clock) = (grains, process, clock);
            _answer = new SharedAnswer<HealthCheckResult>(LedgerAnswerKept, clock, AskAsync);
        }

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            _process.ApplicationStopping.IsCancellationRequested
                ? Task.FromResult(HealthCheckResult.Unhealthy("This process is stopping."))
                : _answer.Get().WaitAsync(cancellationToken);

        private async Task<HealthCheckResult> AskAsync()
        {
            try
            {
                return await _grains.Ask((ILedgerQueryGrain queries) => queries.CheckLedger()).WaitAsync(LedgerCheckMax, _clock)
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

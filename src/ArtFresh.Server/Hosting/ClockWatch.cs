using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ArtFresh.Server;

/// <summary>
/// Notices that this machine's clock was set back. Orleans schedules the end of idle activations by the clock, and refuses each new activation while the clock is more than
/// about 6 minutes behind that schedule. Until the clock has caught up, this server is not ready.
/// </summary>
internal sealed partial class ClockWatch(TimeProvider clock, ILogger<ClockWatch> logger) : BackgroundService, IHealthCheck
{
    /// <summary>Under Orleans' limit, so that balancers turn away before requests fail.</summary>
    internal static readonly TimeSpan BehindMax = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LookDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private DateTimeOffset _latest;
    private bool _isBehind;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var behind = Look();
        return Task.FromResult(behind <= BehindMax
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"The clock was set back, and is {behind} behind the latest time that this server has seen. It takes no new sessions until the clock has caught up."));
    }

    /// <returns>How far the clock is behind the latest time that it has shown.</returns>
    internal TimeSpan Look()
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            _latest = now > _latest ? now : _latest;
            var behind = _latest - now;
            if ((behind > BehindMax) != _isBehind)
            {
                _isBehind = !_isBehind;
                if (_isBehind)
                {
                    LogBehind(logger, behind, _latest);
                }
                else
                {
                    LogCaughtUp(logger);
                }
            }

            return behind;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            Look();
            await Task.Delay(LookDelay, clock, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "This server is not ready: the clock was set back by {Behind}, and Orleans starts no grain until it has caught up with {Latest}. It is ready again by itself then; an embedded server is at once after a restart")]
    private static partial void LogBehind(ILogger logger, TimeSpan behind, DateTimeOffset latest);

    [LoggerMessage(Level = LogLevel.Information, Message = "The clock has caught up; this server is ready again")]
    private static partial void LogCaughtUp(ILogger logger);
}

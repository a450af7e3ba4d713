using ArtFresh.Contracts;
using ArtFresh.Storage.Postgres;

namespace ArtFresh.Server.Membership;

/// <summary>
/// Compares this machine's clock with the database's, at the start and every minute. A member that is 5 minutes ahead writes heartbeats from the future: healthy members then
/// take themselves for dead at their next restart.
/// </summary>
internal sealed partial class ClusterClock(PostgresDatabase database, TimeProvider clock, ILogger<ClusterClock> logger) : BackgroundService
{
    /// <summary>Twice this much does no harm.</summary>
    internal static readonly TimeSpan OffMax = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LookDelay = TimeSpan.FromMinutes(1);

    /// <returns>How far this machine's clock is ahead of the database's; negative where it is behind.</returns>
    internal async Task<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow();
        var there = await database.QueryAsync("select clock_timestamp()", row => row.GetFieldValue<DateTimeOffset>(0), cancellationToken);
        var ahead = before + ((clock.GetUtcNow() - before) / 2) - there[0];
        if (ahead.Duration() > OffMax)
        {
            LogOff(logger, ahead.Duration(), ahead > TimeSpan.Zero ? "ahead of" : "behind");
        }

        return ahead;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (LedgerUnavailableException)
            {
                // The readiness check says so.
            }

            await Task.Delay(LookDelay, clock, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "This machine's clock is {Off} {Direction} the database's. From 5 minutes ahead on, other members of the cluster stop at their next restart (\"I have been told I am dead\"): set the clock, and let NTP keep it")]
    private static partial void LogOff(ILogger logger, TimeSpan off, string direction);
}

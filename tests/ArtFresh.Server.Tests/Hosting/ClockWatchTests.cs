using ArtFresh.Server.Membership;
using ArtFresh.Storage.Postgres;
using ArtFresh.TestWorld;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ArtFresh.Server.Tests;

public sealed class ClockWatchTests
{
    private readonly SetClock _clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-4, true)]
    [InlineData(-6, false)]
    [InlineData(60, true)]
    public async Task ServerIsNotReadyWhileItsClockIsFarBack(int minutes, bool isReady)
    {
        using var watch = new ClockWatch(_clock, NullLogger<ClockWatch>.Instance);
        Assert.Equal(HealthStatus.Healthy, (await watch.CheckHealthAsync(new HealthCheckContext(), Stop)).Status);

        _clock.Shift = TimeSpan.FromMinutes(minutes);
        var shifted = await watch.CheckHealthAsync(new HealthCheckContext(), Stop);
        _clock.Shift += TimeSpan.FromMinutes(5);
        var later = await watch.CheckHealthAsync(new HealthCheckContext(), Stop);

        Assert.Equal(isReady, shifted.Status == HealthStatus.Healthy);
        Assert.Equal(!isReady, shifted.Description?.Contains("The clock was set back", StringComparison.Ordinal) == true);
        Assert.Equal(HealthStatus.Healthy, later.Status);
    }

    [Theory]
    [InlineData(5, "ahead of the database's")]
    [InlineData(-3, "behind the database's")]
    [InlineData(0, null)]
    public async Task MemberNamesAClockThatIsNotTheDatabases(int minutes, string? direction)
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed");
        await using var database = new PostgresDatabase(PostgresServer.Shared.NewDatabase());
        _clock.Shift = TimeSpan.FromMinutes(minutes);
        var log = new Lines();
        using var clock = new ClusterClock(database, _clock, log);

        var ahead = await clock.LookAsync(Stop);

        Assert.InRange(ahead, _clock.Shift - TimeSpan.FromSeconds(30), _clock.Shift + TimeSpan.FromSeconds(30));
        Assert.Equal(direction is null ? 0 : 1, log.Written.Count);
        Assert.All(log.Written, line => Assert.Contains(direction!, line, StringComparison.Ordinal));
    }

    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }

    private sealed class Lines : ILogger<ClusterClock>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add(formatter(state, exception));
    }
}

using ArtFresh.Contracts;
using ArtFresh.Grains.Retention;
using ArtFresh.Ledger;
using ArtFresh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ArtFresh.Grains.Tests;

/// <summary>What goes by itself once it is old, with the erasures that follow.</summary>
public sealed class RetentionTests
{
    private static readonly RetentionOptions Options = new() { Listeners = TimeSpan.FromDays(400), Impressions = TimeSpan.FromDays(62) };

    [Fact]
    public async Task WhoHasNotComeBackIsErasedAndWhoHasIsServedNothingAgain()
    {
        var clock = new ShiftedClock();
        await using var silo = await ArtFreshCluster.StartAsync(new ArtFreshClusterOptions { ConfigureSilo = host => host.Services.AddSingleton<TimeProvider>(clock) });
        var (gone, account, guest) = ($"guest-{Guid.CreateVersion7():N}", $"sub-{Guid.CreateVersion7():N}", $"guest-{Guid.CreateVersion7():N}");
        var shown = new List<long>();
        foreach (var listener in new[] { gone, account, guest })
        {
            var session = await silo.OpenSessionAsync(listener);
            var ids = (await session.Take(20)).Ids();
            await session.Record(1, ids);
            await session.Finish([]);
            shown.AddRange(listener == gone ? [] : ids);
        }

        Assert.Equal(JoinOutcome.Joined, await silo.JoinAsync(guest, account));
        await Eventually.Async(async () => !await silo.ServicesOf(0).GetRequiredService<IErasures>().HasUntalliedAsync(account, default)
            && !await silo.ServicesOf(0).GetRequiredService<IErasures>().HasUntalliedAsync(guest, default));
        clock.Shift = TimeSpan.FromDays(399);
        shown.AddRange((await (await silo.OpenSessionAsync(account)).Take(3)).Ids());
        clock.Shift = TimeSpan.FromDays(410);

        await SweepAsync(silo, clock);

        await Eventually.Async(() => Task.FromResult(Count(silo, "select count(*) from erasure") is 0L));
        Assert.Equal(0L, Count(silo, $"select count(*) from listener_block where listener_id = '{gone}'"));
        Assert.Equal(2L, Count(silo, $"select count(distinct listener_id) from listener_block where listener_id in ('{account}', '{guest}')"));
        Assert.Equal(0L, Count(silo, "select count(*) from impression_batch"));
        await silo.RestartAsync();
        var again = await silo.OpenSessionAsync(account);
        for (var rounds = 0; rounds < 5; rounds++)
        {
            Assert.Empty((await again.Take(20)).Ids().Intersect(shown));
        }

        // Whoever lapsed comes back as a new listener.
        Assert.NotEmpty(await (await silo.OpenSessionAsync(gone)).Take(5));
        await silo.VerifyAsync();
    }

    [Fact]
    public async Task WorkIsDoneOnceADayByWhoHasTheTurn()
    {
        var (clock, ledger) = (new FakeTimeProvider(), new FakeRetention());
        using var worker = WorkerOf(ledger, clock);

        await worker.SweepAsync();
        Assert.Equal(["2026-01", "2026-02"], ledger.Dropped);
        Assert.Equal(["ann", "bob", "cat"], ledger.Lapsed);
        Assert.Equal(clock.GetUtcNow().AddDays(1), ledger.NextAt);
        Assert.Equal(clock.GetUtcNow().AddDays(-400), ledger.Before);

        ledger.HasTurn = _ => false;
        await worker.SweepAsync();
        Assert.Equal(3, ledger.Lapsed.Count);
    }

    /// <summary>A month that is not added up keeps nobody from being erased.</summary>
    [Fact]
    public async Task MonthThatCannotBeDroppedYetIsTriedTheNextDay()
    {
        var (clock, ledger) = (new FakeTimeProvider(), new FakeRetention { Stuck = "2026-01" });
        using var worker = WorkerOf(ledger, clock);

        await worker.SweepAsync();

        Assert.Equal(["2026-02"], ledger.Dropped);
        Assert.Equal(3, ledger.Lapsed.Count);
        Assert.NotNull(ledger.NextAt);
    }

    [Fact]
    public async Task MemberThatLosesItsTurnStopsAndTheWorkStaysDue()
    {
        var ledger = new FakeRetention { HasTurn = asked => asked < 5 };
        using var worker = WorkerOf(ledger, new FakeTimeProvider());

        await worker.SweepAsync();

        Assert.Equal(["ann", "bob"], ledger.Lapsed);
        Assert.Null(ledger.NextAt);
    }

    private static RetentionWorker WorkerOf(FakeRetention ledger, TimeProvider clock) => new(ledger, ledger, null!, Options, clock, NullLogger<RetentionWorker>.Instance);

    private static async Task SweepAsync(ArtFreshCluster silo, TimeProvider clock)
    {
        var services = silo.ServicesOf(0);
        using var worker = new RetentionWorker(
            services.GetRequiredService<IRetention>(), services.GetRequiredService<ILedgerMonths>(), services.GetRequiredService<BlockDropping>(), Options, clock, NullLogger<RetentionWorker>.Instance);
        await worker.SweepAsync();
    }

    private static object? Count(ArtFreshCluster silo, string sql)
    {
        using var connection = silo.Ledger.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Text of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    /// <summary>Two old months, and three listeners in three parts who have not come back.</summary>
    private sealed class FakeRetention : IRetention, ILedgerMonths
    {
        private static readonly string[] Idle = ["ann", "bob", "cat"];

        private int _asked;

        public Func<int, bool> HasTurn { get; set; } = _ => true;

        public string? Stuck { get; init; }

        public List<string> Dropped { get; } = [];

        public List<string> Lapsed { get; } = [];

        public DateTimeOffset? NextAt { get; private set; }

        public DateTimeOffset Before { get; private set; }

        public Task<bool> TakeTurnAsync(Guid member, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken) => Task.FromResult(HasTurn(_asked++));

        public Task EndTurnAsync(Guid member, DateTimeOffset nextAt, CancellationToken cancellationToken)
        {
            NextAt = nextAt;
            return Task.CompletedTask;
        }

        public Task<IdlePage> ReadIdleAsync(ListenerSource source, string after, DateTimeOffset before, int count, CancellationToken cancellationToken)
        {
            Before = before;
            var next = source == ListenerSource.Blocks ? Array.IndexOf(Idle, after) + 1 : Idle.Length;
            return Task.FromResult(next < Idle.Length ? new IdlePage([Idle[next]], 1, Idle[next]) : new IdlePage([], 0, null));
        }

        public Task<bool> LapseAsync(string listenerId, DateTimeOffset before, Guid member, DateTimeOffset now, CancellationToken cancellationToken)
        {
            Lapsed.Add(listenerId);
            return Task.FromResult(true);
        }

        public Task<long> CountLapsesAsync(CancellationToken cancellationToken) => Task.FromResult(0L);

        public Task<IReadOnlyList<DateTimeOffset>> ReadEndedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<DateTimeOffset>>([new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)]);

        public Task<long> DropAsync(DateTimeOffset month, DateTimeOffset now, CancellationToken cancellationToken)
        {
            var name = $"{month:yyyy-MM}";
            if (name == Stuck)
            {
                throw new InvalidOperationException($"Some rows of {name} are not added up.");
            }

            Dropped.Add(name);
            return Task.FromResult(1L);
        }
    }
}

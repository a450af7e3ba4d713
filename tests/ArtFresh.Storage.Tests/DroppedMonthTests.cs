using System.Globalization;
using ArtFresh.Contracts;
using ArtFresh.Storage.Postgres;
using ArtFresh.TestWorld;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>A session that lives on when its month is dropped.</summary>
[Collection("postgres")]
public sealed class DroppedMonthTests(PostgresWorld world) : IAsyncLifetime
{
    private const string Listener = "guest-a";
    private string _connection = "";
    private PostgresSilo _silo = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static DateTimeOffset Month { get; } = TimeProvider.System.GetUtcNow().AddMonths(-4);

    public async ValueTask InitializeAsync()
    {
        _connection = world.Server.NewDatabase();
        _silo = await PostgresSilo.StartAsync(_connection);
        var first = new DateTimeOffset(Month.Year, Month.Month, 1, 0, 0, 0, TimeSpan.Zero);
        await ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"create table impression_batch_{first:yyyyMM} partition of impression_batch for values from ('{BoundOf(first)}') to ('{BoundOf(first.AddMonths(1))}')"));
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task ItsNextBatchFindsNoSessionAndWhatItShowedIsNotRecordedAnew()
    {
        var old = Session(Guid.CreateVersion7(Month));
        Assert.Equal(SessionOutcome.Done, (await old.Open("r1")).Outcome);
        var art = await TakeAsync(old, 10);
        Assert.Equal(5, (await old.RecordBatch(Batch(1, art[..5]))).Recorded);
        await DropAsync();

        var late = await old.RecordBatch(Batch(6, art[5..]));
        var lateAgain = await old.RecordBatch(Batch(6, art[5..]));
        var fresh = await old.TakeFresh(new FreshRequest(5, Mood.Neutral, null));
        var next = Session(Guid.CreateVersion7());
        await next.Open("r1");
        var again = await next.RecordBatch(Batch(1, art[..5]));

        Assert.Equal((SessionOutcome.SessionNotFound, SessionOutcome.SessionNotFound, SessionOutcome.SessionNotFound), (late.Outcome, lateAgain.Outcome, fresh.Outcome));
        Assert.Equal((SessionOutcome.Done, 0), (again.Outcome, again.Recorded));
        Assert.Empty((await TakeAsync(next, 20)).Intersect(art));
    }

    /// <summary>An answer has what was made in time, and on a busy machine that is less.</summary>
    private static async Task<long[]> TakeAsync(IListenerSessionGrain session, int count)
    {
        var art = new List<long>();
        while (art.Count < count)
        {
            art.AddRange((await session.TakeFresh(new FreshRequest(count - art.Count, Mood.Neutral, null))).Artworks.Select(artwork => artwork.ArtworkId));
        }

        return [.. art];
    }

    private IListenerSessionGrain Session(Guid sessionId) => _silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IListenerSessionGrain>(SessionKey.Of(Listener, sessionId));

    private static ImpressionBatch Batch(long firstNumber, long[] artworkIds) => new(Guid.CreateVersion7(), firstNumber, [.. artworkIds], [], Report: null);

    /// <summary>Waits until the batches are added up: before that, a month is not dropped.</summary>
    private async Task DropAsync()
    {
        await using var database = new PostgresDatabase(_connection);
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return await MonthPartitions.DropAsync(database, Month, TimeProvider.System.GetUtcNow(), Stop) == 1;
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            },
            () => "the month is not dropped");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync(Stop);
#pragma warning disable CA2100 // Made above.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static string BoundOf(DateTimeOffset first)
    {
        var digits = first.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        return $"{digits[..8]}-{digits[8..]}-0000-0000-000000000000";
    }
}

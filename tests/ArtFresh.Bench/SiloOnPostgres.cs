using System.Net;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains;
using ArtFresh.Grains.Ledger;
using ArtFresh.Server.Process;
using ArtFresh.Storage.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace ArtFresh.Bench;

/// <summary>One silo of this process on a PostgreSQL of its own, which forces every commit to disk.</summary>
internal sealed class SiloOnPostgres : IAsyncDisposable
{
    private const int MadeAtOnce = 5_000;
    private const int ArtworksOfOneMood = 1_000;

    private readonly PostgresServer _postgres = PostgresServer.Start();
    private readonly PostgresDatabase _database;
    private readonly IHost _host;

    private SiloOnPostgres()
    {
        _database = new PostgresDatabase(_postgres.NewDatabase());
        _database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), CancellationToken.None).GetAwaiter().GetResult();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton(new PictureStore(Path.GetTempPath()));
            silo.Services.AddPostgresLedger(_database);
            silo.UsePostgresMembership(_database);
            silo.UseArtFreshGrains();
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("bench", "bench"));
            silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromHours(2));
            silo.ConfigureEndpoints(IPAddress.Loopback, FreePort.Find(), FreePort.Find());
        });
        _host = builder.Build();
    }

    public static async Task<SiloOnPostgres> StartAsync()
    {
        var silo = new SiloOnPostgres();
        await silo._host.StartAsync();
        return silo;
    }

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Enters artworks in all pools in turn, or in one.</summary>
    public async Task MakeAsync(int artworks, int? pool = null)
    {
        int PoolOf(int number) => pool ?? number % MoodGrid.CellCount;
        var writer = _host.Services.GetRequiredService<LedgerWriter>();
        for (var made = 0; made < artworks; made += MadeAtOnce)
        {
            var verdict = await writer.AppendAsync(new ArtworksMade(
                [.. Enumerable.Range(made, MadeAtOnce).Select(i => new NewArtwork(
                    PoolOf(i), MoodGrid.CenterOf(PoolOf(i)), "neural", $"bench-{i}", null, null, i, "Bench", null, null))],
                TimeProvider.System.GetUtcNow()));
            if (verdict != LedgerVerdict.Committed)
            {
                throw new InvalidOperationException($"The artworks were not entered: {verdict}.");
            }
        }
    }

    public async Task<IListenerSessionGrain> OpenAsync(string listenerId)
    {
        var session = Grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, Guid.CreateVersion7()));
        await session.Open("bench");
        return session;
    }

    /// <summary>Has a session be served that many artworks, a thousand of each mood in turn, and show them all where <paramref name="isShown"/>.</summary>
    public static async Task TakeAsync(IListenerSessionGrain session, int artworks, bool isShown)
    {
        for (var taken = 0; taken < artworks;)
        {
            var mood = MoodGrid.CenterOf(taken / ArtworksOfOneMood % MoodGrid.CellCount);
            var result = await session.TakeFresh(new FreshRequest(Math.Min(Limits.FreshArtworksMax, artworks - taken), mood, null));
            if (result.Outcome != SessionOutcome.Done)
            {
                throw new InvalidOperationException($"No art: {result.Outcome}.");
            }

            if (isShown)
            {
                await session.RecordBatch(new ImpressionBatch(Guid.CreateVersion7(), taken + 1, [.. result.Artworks.Select(artwork => artwork.ArtworkId)], [], null));
            }

            taken += result.Artworks.Length;
        }
    }

    /// <summary>Has every idle grain leave memory.</summary>
    public async Task ForgetAllAsync()
    {
        var management = Grains.GetGrain<IManagementGrain>(0);
        for (var left = int.MaxValue; left > 200;)
        {
            await management.ForceActivationCollection(TimeSpan.Zero);
            left = (await management.GetSimpleGrainStatistics()).Where(grain => grain.GrainType.Contains("Listener", StringComparison.Ordinal)).Sum(grain => grain.ActivationCount);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _database.DisposeAsync();
        _postgres.Dispose();
    }
}

using System.Collections.Immutable;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Grains;
using ArtFresh.Grains.Ledger;
using ArtFresh.Grains.MoodPool;
using ArtFresh.Grains.Operations;
using ArtFresh.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Xunit;

namespace ArtFresh.Cluster.Tests;

/// <summary>A silo on a SQLite file of its own, with faults on demand.</summary>
public sealed class OneSilo : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("artfresh-").FullName;
    private readonly bool _ownsDirectory = true;
    private InProcessTestCluster? _cluster;

    public OneSilo()
    {
    }

    private OneSilo(string directory) => (_directory, _ownsDirectory) = (directory, false);

    public string LedgerPath => Path.Combine(_directory, "ledger.db");

    public FaultyLedger Faults { get; } = new();

    public IGrainFactory Grains => _cluster!.Client;

    public InProcessTestCluster Cluster => _cluster!;

    public LedgerWriter Writer => _cluster!.Silos[0].ServiceProvider.GetRequiredService<LedgerWriter>();

    public IArtworkCatalogue Catalogue => _cluster!.Silos[0].ServiceProvider.GetRequiredService<IArtworkCatalogue>();

    public IAuditLedger Audit => _cluster!.Silos[0].ServiceProvider.GetRequiredService<IAuditLedger>();

    public ISlowArtist? SlowArtist { get; init; }

    public MoodPoolOptions Pools { get; init; } = new() { RefreshDelay = TimeSpan.FromMilliseconds(200) };

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSqliteLedger(LedgerPath);
            silo.Services.AddSingleton<SqliteLedger>();
            silo.Services.AddSingleton<ILedger>(provider => Faults.Around(provider.GetRequiredService<SqliteLedger>()));
            silo.Services.AddSingleton(new PictureStore(Path.Combine(_directory, "pictures")));
            silo.Services.AddArtFreshGrains(Pools);
            if (SlowArtist is not null)
            {
                silo.Services.AddSingleton(SlowArtist);
            }
        });
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    /// <summary>Another silo on the same file, after this one is gone.</summary>
    public async Task<OneSilo> RestartAsync()
    {
        await _cluster!.DisposeAsync();
        _cluster = null;
        var next = new OneSilo(_directory);
        await next.InitializeAsync();
        return next;
    }

    public IListenerSessionGrain Session(string listenerId, Guid sessionId) =>
        Grains.GetGrain<IListenerSessionGrain>(SessionKey.Of(listenerId, sessionId));

    /// <summary>A new session of a listener.</summary>
    public async Task<IListenerSessionGrain> OpenAsync(string listenerId)
    {
        var session = Session(listenerId, Guid.CreateVersion7());
        Assert.Equal(SessionOutcome.Done, (await session.Open("test")).Outcome);
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (_ownsDirectory)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            try
            {
                Directory.Delete(_directory, recursive: true);
            }
            catch (IOException)
            {
                // A picture that was being drawn when the silo stopped may still land here; the system clears its own temporary files.
            }
        }
    }
}

/// <summary>Short forms for tests.</summary>
internal static class SessionCalls
{
    public static async Task<ImmutableArray<Artwork>> Take(this IListenerSessionGrain session, int count, Mood? mood = null, string? requestId = null)
    {
        var result = await session.TakeFresh(new FreshRequest(count, mood ?? Mood.Neutral, requestId));
        Assert.Equal(SessionOutcome.Done, result.Outcome);
        return result.Artworks;
    }

    public static ImpressionBatch Batch(long? firstNumber, params long[] artworkIds) =>
        new(Guid.CreateVersion7(), firstNumber, [.. artworkIds], [], null);

    public static Task<RecordBatchResult> Record(this IListenerSessionGrain session, long? firstNumber, params long[] artworkIds) =>
        session.RecordBatch(Batch(firstNumber, artworkIds));

    public static long[] Ids(this ImmutableArray<Artwork> artworks) => [.. artworks.Select(artwork => artwork.ArtworkId)];
}

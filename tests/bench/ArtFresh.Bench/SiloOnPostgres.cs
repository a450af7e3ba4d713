using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains.Commit;
using ArtFresh.Ledger;
using ArtFresh.TestWorld;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Bench;

/// <summary>One silo of this process, or several, on a PostgreSQL of its own, which forces every commit to disk.</summary>
internal sealed class SiloOnPostgres : IAsyncDisposable
{
    private const int MadeAtOnce = 5_000;
    private const int ArtworksOfOneMood = 1_000;

    private const string UntalliedSql =
        """
        select coalesce(sum(b.position - coalesce(c.position, 0)), 0)
        from (select writer_number, max(position) as position from impression_batch group by writer_number) b left join tally_checkpoint c using (writer_number)
        """;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly PostgresServer _postgres;
    private readonly string _database;
    private readonly List<PostgresSilo> _further = [];
    private PostgresSilo _silo;

    private SiloOnPostgres(PostgresServer postgres, string database, PostgresSilo silo) => (_postgres, _database, _silo) = (postgres, database, silo);

    public static async Task<SiloOnPostgres> StartAsync()
    {
        var postgres = PostgresServer.Start();
        var database = postgres.NewDatabase();
        return new SiloOnPostgres(postgres, database, await PostgresSilo.StartAsync(database));
    }

    /// <summary>The connection string of its database.</summary>
    public string Database => _database;

    public Task<long> CountAsync(string sql) => _silo.CountAsync(sql);

    public T Service<T>()
        where T : notnull => _silo.Services.GetRequiredService<T>();

    /// <summary>Process id of the database's server.</summary>
    public int DatabaseId => _postgres.Id;

    public IGrainFactory Grains => GrainsFor(0);

    /// <summary>The way into the cluster for the caller of that number: each silo's in turn.</summary>
    public IGrainFactory GrainsFor(int caller) =>
        (caller % (_further.Count + 1) is var at and > 0 ? _further[at - 1] : _silo).Services.GetRequiredService<IGrainFactory>();

    /// <summary>The silo's ledger writer.</summary>
    public LedgerWriter Writer => _silo.Services.GetRequiredService<LedgerWriter>();

    /// <summary>Enters artworks in all pools in turn, or in one.</summary>
    public async Task MakeAsync(int artworks, int? pool = null)
    {
        int PoolOf(int number) => pool ?? number % MoodGrid.CellCount;
        for (var made = 0; made < artworks; made += MadeAtOnce)
        {
            var verdict = await Writer.AppendAsync(new ArtworksMade(
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

    /// <summary>Reads a session as its activation does.</summary>
    public async Task ReadAsync(IListenerSessionGrain session)
    {
        var (listener, id) = SessionKey.Parse(session.GetPrimaryKeyString());
        _ = await _silo.Services.GetRequiredService<ISessionHistory>().ReadSessionAsync(listener, id, CancellationToken.None) ?? throw new InvalidOperationException("The session is gone.");
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

    /// <summary>Waits until all that was recorded is tallied.</summary>
    public async Task TalliedAsync()
    {
        while (await _silo.CountAsync(UntalliedSql) > 0)
        {
            await Task.Delay(Look, TimeProvider.System);
        }
    }

    /// <summary>Another silo, or several, takes this one's place, once all that was recorded is tallied: nothing is in its memory.</summary>
    public async Task RestartAsync(int silos = 1)
    {
        await TalliedAsync();
        await _silo.DisposeAsync();
        _silo = await PostgresSilo.StartAsync(_database);
        for (var silo = 2; silo <= silos; silo++)
        {
            _further.Add(await PostgresSilo.StartAsync(_database));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _further)
        {
            await silo.DisposeAsync();
        }

        await _silo.DisposeAsync();
        _postgres.Dispose();
    }
}

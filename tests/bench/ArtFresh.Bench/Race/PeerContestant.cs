using System.Diagnostics;
using System.Globalization;
using ArtFresh.TestWorld;
using Npgsql;
using StackExchange.Redis;

namespace ArtFresh.Bench;

/// <summary>A server written as many would write it without ArtFresh, on a store of its own.</summary>
internal sealed class PeerContestant : Contestant
{
    private const string PeersProgram = "bench/peers/aspnet/ArtFresh.Bench.Peers";
    private static readonly DateTime CreatedAt = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Few are enough: peers do not mark what they serve, and give the same again.</summary>
    private const int DeepListeners = 200;

    private readonly IPeerStore? _store;
    private readonly ServerProcess? _server;
    private readonly NodeProcess? _node;
    private readonly string _files = Directory.CreateTempSubdirectory("artfresh-bench-").FullName;

    private PeerContestant(string name, World world, IPeerStore? store, ServerProcess? server, NodeProcess? node, params string[] works) : base(name, world) =>
        (_store, _server, _node, Works, Keeps) = (store, server, node, works, store is not null);

    public override IReadOnlyCollection<string> Works { get; }

    public override Uri Address => _server?.Address ?? _node!.Address;

    public override IReadOnlyDictionary<string, int> Processes => new Dictionary<string, int> { ["server"] = _server?.Id ?? _node!.Id };

    public static PeerContestant Express(World world, PostgresServer postgres)
    {
        var store = new PostgresPeerStore(postgres.NewDatabase());
        return new PeerContestant("Express, PostgreSQL", world, store, null, new NodeProcess(store.Uri), "w", "w1", "r", "m", "deep");
    }

    public static PeerContestant AspNet(World world, PostgresServer postgres)
    {
        var store = new PostgresPeerStore(postgres.NewDatabase());
        return new PeerContestant("ASP.NET, PostgreSQL", world, store, new ServerProcess(PeersProgram, ["--peer", "npgsql", "--store", store.ConnectionString]), null, "w", "w1", "r", "m", "deep");
    }

    public static PeerContestant AspNetRedis(World world, RedisServer redis) => new(
        "ASP.NET, Redis", world, new RedisPeerStore(redis), new ServerProcess(PeersProgram, ["--peer", "redis", "--store", redis.Address]), null, "w", "w1", "r", "m", "deep");

    /// <summary>What Kestrel can do at most.</summary>
    public static PeerContestant Limit(World world) => new(
        "Kestrel, nothing done", world, null, new ServerProcess(PeersProgram, ["--peer", "limit", "--store", "none"]), null, "w", "r", "constant");

    public override string WorldOf(string work) => Path.Combine(_files, work == "deep" ? "deep" : "world");

    public override async Task StartAsync(IReadOnlyCollection<string> works)
    {
        var deep = works.Contains("deep") ? DeepListeners : 0;
        if (_store is not null)
        {
            await _store.FillAsync(World, Enumerable.Range(World.Listeners, deep), RaceBench.DeepSeen);
        }

        await (_server?.StartAsync() ?? _node!.StartAsync());
        BenchListener.WriteWorld(WorldOf("w"), World, await ListenersAsync(0, World.Listeners));
        BenchListener.WriteWorld(WorldOf("deep"), World, await ListenersAsync(World.Listeners, deep));
    }

    public override Task<long> CountImpressionsAsync() => _store?.CountImpressionsAsync() ?? Task.FromResult(0L);

    public override Task<long?> ReadDiskBytesAsync() => _store?.ReadDiskBytesAsync() ?? Task.FromResult<long?>(null);

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _node?.Dispose();
        Directory.Delete(_files, recursive: true);
    }

    public static (long Id, string ImageUrl, string Genome, double Valence, double Energy, DateTime CreatedAt, string Title) Row(int number)
    {
        var artwork = Bench.World.Artwork(number);
        return (number + 1, string.Create(CultureInfo.InvariantCulture, $"/art/{number + 1}.png"), artwork.Genome!, artwork.Mood.Valence, artwork.Mood.Energy, CreatedAt, artwork.Title);
    }

    /// <summary>Whoever keeps nothing of anybody asks for no cookie either.</summary>
    private async Task<BenchListener[]> ListenersAsync(int first, int count) => Keeps
        ? await SignInAsync(first, count, number => string.Create(CultureInfo.InvariantCulture, $"api/sign-in/guest?listener={number}"))
        : [.. Enumerable.Range(first, count).Select(number => new BenchListener(number, "", "none", Guid.CreateVersion7(), Guid.CreateVersion7()))];
}

/// <summary>What a peer keeps its data in.</summary>
internal interface IPeerStore
{
    Task FillAsync(World world, IEnumerable<int> deepListeners, int seen);

    Task<long> CountImpressionsAsync();

    Task<long?> ReadDiskBytesAsync();
}

/// <summary>A row an artwork, and a row an impression.</summary>
internal sealed class PostgresPeerStore(string connectionString) : IPeerStore
{
    public string ConnectionString => connectionString;

    public string Uri
    {
        get
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            return string.Create(CultureInfo.InvariantCulture, $"postgres://{parts.Username}@{parts.Host}:{parts.Port}/{parts.Database}");
        }
    }

    public async Task FillAsync(World world, IEnumerable<int> deepListeners, int seen)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await BenchDatabase.ExecuteAsync(connection,
            """
            create table artwork (
              artwork_id bigint primary key, image_url text not null, genome text, valence double precision not null, energy double precision not null,
              created_at timestamptz not null, generator text not null, title text not null, author text, viewed_at timestamptz
            );
            create table impression (
              listener_id bigint not null, artwork_id bigint not null references artwork, session_id uuid not null, number bigint not null,
              shown_at timestamptz not null default now(), primary key (listener_id, artwork_id)
            );
            """);
        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy artwork (artwork_id, image_url, genome, valence, energy, created_at, generator, title) from stdin (format binary)"))
        {
            for (var number = 0; number < world.Artworks; number++)
            {
                var row = PeerContestant.Row(number);
                await copy.WriteRowAsync(CancellationToken.None, row.Id, row.ImageUrl, row.Genome, row.Valence, row.Energy, row.CreatedAt, "neural", row.Title);
            }

            await copy.CompleteAsync();
        }

        foreach (var listener in deepListeners)
        {
            await BenchDatabase.ExecuteAsync(connection, string.Create(
                CultureInfo.InvariantCulture,
                $"insert into impression select {listener}, n, gen_random_uuid(), n from generate_series(1, {seen}) as n"));
        }

        await BenchDatabase.ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"update artwork set viewed_at = now() where artwork_id <= {seen}"));
        await BenchDatabase.ExecuteAsync(connection, "vacuum analyze");
    }

    public Task<long> CountImpressionsAsync() => BenchDatabase.ReadNumberAsync(connectionString, "select count(*) from impression");

    public async Task<long?> ReadDiskBytesAsync() => await BenchDatabase.ReadNumberAsync(connectionString, "select pg_total_relation_size('impression')");
}

/// <summary>A set a listener, the first views, and the catalogue.</summary>
internal sealed class RedisPeerStore(RedisServer redis) : IPeerStore
{
    public async Task FillAsync(World world, IEnumerable<int> deepListeners, int seen)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        var database = connection.GetDatabase();
        foreach (var chunk in Enumerable.Range(0, world.Artworks).Chunk(10_000))
        {
            await database.ListRightPushAsync("catalogue", [.. chunk.Select(number => (RedisValue)ToJson(number))]);
        }

        RedisValue[] had = [.. Enumerable.Range(1, seen).Select(id => (RedisValue)id)];
        foreach (var listener in deepListeners)
        {
            await database.SetAddAsync($"seen:{listener}", had);
        }
    }

    public async Task<long> CountImpressionsAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        var database = connection.GetDatabase();
        var count = 0L;
        await foreach (var keys in connection.GetServer(redis.Address).KeysAsync(pattern: "seen:*", pageSize: 1000))
        {
            count += await database.SetLengthAsync(keys);
        }

        return count;
    }

    public Task<long?> ReadDiskBytesAsync() => Task.FromResult<long?>(null);

    private static string ToJson(int number)
    {
        var row = PeerContestant.Row(number);
        return System.Text.Json.JsonSerializer.Serialize(new
        {
            id = row.Id,
            imageUrl = row.ImageUrl,
            genome = row.Genome,
            mood = new { valence = row.Valence, energy = row.Energy },
            createdAt = row.CreatedAt,
            generator = "neural",
            title = row.Title,
        });
    }
}

/// <summary>A Redis of the bench's own, which forces every write to disk.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly int _port = FreePort.Find();
    private readonly string _directory = Directory.CreateTempSubdirectory("artfresh-redis-").FullName;
    private readonly IDisposable _endedWithProgram;
    private readonly System.Diagnostics.Process _process;

    public RedisServer()
    {
        _process = System.Diagnostics.Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _directory, "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--logfile", Path.Combine(_directory, "log")]))!;
        _endedWithProgram = EndedWithProgram.Add(End);
    }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    public int Id => _process.Id;

    public void Dispose()
    {
        _endedWithProgram.Dispose();
        End();
        _process.Dispose();
    }

    private void End()
    {
        _process.Kill();
        _process.WaitForExit();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>The Express server: a primary process and a worker a core.</summary>
internal sealed class NodeProcess(string store) : IDisposable
{
    private IDisposable? _endedWithProgram;
    private System.Diagnostics.Process? _process;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Find()}/");

    public int Id => _process!.Id;

    public async Task StartAsync()
    {
        var script = Path.Combine(ServerProcess.Repository, "tests", "bench", "peers", "express", "server.mjs");
        _process = System.Diagnostics.Process.Start(new ProcessStartInfo("node", [script, $"{Address.Port}", store]) { Environment = { ["NODE_ENV"] = "production" } })!;
        _endedWithProgram = EndedWithProgram.Add(() => _process.Kill(entireProcessTree: true));
        using var http = new HttpClient { BaseAddress = Address };
        while (!_process.HasExited)
        {
            try
            {
                (await http.GetAsync(new Uri("healthz/ready", UriKind.Relative))).EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }

        throw new InvalidOperationException("The Express server did not start.");
    }

    public void Dispose()
    {
        _endedWithProgram?.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}

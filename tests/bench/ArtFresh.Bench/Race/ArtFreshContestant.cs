using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>ArtFresh as its users start it: by itself on SQLite, by itself on PostgreSQL, or as a cluster.</summary>
internal sealed class ArtFreshContestant : Contestant
{
    private const string OperatorsKey = "the bench's own key";
    private const string PeersProgram = "bench/peers/aspnet/ArtFresh.Bench.Peers";

    /// <summary>Enough that the art which is there lasts: what is served to a listener is not served to them again.</summary>
    private const int DeepListeners = 3_000;

    private readonly string? _connectionString;
    private readonly List<(string Role, ServerProcess Process)> _members = [];
    private readonly string _files = Directory.CreateTempSubdirectory("artfresh-bench-").FullName;
    private Balancer? _balancer;

    private ArtFreshContestant(string name, World world, string? connectionString) : base(name, world) => _connectionString = connectionString;

    public override IReadOnlyCollection<string> Works { get; } = ["w", "w1", "r", "m", "deep", "shallow"];

    public override Uri Address => _balancer?.Address ?? _members[^1].Process.Address;

    public override IReadOnlyDictionary<string, int> Processes => _members.Select(member => (member.Role, Id: member.Process.Id!.Value))
        .Concat(_balancer is null ? [] : [("balancer", _balancer.Id)]).ToDictionary(process => process.Item1, process => process.Item2);

    /// <summary>The server, where it is one process.</summary>
    public ServerProcess Server => _members[^1].Process;

    public static ArtFreshContestant OnSqlite(World world)
    {
        var contestant = new ArtFreshContestant("ArtFresh, SQLite", world, null);
        contestant.Add("server", null);
        return contestant;
    }

    /// <param name="name">Another name, for one of several.</param>
    public static ArtFreshContestant OnPostgres(World world, PostgresServer postgres, string name = "ArtFresh, PostgreSQL")
    {
        var contestant = new ArtFreshContestant(name, world, postgres.NewDatabase());
        contestant.Add("server", null);
        return contestant;
    }

    /// <summary>As it is deployed: published for this platform, and as one that joins a cluster.</summary>
    /// <param name="path">Of its <c>ArtFresh.Server.dll</c>.</param>
    public static ArtFreshContestant OfPublished(World world, PostgresServer postgres, string path)
    {
        var contestant = new ArtFreshContestant("ArtFresh, PostgreSQL", world, postgres.NewDatabase());
        contestant.Add("server", path);
        return contestant;
    }

    /// <summary>Published servers behind Caddy, which stop as in a deployment: each has its balancer notice first.</summary>
    /// <param name="path">Of their <c>ArtFresh.Server.dll</c>.</param>
    public static ArtFreshContestant Balanced(World world, PostgresServer postgres, string path, int servers)
    {
        var contestant = new ArtFreshContestant("ArtFresh, behind Caddy", world, postgres.NewDatabase());
        for (var server = 1; server <= servers; server++)
        {
            contestant.Add($"server {server}", path, "--ArtFresh:DrainDelay", "00:00:05", "--ArtFresh:TrustedProxies", "127.0.0.0/8", "--ArtFresh:Operators:Key", OperatorsKey);
        }

        contestant._balancer = new Balancer([.. contestant._members.Select(member => member.Process.Address)]);
        return contestant;
    }

    /// <summary>The same with environment variables of its own, or as another build: the gain is seen beside it.</summary>
    /// <param name="variant">
    /// Its name and the variables, as in <c>workstation DOTNET_gcServer=0</c>. <c>SERVER</c> is the path of another build's <c>ArtFresh.Server.dll</c>.
    /// </param>
    /// <param name="path">The build, where the variant names none; null for the server of this build.</param>
    public static ArtFreshContestant Variant(World world, PostgresServer postgres, string variant, string? path = null)
    {
        var parts = variant.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var variables = parts.Skip(1).Select(part => part.Split('=', 2)).ToDictionary(variable => variable[0], variable => variable[1]);
        var contestant = new ArtFreshContestant($"ArtFresh, {parts[0]}", world, postgres.NewDatabase());
        variables.Remove("SERVER", out var build);
        contestant.Add("server", build ?? path);
        foreach (var (name, value) in variables)
        {
            contestant.Server.Environment[name] = value;
        }

        return contestant;
    }

    /// <summary>The same path without the ledger: what it says is on disk it has forgotten.</summary>
    public static ArtFreshContestant InMemory(World world)
    {
        var contestant = new ArtFreshContestant("ArtFresh without ledger", world, null) { Keeps = false };
        contestant.Add("server", PeersProgram, "--peer", "memory");
        return contestant;
    }

    /// <param name="name">Another name, for one of several.</param>
    /// <param name="connectionsTimes">How many times as many connections as others it is asked over.</param>
    public static ArtFreshContestant Cluster(World world, PostgresServer postgres, int silos, string? name = null, int connectionsTimes = 1)
    {
        var contestant = new ArtFreshContestant(name ?? $"ArtFresh, {silos} silos and a front end", world, postgres.NewDatabase()) { ConnectionsTimes = connectionsTimes };
        for (var silo = 1; silo <= silos; silo++)
        {
            contestant.Add($"silo {silo}", null, "--ArtFresh:Role", "silo");
        }

        contestant.Add("front end", null, "--ArtFresh:Role", "web");
        return contestant;
    }

    public override string WorldOf(string work) => Path.Combine(_files, work is "deep" or "shallow" ? work : "world");

    public override async Task StartAsync(IReadOnlyCollection<string> works)
    {
        await StartMembersAsync();
        var listeners = await SignInAsync(0, World.Listeners);
        var further = new List<(string Work, World World, BenchListener[] Listeners)>();
        foreach (var (work, world) in new[] { ("deep", World with { Seen = RaceBench.DeepSeen }), ("shallow", World) }.Where(one => works.Contains(one.Item1)))
        {
            further.Add((work, world, await SignInAsync(World.Listeners + (further.Count * DeepListeners), DeepListeners)));
        }

        await StopMembersAsync();
        await WriteAsync(async ledger =>
        {
            var now = TimeProvider.System.GetUtcNow();
            await World.WriteAsync(ledger, listeners, now);
            foreach (var (_, world, those) in further)
            {
                await world.WriteListenersAsync(ledger, those, now);
            }
        });
        BenchListener.WriteWorld(WorldOf("w"), World, listeners);
        further.ForEach(one => BenchListener.WriteWorld(WorldOf(one.Work), one.World, one.Listeners));
        await StartMembersAsync();
    }

    /// <summary>Stops all its processes and starts them.</summary>
    public async Task RestartAsync()
    {
        await StopMembersAsync();
        await StartMembersAsync();
    }

    /// <summary>Stops and starts its processes, one after the other.</summary>
    public async Task RollAsync()
    {
        foreach (var (_, process) in _members)
        {
            await process.StopAsync();
            await process.StartAsync();
        }
    }

    public override async Task<long> CountImpressionsAsync()
    {
        // Rows of a batch of 50 or of one impression: their bytes begin with a version and the count.
        if (_connectionString is null)
        {
            return Server.Ledger.Count("select coalesce(sum(unicode(cast(substr(impressions, 2, 1) as text))), 0) from impression_batch");
        }

        return await BenchDatabase.ReadNumberAsync(_connectionString, "select coalesce(sum(get_byte(impressions, 1)), 0) from impression_batch");
    }

    public override async Task<long?> ReadDiskBytesAsync() => _connectionString is null
        ? null
        : await BenchDatabase.ReadNumberAsync(_connectionString, "select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'impression_batch'::regclass");

    public override async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _members)
        {
            await process.DisposeAsync();
        }

        _balancer?.Dispose();
        Directory.Delete(_files, recursive: true);
    }

    /// <param name="program">A test project, as <see cref="ServerProcess"/> takes it, or the path of a built <c>.dll</c>; null for the server of this build.</param>
    private void Add(string role, string? program, params string[] settings)
    {
        var isOther = program?.EndsWith(".dll", StringComparison.Ordinal) == true;
        string[] all =
        [
            .. settings,
            "--ArtFresh:Limits:BareWritesPerMinute", "1000000",
            "--ArtFresh:Limits:RepeatsPerMinute", "1000000",
            "--ArtFresh:Limits:ListenerRequestsPerSecond", "1000000", "--ArtFresh:Limits:ListenerRequestsBurst", "1000000", "--ArtFresh:Limits:SignInsPerMinute", "1000000",
            "--ArtFresh:Limits:ArtworksServedPerHour", "1000000", "--ArtFresh:Limits:ImpressionKilobytesPerHour", "1000000", "--ArtFresh:Limits:SessionsPerHour", "1000000",
            "--ArtFresh:Limits:ListenersPerNetwork", "10000",
            .. _connectionString is null ? [] : new[] { "--ConnectionStrings:Ledger", _connectionString, "--ArtFresh:Cluster:Address", "127.0.0.1" },
        ];
        _members.Add((role, isOther ? ServerProcess.At(program!, all) : new ServerProcess(program, all)));
    }

    private async Task StartMembersAsync()
    {
        foreach (var (_, process) in _members)
        {
            await process.StartAsync();
        }

        await (_balancer?.ReadyAsync() ?? Task.CompletedTask);
    }

    private async Task StopMembersAsync()
    {
        foreach (var (_, process) in _members)
        {
            await process.StopAsync();
        }
    }

    private Task<BenchListener[]> SignInAsync(int first, int count) => SignInAsync(first, count, _ => "api/sign-in/guest");

    private async Task WriteAsync(Func<ILedger, Task> write)
    {
        if (_connectionString is null)
        {
            using var ledger = new SqliteLedger(new SqliteDatabase(Path.Combine(Server.DataDirectory, SqliteDatabase.FileName)), TimeProvider.System);
            await write(ledger);
        }
        else
        {
            await using var database = new PostgresDatabase(_connectionString);
            // Another build's server may have made an older schema.
            await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromMinutes(1), CancellationToken.None);
            await using var ledger = new PostgresLedger(database, TimeProvider.System);
            await write(ledger);
        }
    }
}

using System.Globalization;
using ArtFresh.Freshness;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.SystemTests.Faults.Planted;
using ArtFresh.TestWorld;
using Npgsql;

namespace ArtFresh.SystemTests.Faults;

/// <summary>Silos and front ends as processes on one PostgreSQL, every link between them a <see cref="FaultLink"/>.</summary>
internal sealed class FaultCluster : IAsyncDisposable
{
    /// <summary>The others take a silent silo for dead after some 5 s.</summary>
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan Partitioned = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan DatabaseGone = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Slowed = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan SlowDelay = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan ScaledIn = TimeSpan.FromSeconds(8);

    private const int Catalogue = 32_000;
    private const int StartsMax = 3;

    private readonly string _folder;
    private readonly PostgresServer _postgres;
    private readonly bool _ownsPostgres;
    private readonly Member[] _silos;
    private readonly Member[] _frontEnds;

    /// <param name="plant">What is broken in the silos; null for nothing.</param>
    /// <param name="folder">For their logs.</param>
    /// <param name="shared">A PostgreSQL that others use too; null for one of the cluster's own.</param>
    public FaultCluster(int silos, int frontEnds, string? plant, string folder, PostgresServer? shared)
    {
        _folder = folder;
        (_postgres, _ownsPostgres) = (shared ?? PostgresServer.Start(), shared is null);
        ConnectionString = _postgres.NewDatabase();
        _silos = [.. Enumerable.Range(0, silos).Select(i => NewMember("silo", i, plant))];
        _frontEnds = [.. Enumerable.Range(0, frontEnds).Select(i => NewMember("web", i, plant))];
    }

    /// <summary>Straight to the database, past the links.</summary>
    public string ConnectionString { get; }

    /// <summary>Where listeners reach the front ends.</summary>
    public Uri[] Addresses => [.. _frontEnds.Select(frontEnd => new Uri($"http://127.0.0.1:{frontEnd.Link!.Port}/"))];

    /// <summary>Enters a catalogue, so that the processors are busy with serving art and not with making it, and starts all members.</summary>
    public async Task StartAsync()
    {
        await EnterCatalogueAsync(ConnectionString);
        await Task.WhenAll(_silos.Select(StartAsync));
        await Task.WhenAll(_frontEnds.Select(StartFrontEndAsync));
    }

    /// <summary>Enters so many artworks into a new database that none has to be made while a test's listeners take them.</summary>
    public static async Task EnterCatalogueAsync(string connectionString)
    {
        await using var database = new PostgresDatabase(connectionString);
        await database.UpgradeAsync(TimeProvider.System, TimeSpan.FromSeconds(30), CancellationToken.None);
        await using var ledger = new PostgresLedger(database, TimeProvider.System);
        var writer = await ledger.StartWriterAsync(CancellationToken.None);
        var catalogue = new ArtworksMade([.. Enumerable.Range(0, Catalogue).Select(NewArtwork)], TimeProvider.System.GetUtcNow());
        await ledger.CommitAsync(new CommitGroup(writer, 1, [catalogue], new ArtworkSet()), CancellationToken.None);
    }

    /// <summary>Does one thing to the cluster; afterwards all members run again.</summary>
    public async Task DoAsync(FaultStep step)
    {
        await ReviveAsync();
        var silo = _silos[step.Target % _silos.Length];
        var other = _silos[step.Other % _silos.Length];
        var frontEnd = _frontEnds[step.Target % _frontEnds.Length];
        await (step.Harm switch
        {
            Harm.KillSilo => KillAsync(silo, StartAsync),
            Harm.KillFrontEnd => KillAsync(frontEnd, StartFrontEndAsync),
            Harm.FreezeSilo => FreezeAsync(silo),
            Harm.CutSilos => CutSilosAsync(silo, other),
            Harm.SlowSilos => SlowSilosAsync(silo, other),
            Harm.RollAll => RollAsync(),
            Harm.ScaleInAndOut => ScaleInAndOutAsync(),
            _ => HarmConnectionAsync(step.Harm, silo, frontEnd),
        });
    }

    /// <summary>Stops all members by SIGTERM; the database goes on.</summary>
    public Task StopAsync() => Task.WhenAll(_frontEnds.Concat(_silos).Select(member => member.Process.StopAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _silos.Concat(_frontEnds))
        {
            await member.Process.DisposeAsync();
            member.Dispose();
        }

        if (_ownsPostgres)
        {
            NpgsqlConnection.ClearAllPools();
            _postgres.Dispose();
        }
    }

    private static async Task KillAsync(Member member, Func<Member, Task> start)
    {
        await member.Process.KillAsync();
        await start(member);
    }

    private async Task CutSilosAsync(Member one, Member other)
    {
        Cut(one, other);
        Cut(other, one);
        await PassAsync(Partitioned);
        Mend(one, other);
        Mend(other, one);
        await ReviveAsync();
    }

    private static async Task SlowSilosAsync(Member one, Member other)
    {
        one.Inward!.Slow(SlowDelay, other.Name);
        other.Inward!.Slow(SlowDelay, one.Name);
        await PassAsync(Slowed);
        Mend(one, other);
        Mend(other, one);
    }

    private async Task RollAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.Process.StopAsync();
            await StartAsync(silo);
        }

        foreach (var frontEnd in _frontEnds)
        {
            await frontEnd.Process.StopAsync();
            await StartFrontEndAsync(frontEnd);
        }
    }

    private async Task ScaleInAndOutAsync()
    {
        await Task.WhenAll(_silos[1..].Select(member => member.Process.StopAsync()));
        await PassAsync(ScaledIn);
        await Task.WhenAll(_silos[1..].Select(StartAsync));
    }

    /// <summary>What is done to the database, or to a member's connection.</summary>
    private async Task HarmConnectionAsync(Harm harm, Member silo, Member frontEnd)
    {
        switch (harm)
        {
            case Harm.CutDatabase:
                silo.Database.Cut();
                await PassAsync(DatabaseGone);
                silo.Database.Mend();
                break;
            case Harm.SlowDatabase:
                silo.Database.Slow(SlowDelay);
                await PassAsync(Slowed);
                silo.Database.Mend();
                break;
            case Harm.LoseDatabaseAnswer:
                silo.Database.LoseNextAnswer();
                break;
            case Harm.LoseFrontEndAnswer:
                frontEnd.Link!.LoseNextAnswer();
                break;
            case Harm.RestartDatabase:
                _postgres.Stop("fast");
                _postgres.Resume();
                break;
            case Harm.CrashDatabase:
                _postgres.Stop("immediate");
                _postgres.Resume();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(harm), harm, "No such harm.");
        }
    }

    private static Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    private static void Cut(Member to, Member from) => to.Inward!.Cut(from.Name);

    private static void Mend(Member to, Member from) => to.Inward!.Mend(from.Name);

    /// <summary>As a supervisor does: a silo that the others take for dead while it starts ends itself, and is started again.</summary>
    private static async Task StartAsync(Member member)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await member.Process.StartAsync();
                return;
            }
            catch (InvalidOperationException) when (member.Process.HasExited && tries < StartsMax)
            {
                // On a busy machine that happens more than once in a while.
            }
        }
    }

    private static async Task StartFrontEndAsync(Member frontEnd)
    {
        await StartAsync(frontEnd);
        frontEnd.Link ??= new FaultLink(frontEnd.Process.Address.Port);
    }

    /// <summary>Freezes a silo in the middle of its commits: its database is slow at that moment, so that entries wait to be written, and are written after the thaw.</summary>
    private async Task FreezeAsync(Member silo)
    {
        silo.Database.Slow(SlowDelay);
        await PassAsync(TimeSpan.FromSeconds(1));
        silo.Process.Freeze();
        await PassAsync(Frozen);
        silo.Database.Mend();
        silo.Process.Thaw();
        await PassAsync(TimeSpan.FromSeconds(2));
        await ReviveAsync();
    }

    /// <summary>A silo that the others took for dead ends itself, as it should; an operator's supervisor starts it again.</summary>
    private async Task ReviveAsync()
    {
        foreach (var silo in _silos.Where(silo => silo.Process.HasExited))
        {
            await StartAsync(silo);
        }
    }

    /// <summary>As an import would enter it; nobody asks for its picture.</summary>
    private static NewArtwork NewArtwork(int number) => new(
        number % MoodGrid.CellCount, MoodGrid.CenterOf(number % MoodGrid.CellCount), "import", null, number.ToString("x64", CultureInfo.InvariantCulture), null, null, "A picture", null, null);

    private Member NewMember(string role, int number, string? plant)
    {
        var database = new FaultLink(new NpgsqlConnectionStringBuilder(ConnectionString).Port);
        var throughLink = new NpgsqlConnectionStringBuilder(ConnectionString) { Port = database.Port }.ToString();
        List<string> settings =
        [
            "--ArtFresh:Role", role, "--ConnectionStrings:Ledger", throughLink, "--ArtFresh:Cluster:Address", "127.0.0.1",
            .. Generous.Limits,
        ];
        FaultLink? inward = null;
        if (role == "silo")
        {
            var (siloPort, gatewayPort) = (FreePort.Find(), FreePort.Find());
            inward = new FaultLink(siloPort, OwnerOf);
            settings.AddRange(
            [
                "--ArtFresh:Cluster:SiloPort", Text(inward.Port), "--ArtFresh:Cluster:SiloListenPort", Text(siloPort), "--ArtFresh:Cluster:GatewayPort", Text(gatewayPort),
            ]);
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{role}-{number}");
        settings.AddRange(["--Logging:Console:FormatterName", "simple", "--Logging:Console:FormatterOptions:TimestampFormat", "HH:mm:ss.fff ", "--Logging:Console:FormatterOptions:SingleLine", "true"]);
        var logFile = Path.Combine(_folder, name + ".log");
        var process = plant is null ? new ServerProcess([.. settings]) { LogFile = logFile } : PlantedServer.Process(plant, [.. settings], logFile);
        return new Member(name, process, database, inward);
    }

    private string OwnerOf(int port)
    {
        var processes = _silos.Where(silo => silo is { Process.Id: not null }).ToDictionary(silo => silo.Process.Id!.Value, silo => silo.Name);
        return SocketOwner.Find(port, processes.Keys) is { } process ? processes[process] : "";
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private sealed class Member(string name, ServerProcess process, FaultLink database, FaultLink? inward) : IDisposable
    {
        public string Name { get; } = name;

        public ServerProcess Process { get; } = process;

        /// <summary>From this member to the database.</summary>
        public FaultLink Database { get; } = database;

        /// <summary>From other silos to this one.</summary>
        public FaultLink? Inward { get; } = inward;

        /// <summary>From listeners to this front end.</summary>
        public FaultLink? Link { get; set; }

        public void Dispose()
        {
            Database.Dispose();
            Inward?.Dispose();
            Link?.Dispose();
        }
    }
}

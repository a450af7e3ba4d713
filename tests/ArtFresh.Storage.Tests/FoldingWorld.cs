using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Freshness;
using ArtFresh.Grains;
using ArtFresh.Grains.Commit;
using ArtFresh.Grains.Listener;
using ArtFresh.Grains.Retention;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sqlite;
using ArtFresh.TestWorld;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ArtFresh.Storage.Tests;

/// <summary>A silo on a ledger whose listeners have logs of months ago.</summary>
public abstract class FoldingWorld : IAsyncDisposable
{
    public const string Listener = "sub-ann";

    /// <summary>Blocks of each of the months that are dropped: more than one transaction drops.</summary>
    public const int OldBlocks = 300;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected abstract IServiceProvider Services { get; }

    protected abstract ILedgerSource Source { get; }

    /// <summary>The first moment that stays.</summary>
    public static DateTimeOffset Kept { get; } = FirstOf(TimeProvider.System.GetUtcNow()).AddMonths(-3);

    public IListenerHistory History => Services.GetRequiredService<IListenerHistory>();

    public IListenerGrain Grain => Services.GetRequiredService<IGrainFactory>().GetGrain<IListenerGrain>(Listener);

    public BlockDropping Dropping => Services.GetRequiredService<BlockDropping>();

    public IBlockMonths Months => Services.GetRequiredService<IBlockMonths>();

    public IErasures Erasures => Services.GetRequiredService<IErasures>();

    /// <summary>Another process takes the ledger over.</summary>
    public abstract Task RestartAsync();

    public abstract object? Scalar(string sql);

    /// <summary>From here on, a statement that touches such a row fails, and with it its transaction, as if the process had died in it.</summary>
    public abstract void Break(string table, string operation, string condition);

    public abstract void Mend();

    public abstract ValueTask DisposeAsync();

    /// <summary>Serves the listener one artwork a block, in two old months and one that stays; gives one back, and claims and spends others.</summary>
    /// <returns>What the listener has.</returns>
    public async Task<long[]> LiveAsync(string listener = Listener)
    {
        var ids = Enumerable.Range(1, (2 * OldBlocks) + 40).Select(id => (long)id).ToArray();
        if (Convert.ToInt64(Scalar("select count(*) from artwork"), System.Globalization.CultureInfo.InvariantCulture) == 0)
        {
            await AppendAsync(LedgerFile.Made(ids.Length));
        }

        var session = Guid.CreateVersion7(Kept.AddMonths(-2));
        await AppendAsync(new SessionOpened(listener, session, "test", Kept.AddMonths(-2)));
        var rows = new List<BlockLogged>();
        foreach (var (i, id) in ids.Index())
        {
            var at = i < OldBlocks ? Kept.AddMonths(-2) : i < 2 * OldBlocks ? Kept.AddMonths(-1) : Kept.AddDays(3);
            rows.Add(i == 7
                ? new BlockLogged(listener, i + 1, BlockKind.TakenBack, session, [], [ids[2]], at)
                : new BlockLogged(listener, i + 1, i switch { 5 => BlockKind.Unserved, 6 => BlockKind.Claimed, _ => BlockKind.SetAside }, session, [id], [], at, 0, i == 6 ? 1 : 0));
        }

        await AppendAsync([.. rows, new SessionEnded(session, Kept.AddDays(4))]);
        return [.. ids.Except([ids[2], ids[7]])];
    }

    public async Task<long[]> HasAsync() => [.. ArtworkSet.FromBytes((await Grain.HandOver()).Artworks)];

    public async Task<string[]> FaultsAsync()
    {
        var result = new VerificationResult(20);
        await Source.ReadMomentAsync(
            async moment =>
            {
                await LedgerVerification.RunAsync(moment, result, Stop);
                return true;
            },
            Stop);
        return [.. result.All.Where(check => check.Faults > 0).Select(check => $"{check.Name}: {check.Rows[0].What}")];
    }

    public Task<bool> DropAsync() => Dropping.DropAsync(Kept, () => Task.FromResult(true), Stop);

    public async Task AppendAsync(params LedgerEntry[] entries)
    {
        var writer = Services.GetRequiredService<LedgerWriter>();
        Assert.All(await Task.WhenAll(entries.Select(entry => writer.AppendAsync(entry))), verdict => Assert.Equal(LedgerVerdict.Committed, verdict));
    }

    private static DateTimeOffset FirstOf(DateTimeOffset moment) => new(moment.Year, moment.Month, 1, 0, 0, 0, TimeSpan.Zero);
}

/// <summary>On an embedded ledger.</summary>
public sealed class SqliteFolding : FoldingWorld
{
    private readonly SqliteFile _file = new();
    private IHost _host;

    private SqliteFolding(IHost host) => _host = host;

    public static async Task<FoldingWorld> StartAsync()
    {
        var world = new SqliteFolding(null!);
        await world.RestartAsync();
        return world;
    }

    protected override IServiceProvider Services => _host.Services;

    protected override ILedgerSource Source => _file.Source;

    public override async Task RestartAsync()
    {
        await StopAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Find(), FreePort.Find());
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton(new PictureStore(Path.GetTempPath()));
            silo.Services.AddSqliteLedger(_file.Database);
            silo.UseLedgerSnapshots();
            silo.UseArtFreshGrains();
        });
        _host = builder.Build();
        await _host.StartAsync(CancellationToken.None);
    }

    public override object? Scalar(string sql) => _file.Scalar(sql);

    public override void Break(string table, string operation, string condition) =>
        Scalar($"create trigger broken before {operation} on {table} when {condition} begin select raise(abort, 'The process has died.'); end");

    public override void Mend() => Scalar("drop trigger if exists broken");

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        _file.Dispose();
    }

    private async Task StopAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync(CancellationToken.None);
            _host.Dispose();
        }
    }
}

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresFolding : FoldingWorld
{
    private readonly string _connection;
    private PostgresDatabase _database;
    private PostgresSilo _silo = null!;

    private PostgresFolding(string connection) => (_connection, _database) = (connection, new PostgresDatabase(connection));

    public static async Task<FoldingWorld> StartAsync(PostgresWorld world)
    {
        var folding = new PostgresFolding(world.Server.NewDatabase());
        folding._silo = await PostgresSilo.StartAsync(folding._connection);
        return folding;
    }

    protected override IServiceProvider Services => _silo.Services;

    protected override ILedgerSource Source => _database;

    public override async Task RestartAsync()
    {
        await _silo.DisposeAsync();
        await _database.DisposeAsync();
        _database = new PostgresDatabase(_connection);
        _silo = await PostgresSilo.StartAsync(_connection);
    }

    public override object? Scalar(string sql)
    {
        using var connection = new Npgsql.NpgsqlConnection(_connection);
        connection.Open();
        using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    public override void Break(string table, string operation, string condition) => Scalar(
        $"""
        create or replace function broken() returns trigger language plpgsql as $$ begin raise exception 'The process has died.' using errcode = '22000'; end $$;
        create trigger broken before {operation} on {table} for each row when ({condition}) execute function broken()
        """);

    public override void Mend() => Scalar("drop function if exists broken cascade");

    public override async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _database.DisposeAsync();
    }
}

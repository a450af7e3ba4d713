using System.CommandLine;
using ArtFresh.Art;
using ArtFresh.Ledger;
using ArtFresh.Server.Membership;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Server;

/// <summary>The ledger that a command works on: a cluster's, or the embedded one in a data directory. Servers may run meanwhile.</summary>
internal sealed class LedgerChoice
{
    private static readonly Lazy<IConfiguration> LazyDefaults = new(() => ServerProgram.NewBuilder([]).Configuration);

    private readonly Option<string> _data = DataOption("The server's data directory, for an embedded ledger.");

    private readonly Option<string?> _ledger = OperatorCommands.LedgerOption(
        "The connection string of a cluster's PostgreSQL; by default ConnectionStrings__Ledger of the environment. Without either, the ledger in the data directory.");

    /// <summary>The configuration that a server started here without arguments would read.</summary>
    public static IConfiguration Defaults => LazyDefaults.Value;

    /// <summary>A server's data directory; by default the one that a server would use.</summary>
    public static Option<string> DataOption(string description) => new("--data")
    {
        Description = description,
        DefaultValueFactory = _ => Defaults["ArtFresh:DataDirectory"] is { Length: > 0 } path ? path : DataDirectory.Default,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_ledger);
    }

    /// <summary>Sets a command's action, which gets the chosen ledger: see <see cref="OperatorCommands.JudgeAsync"/>.</summary>
    public void SetAction(Command command, Func<ParseResult, OpenLedger, CancellationToken, Task<bool>> judge)
    {
        AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(async () =>
        {
            await using var ledger = Open(parsed);
            return await judge(parsed, ledger, stop);
        }));
    }

    /// <exception cref="SettingException">The ledger does not exist.</exception>
    public OpenLedger Open(ParseResult parsed) => ClusterOf(parsed) is { } cluster
        ? OpenLedger.Of(OpenPostgres(cluster))
        : OpenExisting(DataDirectory.At(parsed.GetValue(_data)!));

    /// <summary>The data directory whose keys may be sent to a server: the named one, or for a server on this machine the default one; else null.</summary>
    public DataDirectory? DirectoryFor(ParseResult parsed, Uri server) => DirectoryFor(parsed, _data, server);

    /// <inheritdoc cref="DirectoryFor(ParseResult, Uri)"/>
    public static DataDirectory? DirectoryFor(ParseResult parsed, Option<string> data, Uri server) =>
        IsNamed(parsed, data) || server.IsLoopback ? DataDirectory.At(parsed.GetValue(data)!) : null;

    /// <summary>Whether an option stands on the command line.</summary>
    public static bool IsNamed(ParseResult parsed, Option<string> data) => parsed.GetResult(data) is { Implicit: false };

    /// <summary>As <see cref="Open"/>, but creates a missing embedded ledger if <c>--data</c> was given.</summary>
    /// <param name="directory">The data directory, for a cluster's ledger too.</param>
    /// <exception cref="SettingException">The ledger does not exist, and <c>--data</c> was not given.</exception>
    public OpenLedger OpenOrMake(ParseResult parsed, out DataDirectory directory)
    {
        var (path, cluster) = (parsed.GetValue(_data)!, ClusterOf(parsed));
        if (cluster is null && !IsNamed(parsed))
        {
            directory = DataDirectory.At(path);
            return OpenExisting(directory);
        }

        directory = DataDirectory.Open(path);
        return cluster is null ? OpenFile(directory) : OpenLedger.Of(OpenPostgres(cluster));
    }

    /// <summary>A cluster's database.</summary>
    /// <exception cref="SettingException">The connection string is malformed.</exception>
    public static PostgresDatabase OpenPostgres(string ledger)
    {
        SettingsReader.RefuseMalformed(ledger, "--ledger");
        return new PostgresDatabase(ledger);
    }

    private static OpenLedger OpenExisting(DataDirectory directory)
    {
        if (!File.Exists(directory.Ledger))
        {
            throw new SettingException($"There is no ledger at {directory.Ledger}. Name one: --data with a server's data directory, or --ledger with the connection string of a cluster's PostgreSQL.");
        }

        return OpenFile(directory);
    }

    private static OpenLedger OpenFile(DataDirectory directory)
    {
        directory.RefuseNoLedger();
        return OpenLedger.Of(new SqliteDatabase(directory.Ledger), directory);
    }

    /// <summary>The connection string; null for an embedded ledger. <c>--data</c> on the command line takes precedence over the environment.</summary>
    private string? ClusterOf(ParseResult parsed) => IsNamed(parsed) && parsed.GetResult(_ledger) is null or { Implicit: true } ? null : parsed.GetValue(_ledger);

    private bool IsNamed(ParseResult parsed) => IsNamed(parsed, _data);
}

/// <summary>An open ledger with its writer and readers.</summary>
/// <param name="UpgradeAsync">Upgrades the schema.</param>
/// <param name="IsServedAsync">Whether a server runs on it.</param>
/// <param name="Pictures">The cluster's shared pictures; null for an embedded ledger.</param>
/// <param name="ReadPicture">Reads a stored picture by its hash.</param>
internal sealed record OpenLedger(
    SqlDatabase Source,
    ILedger Writer,
    Func<CancellationToken, Task> UpgradeAsync,
    Func<CancellationToken, Task<bool>> IsServedAsync,
    IPictureOrigin? Pictures,
    Func<string, CancellationToken, Task<byte[]?>> ReadPicture) : IAsyncDisposable
{
    private readonly SqlHistory _history = new(Source);

    public IListenerHistory Listeners => _history;

    public ISessionHistory Sessions => _history;

    public IArtworkCatalogue Catalogue { get; } = new SqlCatalogue(Source);

    public ILedgerFigures Figures { get; } = new SqlFigures(Source);

    public IReleaseLedger Releases { get; } = new SqlReleases(Source);

    public IWithdrawals Withdrawals { get; } = new SqlWithdrawals(Source);

    public ICollections Collections { get; } = new SqlCollections(Source);

    public IHeldPictures Held { get; } = new SqlHeldPictures(Source);

    public IAlikeArtworks Alike { get; } = new SqlAlikeArtworks(Source);

    public IClaimStrikes Strikes { get; } = new SqlReleases(Source);

    public IOperatorAudit Audit { get; } = new SqlReleases(Source);

    public IListenerRecords Records { get; } = new SqlRecords(Source);

    public IListenerAliases Aliases { get; } = new SqlAliases(Source);

    public IErasures Erasures { get; } = new SqlErasures(Source);

    public ILedgerExports Exports { get; } = new SqlExports(Source);

    public IBackfills Backfills { get; } = new SqlBackfills(Source);

    public IBlockLog Logs => _history;

    public IBlockEndings Endings { get; } = new SqlBlockEndings(Source);

    public static OpenLedger Of(SqliteDatabase file, DataDirectory directory) => new(
        file,
        new SqliteLedger(file, TimeProvider.System),
        _ => Task.Run(() => file.Upgrade(TimeProvider.System), CancellationToken.None),
        _ => Task.FromResult(directory.IsInUse()),
        null,
        (hash, stop) => new PictureStore(directory.Pictures).ReadAsync(hash, stop));

    public static OpenLedger Of(PostgresDatabase database)
    {
        var pictures = new PostgresPictures(database);
        return new(
            database,
            new PostgresLedger(database, TimeProvider.System),
            stop => Member.UpgradeAsync(database, stop),
            stop => PostgresMembership.HasSiloAsync(database, stop),
            pictures,
            pictures.ReadPictureAsync);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (object part in new object[] { Writer, Source })
        {
            if (part is IAsyncDisposable later)
            {
                await later.DisposeAsync();
            }
            else
            {
                (part as IDisposable)?.Dispose();
            }
        }
    }
}

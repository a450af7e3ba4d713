using System.CommandLine;
using ArtFresh.Ledger;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sql;
using ArtFresh.Storage.Sqlite;

namespace ArtFresh.Server;

/// <summary>Which ledger a command works on: a cluster's, or the one in a data directory. The servers may go on meanwhile.</summary>
internal sealed class LedgerChoice
{
    private readonly Option<string> _data = new("--data") { Description = "The server's data directory, where its ledger is the embedded one.", DefaultValueFactory = _ => new ServerSettings().DataDirectory };

    private readonly Option<string?> _ledger = OperatorCommands.LedgerOption(
        "How to connect to a cluster's PostgreSQL; by default ConnectionStrings__Ledger of the environment, and without it the ledger in the data directory.");

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_ledger);
    }

    /// <summary>Has a command find out whether something is so, by the ledger that is meant: see <see cref="OperatorCommands.JudgeAsync"/>.</summary>
    public void SetAction(Command command, Func<ParseResult, OpenLedger, CancellationToken, Task<bool>> judge)
    {
        AddTo(command);
        command.SetAction((parsed, stop) => OperatorCommands.JudgeAsync(async () =>
        {
            await using var ledger = Open(parsed);
            return await judge(parsed, ledger, stop);
        }));
    }

    /// <exception cref="SettingException">There is no such ledger.</exception>
    public OpenLedger Open(ParseResult parsed)
    {
        // A data directory that was named is meant, whatever the environment says.
        var isEmbedded = parsed.GetResult(_data) is { Implicit: false } && parsed.GetResult(_ledger) is null or { Implicit: true };
        if (!isEmbedded && parsed.GetValue(_ledger) is { } ledger)
        {
            try
            {
                var database = new PostgresDatabase(ledger);
                return OpenLedger.Of(database, new PostgresLedger(database, TimeProvider.System));
            }
            catch (ArgumentException malformed)
            {
                throw new SettingException($"--ledger is no connection string of PostgreSQL: {malformed.Message}");
            }
        }

        var path = Path.Combine(Path.GetFullPath(parsed.GetValue(_data)!), SqliteDatabase.FileName);
        if (!File.Exists(path))
        {
            throw new SettingException($"There is no ledger at {path}. Say where it is: --data with a server's data directory, or --ledger with the connection string of a cluster's PostgreSQL.");
        }

        var file = new SqliteDatabase(path);
        return OpenLedger.Of(file, new SqliteLedger(file, TimeProvider.System));
    }
}

/// <summary>A ledger that a command works on.</summary>
internal sealed record OpenLedger(ILedgerSource Source, ILedger Writer, IListenerHistory Listeners, ISessionHistory Sessions, IArtworkCatalogue Catalogue, IAuditLedger Audit, IReleaseLedger Releases) : IAsyncDisposable
{
    public static OpenLedger Of(SqlDatabase database, ILedger writer)
    {
        var history = new SqlHistory(database);
        return new(database, writer, history, history, new SqlCatalogue(database), new SqlAudit(database), new SqlReleases(database));
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

using System.CommandLine;
using ArtFresh.Grains.Ledger;
using ArtFresh.Grains.Operations;
using ArtFresh.Grains.Releases;
using ArtFresh.Storage.Postgres;
using ArtFresh.Storage.Sqlite;
using Spectre.Console;

namespace ArtFresh.Server;

/// <summary>A ledger as a command reads it beside running servers: the cluster's, or the one in a data directory.</summary>
internal sealed class CommandLedger : IAsyncDisposable
{
    private readonly PostgresDatabase? _postgres;
    private readonly SqliteDatabase? _sqlite;

    private CommandLedger(PostgresDatabase database)
    {
        _postgres = database;
        Audit = new PostgresAudit(database);
        Releases = new PostgresReleases(database);
    }

    private CommandLedger(SqliteDatabase database)
    {
        _sqlite = database;
        Audit = new SqliteAudit(database);
        Releases = new SqliteReleases(database);
    }

    public IAuditLedger Audit { get; }

    public IReleaseLedger Releases { get; }

    /// <summary>The options by which an operator says which ledger.</summary>
    public static (Option<string> Data, Option<string?> Ledger) Options() => (
        new Option<string>("--data") { Description = "The server's data directory.", DefaultValueFactory = _ => new ServerSettings().DataDirectory },
        OperatorCommands.LedgerOption("How to connect to a cluster's PostgreSQL; without it the ledger in the data directory."));

    /// <summary>Runs a command over the ledger that the options name, and says in a sentence what is wrong with it.</summary>
    public static async Task<int> RunAsync(string data, string? connectionString, Func<CommandLedger, Task<int>> command)
    {
        try
        {
            await using var ledger = Open(data, connectionString);
            return await command(ledger);
        }
        catch (Exception wrong) when (wrong is ArgumentException or LedgerUnavailableException or SettingException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{wrong.Message}[/]");
            return 1;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sqlite?.Dispose();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
    }

    private static CommandLedger Open(string data, string? connectionString)
    {
        if (connectionString is not null)
        {
            return new CommandLedger(new PostgresDatabase(connectionString));
        }

        var file = Path.Combine(Path.GetFullPath(data), "artfresh.db");
        return File.Exists(file) ? new CommandLedger(new SqliteDatabase(file)) : throw new SettingException($"There is no ledger {file}. Say where: --data, or --ledger for a cluster.");
    }
}

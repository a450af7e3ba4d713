using System.Globalization;
using System.Runtime.CompilerServices;
using ArtFresh.Contracts;
using Npgsql;

namespace ArtFresh.Server;

/// <summary>The names of a table and its columns.</summary>
/// <param name="Table">With its schema, unless that is on the search path.</param>
internal sealed record BackfillColumns(string Table, string Listener, string Artwork, string ViewedAt);

/// <summary>A table or view of a PostgreSQL database, read once.</summary>
internal sealed class BackfillTable(NpgsqlDataSource database, BackfillColumns columns, BackfillTimes times) : IBackfillSource, IAsyncDisposable
{
    private const int QuerySecondsMax = 3600;

    private string Table => string.Join('.', columns.Table.Split('.').Select(Quoted));

    /// <exception cref="SettingException">The connection string is malformed.</exception>
    public static BackfillTable Open(string connectionString, BackfillColumns columns, BackfillTimes times)
    {
        try
        {
            return new BackfillTable(NpgsqlDataSource.Create(connectionString), columns, times);
        }
        catch (ArgumentException malformed)
        {
            throw new SettingException($"--from is not a connection string of PostgreSQL: {malformed.Message}");
        }
    }

    public Task<(string Name, string Identity)> IdentifyAsync(CancellationToken cancellationToken)
    {
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var name = $"{columns.Table} of {server.Database} on {server.Host}:{server.Port}";
        return Task.FromResult((name, $"{name} {columns}"));
    }

    public string PlaceOf(long number) => string.Create(CultureInfo.InvariantCulture, $"row {number} of {columns.Table}");

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = Command($"select count(*) from {Table}");
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (NpgsqlException failure)
        {
            throw new LedgerUnavailableException($"{columns.Table} cannot be read: {failure.Message}");
        }
    }

    public async IAsyncEnumerable<BackfillRow> ReadAsync(Action<LeftOutRow> onLeftOut, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"select {Quoted(columns.Listener)}::text, {Quoted(columns.Artwork)}::text, {Quoted(columns.ViewedAt)} from {Table}");
        await using var rows = await OpenAsync(command, cancellationToken);
        for (var number = 1L; await rows.ReadAsync(cancellationToken); number++)
        {
            if (rows.IsDBNull(0) || rows.IsDBNull(1))
            {
                onLeftOut(LeftOutRow.Empty(PlaceOf(number)));
            }
            else if (!times.TryRead(rows.IsDBNull(2) ? null : rows.GetValue(2), out var viewedAt, out var why))
            {
                onLeftOut(LeftOutRow.NoTime(PlaceOf(number), $"{columns.ViewedAt}: {why}", rows.GetString(0), rows.GetString(1)));
            }
            else
            {
                yield return new BackfillRow(number, rows.GetString(0), rows.GetString(1), viewedAt);
            }
        }
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private async Task<NpgsqlDataReader> OpenAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteReaderAsync(cancellationToken);
        }
        catch (NpgsqlException failure)
        {
            throw new LedgerUnavailableException($"{columns.Table} cannot be read: {failure.Message}");
        }
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = database.CreateCommand(sql);
        command.CommandTimeout = QuerySecondsMax;
        return command;
    }

    private static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

using System.Data;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>
/// One connection for repeated work, opened on first use and reopened after a failure. A pool rotates its connections, and each server process would have to prepare
/// the same statements and load the same pages.
/// </summary>
internal sealed class KeptConnection(PostgresDatabase database) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        // The keepalive may have found the connection broken while it was idle.
        if (_connection is { State: not ConnectionState.Open })
        {
            await ForgetAsync().ConfigureAwait(false);
        }

        return _connection ??= await database.OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connection; the next call opens another.</summary>
    public async ValueTask ForgetAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => ForgetAsync();
}

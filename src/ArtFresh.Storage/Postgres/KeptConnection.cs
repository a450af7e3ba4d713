using System.Data;
using Npgsql;

namespace ArtFresh.Storage.Postgres;

/// <summary>
/// One connection for the same work over and over, opened when needed and again after a failure. A pool hands out its connections in turn, and each server process
/// would have to find the pages and prepare the statements that the one before has at hand.
/// </summary>
internal sealed class KeptConnection(PostgresDatabase database) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        // It may have broken while nobody used it: the server went, and the keepalive found out.
        if (_connection is { State: not ConnectionState.Open })
        {
            await ForgetAsync().ConfigureAwait(false);
        }

        return _connection ??= await database.OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets it go: the next one is another.</summary>
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

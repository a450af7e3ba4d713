using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace ArtFresh.Api;

/// <summary>
/// Bounds the open connections of a network: each may hold a request's headers in memory before a quota can refuse it. Trusted proxies have as many as they like, because they
/// bound their own clients.
/// </summary>
internal sealed partial class ConnectionLimit(ApiOptions options, Proxies proxies, ILogger<ConnectionLimit> logger)
{
    private readonly Dictionary<Network, int> _open = [];
    private int _warned;

    /// <summary>Serves a new connection, or closes it.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        // Unix sockets have no address, and only this machine's proxy connects to them.
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address } || proxies.IsTrusted(address))
        {
            await next(connection);
            return;
        }
        var network = Network.Of(address);
        if (!TryOpen(network))
        {
            if (Interlocked.Exchange(ref _warned, 1) == 0)
            {
                LogRefused(logger, options.Limits.ConnectionsPerNetwork);
            }
            connection.Abort();
            return;
        }
        try
        {
            await next(connection);
        }
        finally
        {
            Close(network);
        }
    }

    private bool TryOpen(Network network)
    {
        lock (_open)
        {
            var open = _open.GetValueOrDefault(network);
            if (open >= options.Limits.ConnectionsPerNetwork)
            {
                return false;
            }
            _open[network] = open + 1;
            return true;
        }
    }

    private void Close(Network network)
    {
        lock (_open)
        {
            if (--_open[network] == 0)
            {
                _open.Remove(network);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A network has {ConnectionsMax} connections open, and gets no more (ArtFresh:Limits:ConnectionsPerNetwork). If it is a proxy of your own, name it in ArtFresh:TrustedProxies. This is logged once")]
    private static partial void LogRefused(ILogger logger, int connectionsMax);
}

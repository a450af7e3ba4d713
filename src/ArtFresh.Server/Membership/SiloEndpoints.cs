using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;

namespace ArtFresh.Server.Membership;

/// <summary>The endpoints of a cluster's silo. It listens on one address only, so that the machine's other networks cannot reach it.</summary>
internal static class SiloEndpoints
{
    /// <summary>Environment variable with the pod's address, as Orleans' Kubernetes hosting names it.</summary>
    private const string PodAddress = "POD_IP";

    /// <exception cref="SettingException">The machine does not have the address, or a port is taken.</exception>
    public static void UseEndpoints(this ISiloBuilder silo, ClusterSettings cluster)
    {
        var address = AddressOf(cluster);
        var siloPort = Bindable(address, cluster.SiloPort, cluster.SiloListenPort, nameof(cluster.SiloPort));
        var gatewayPort = Bindable(address, cluster.GatewayPort, cluster.GatewayListenPort, nameof(cluster.GatewayPort));
        silo.ConfigureEndpoints(address, siloPort, gatewayPort);
        silo.Configure<EndpointOptions>(options =>
        {
            options.SiloListeningEndpoint = new IPEndPoint(address, cluster.SiloListenPort == 0 ? siloPort : cluster.SiloListenPort);
            options.GatewayListeningEndpoint = new IPEndPoint(address, cluster.GatewayListenPort == 0 ? gatewayPort : cluster.GatewayListenPort);
        });
    }

    /// <summary>The address that the machine's host name resolves to, IPv4 first; loopback if there is no other.</summary>
    public static IPAddress OwnAddress()
    {
        var addresses = Dns.GetHostAddresses(Dns.GetHostName()).Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal);
        return addresses.OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork).FirstOrDefault() ?? IPAddress.Loopback;
    }

    private static IPAddress AddressOf(ClusterSettings cluster)
    {
        if (cluster.Address is not null)
        {
            return cluster.Resolve();
        }

        return cluster.Kubernetes && IPAddress.TryParse(Environment.GetEnvironmentVariable(PodAddress), out var pod) ? pod : OwnAddress();
    }

    /// <summary>The port to announce to other members. Binds the listening port for a moment, because Orleans' own error names no setting.</summary>
    private static int Bindable(IPAddress address, int announced, int listened, string setting)
    {
        try
        {
            var bound = Ports.Bind(new IPEndPoint(address, listened == 0 ? announced : listened));
            return announced == 0 ? bound : announced;
        }
        catch (SocketException refused)
        {
            throw new SettingException(refused.SocketErrorCode switch
            {
                SocketError.AddressNotAvailable => $"ArtFresh:Cluster:Address {address} is not an address of this machine: name one at which other members reach it.",
                SocketError.AddressAlreadyInUse => $"ArtFresh:Cluster:{setting} {(listened == 0 ? announced : listened)} is taken at {address}: stop the program that listens there, or choose another port.",
                _ => $"ArtFresh:Cluster:{setting} cannot be listened on at {address}: {refused.Message}.",
            });
        }
    }
}

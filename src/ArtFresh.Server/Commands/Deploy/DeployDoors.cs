using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ArtFresh.Api;

namespace ArtFresh.Server;

/// <summary>Checks that strangers reach no operators' page, at the public address and at the servers' own addresses, even with forged headers.</summary>
internal sealed class DeployDoors(CheckedServer server, IReadOnlyList<Uri> direct, DataDirectory? data)
{
    private const string ForeignOrigin = "https://stranger.example";

    /// <summary>What a guesser cannot try in a year, at a thousand million keys a second.</summary>
    private const double KeyBitsMin = 55;

    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(2);

    private static readonly string[] Pages = ["/metrics", "/api/ops/cluster", "/api/ops/legacy", "/api/ops/kpis", "/api/ops/releases", "/api/ops/audit", "/ops/orleans/DashboardCounters"];

    // Each can let strangers in if a server trusts loopback: by a proxy on its own machine, or by a forged header.
    private static readonly (string Name, string Value)?[] Claims =
        [null, ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "192.0.2.1"), ("Forwarded", "for=127.0.0.1"), ("Host", "localhost")];

    public async Task<string> ClosedAsync()
    {
        var open = new List<string>();
        foreach (var address in (Uri[])[server.Address, .. direct])
        {
            foreach (var claim in Claims)
            {
                foreach (var (method, page) in (IEnumerable<(HttpMethod, string)>)[.. Pages.Select(page => (HttpMethod.Get, page)), (HttpMethod.Post, "/api/ops/releases/deploy-check/delivery")])
                {
                    // An empty body changes nothing if the request is let in.
                    var answer = await server.AsStrangerAsync(method, page, method == HttpMethod.Post ? new { } : null, address, claim);
                    if (IsLetIn(answer))
                    {
                        open.Add($"{method} {page} at {address.Authority}{(claim is var (name, value) ? $" with {name}: {value}" : "")} ({(int)answer.Status})");
                    }
                }
            }
        }

        return open.Count == 0
            ? $"metrics and the operators' pages refuse strangers, at {1 + direct.Count} addresses with {Claims.Length} variants of headers"
            : throw new DeployFaultException(
                $"strangers get in: {open[0]}{(open.Count > 1 ? $", and {open.Count - 1} more" : "")}",
                "Check that no proxy in front of the servers adds the operators' key, and that all servers run this release.");
    }

    /// <summary>Another site's page may neither read answers nor act as the listener whose browser shows it.</summary>
    public async Task<string> OriginsAsync()
    {
        const string change = "Name the sites that may in ArtFresh:AllowedOrigins, and see that nothing in front of the servers adds or removes headers of origins.";
        var answer = await server.AsStrangerAsync(HttpMethod.Options, "/api/sessions", header: ("Origin", ForeignOrigin));
        var read = await server.AsListenerAsync(HttpMethod.Get, "/api/music", header: ("Origin", ForeignOrigin));
        if (answer.Header("Access-Control-Allow-Origin").Length + read.Header("Access-Control-Allow-Origin").Length > 0)
        {
            throw new DeployFaultException("pages of any site may read answers to listeners", change);
        }

        var acted = await server.AsListenerAsync(HttpMethod.Post, "/api/sessions", new { release = "deploy-check" }, ("Origin", ForeignOrigin));
        return acted.Status == HttpStatusCode.Forbidden
            ? "another site's page may neither read nor act"
            : throw new DeployFaultException($"another site's page acts as the listener ({(int)acted.Status})", change);
    }

    /// <summary>Silos that can be reached from here must speak TLS: without it, whoever connects is a member.</summary>
    public async Task<string> PortsAsync()
    {
        var cluster = (await server.AsOperatorAsync("/api/ops/cluster")).Expect(HttpStatusCode.OK, DeployPages.GiveKey).Json;
        var silos = cluster.GetProperty("silos").EnumerateArray().Where(silo => silo.GetProperty("status").GetString() == "active").Select(silo => IPEndPoint.Parse(silo.GetProperty("address").GetString()!));
        var (reached, local, all) = (0, 0, 0);
        foreach (var silo in silos)
        {
            all++;
            if (IPAddress.IsLoopback(silo.Address))
            {
                local++;
                continue;
            }

            if (await SpeaksTlsAsync(silo) is not { } isTls)
            {
                continue;
            }

            reached++;
            if (!isTls)
            {
                throw new DeployFaultException($"the silo's port {silo} takes whoever connects", "Set ArtFresh:Cluster:Certificate, CertificateKey and Authority (the command certificates makes the files), and keep the port to members.");
            }
        }

        var others = reached == 0 ? $"none of {all - local} silos can be reached from here" : $"{reached} of {all - local} silos can be reached from here, in mutual TLS";
        return local == 0 ? others : $"{local} of {all} silos at loopback, which other machines cannot reach{(local == all ? "" : $"; {others}")}";
    }

    public Task<string> KeyAsync()
    {
        if (server.Key is not { } key)
        {
            throw new DeployFaultException("the operators' key is not known", DeployPages.GiveKey);
        }

        return OperatorOptions.BitsOf(key) >= KeyBitsMin
            ? Task.FromResult($"{key.Length} characters, {key.Distinct().Count()} of them different")
            : throw new DeployFaultException("the operators' key can be guessed", "Make another: openssl rand -hex 24.");
    }

    public Task<string> FilesAsync()
    {
        if (data is null || OperatingSystem.IsWindows())
        {
            return Task.FromResult(data is null ? "not looked at: give --data on the server's machine" : "not looked at on Windows");
        }

        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (!Directory.Exists(data.Path))
        {
            throw new DeployFaultException($"{data.Path} is not there", "Give the server's own data directory (--data).");
        }

        var open = (new DirectoryInfo(data.Path).UnixFileMode & (others | UnixFileMode.OtherExecute)) == 0
            ? Directory.EnumerateFiles(data.Path, "*.key").Append(data.Ledger).Where(File.Exists).FirstOrDefault(file => (new FileInfo(file).UnixFileMode & others) != 0)
            : data.Path;
        return open is null
            ? Task.FromResult($"{data.Path} is its user's alone")
            : throw new DeployFaultException($"{open} is open to other users of the machine", $"chmod go= {open}");
    }

    /// <summary>Null where nobody answers.</summary>
    private static async Task<bool?> SpeaksTlsAsync(IPEndPoint silo)
    {
        using var limit = new CancellationTokenSource(ConnectMax);
        using var socket = new Socket(silo.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(silo, limit.Token);
        }
        catch (Exception silent) when (silent is SocketException or OperationCanceledException)
        {
            return null;
        }

#pragma warning disable CA5359 // Which certificate it is says nothing here: whether the port speaks TLS is the question.
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "artfresh" }, limit.Token);
            return true;
        }
        catch (Exception plain) when (plain is IOException or AuthenticationException or OperationCanceledException)
        {
            // A silo that asks for a certificate may end the handshake with an alert.
            return plain is AuthenticationException { InnerException: not null };
        }
    }

    /// <summary>Whether the server itself answered as it answers an operator. A proxy that does not forward a page closes it as well.</summary>
    private static bool IsLetIn(Answer answer) => answer.ContentHeaders.ContentType?.MediaType switch
    {
        "application/json" => answer.Status == HttpStatusCode.OK,
        "application/problem+json" => answer.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.TooManyRequests),
        _ => answer.Status == HttpStatusCode.OK && answer.Text.Contains("# TYPE ", StringComparison.Ordinal),
    };
}

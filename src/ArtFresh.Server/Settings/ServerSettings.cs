using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using ArtFresh.Api;
using ArtFresh.Art;
using ArtFresh.Client;
using ArtFresh.Contracts;
using ArtFresh.Grains.Retention;

namespace ArtFresh.Server;

/// <summary>A process's role in a cluster.</summary>
public enum ServerRole
{
    /// <summary>Front end and silo.</summary>
    All,

    /// <summary>Only a silo.</summary>
    Silo,

    /// <summary>Only a front end.</summary>
    Web,
}

/// <summary>All settings: the section <c>ArtFresh</c> and the ledger's connection string.</summary>
public sealed record ServerSettings : IValidatableObject
{
    /// <summary>Without a cluster only <see cref="ServerRole.All"/> is valid.</summary>
    [Description("all: front end and silo in one process; silo, web: one of the two")]
    public ServerRole Role { get; init; }

    /// <summary><c>ConnectionStrings:Ledger</c>; null for an embedded file.</summary>
    internal string? Ledger { get; init; }

    /// <summary>Whether this process takes requests and may not be the only one that does.</summary>
    internal bool IsFrontEndOfCluster => Ledger is not null && Role != ServerRole.Silo;

    /// <summary>How this process joins a cluster.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>Gives balancers time to notice that <c>/healthz/ready</c> fails.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00"), Description("How long a process that is stopping still takes requests while /healthz/ready says 503")]
    public TimeSpan DrainDelay { get; init; }

    /// <summary>With <see cref="Delivery.Single"/> the batch endpoint answers 410, and clients use the single one.</summary>
    [Description("batch; single switches the batch endpoint off for everybody")]
    public Delivery Delivery { get; init; }

    /// <summary>A relative path is relative to the current directory.</summary>
    [Required(ErrorMessage = "DataDirectory names no folder."), Description("Folder of the embedded ledger, pictures, songs and keys; the default lies in the clone, or in the current directory where there is no clone")]
    public string DataDirectory { get; init; } = Server.DataDirectory.Default;

    /// <summary>Without it the server generates the operators' key.</summary>
    public OperatorOptions Operators { get; init; } = new();

    /// <summary>The issuer of bearer tokens, if there is one.</summary>
    public JwtOptions Jwt { get; init; } = new();

    /// <summary>The keys of cookies and tokens, where they rest.</summary>
    public KeysSettings Keys { get; init; } = new();

    /// <summary>False if everybody has to sign in with a JWT.</summary>
    [Description("Whether people without a JWT are guests, known by a cookie")]
    public bool Guests { get; init; } = true;

    /// <summary>In the form that browsers send: <c>https://host[:port]</c>.</summary>
    [Description("Origins of other sites whose pages may call this one, such as https://radio.example.com")]
    public string[] AllowedOrigins { get; init; } = [];

    /// <summary>Without them every caller behind a balancer has the balancer's address.</summary>
    [Description("Networks of the balancers whose X-Forwarded-For and X-Forwarded-Proto are believed, such as 10.0.0.0/8")]
    public string[] TrustedProxies { get; init; } = [];

    /// <summary>With too few, the outer proxy's address is everybody's; with too many, a caller chooses an address.</summary>
    [Range(1, 16), Description("How many trusted proxies stand one behind another, such as 2 for a CDN and an ingress")]
    public int ForwardLimit { get; init; } = 1;

    /// <summary>Once a browser has it, the site is unreachable over plain http for that time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "730.00:00:00"), Description("How long browsers keep to https after a visit (Strict-Transport-Security), such as 365.00:00:00; zero does not tell them")]
    public TimeSpan Hsts { get; init; }

    /// <summary>Rate limits a caller.</summary>
    public RateOptions Limits { get; init; } = new();

    /// <summary>Which artworks are served.</summary>
    public ArtSettings Art { get; init; } = new();

    /// <summary>How pictures are cached outside.</summary>
    public PictureSettings Pictures { get; init; } = new();

    /// <summary>Without an address all art comes from the neural generator.</summary>
    public ImagesApiOptions Images { get; init; } = new();

    /// <summary>What is posted to other systems.</summary>
    public ExportSettings Export { get; init; } = new();

    /// <summary>What goes by itself once it is old.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>How releases are watched, and the action when one fails.</summary>
    public WatchSettings Watch { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Guests && Jwt is { Authority: null, SigningKey: null })
        {
            yield return new ValidationResult("Guests is false and there is no issuer of tokens, so nobody could sign in: set ArtFresh:Jwt:Authority, or remove Guests.", [nameof(Guests)]);
        }

        foreach (var network in TrustedProxies.Where(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new ValidationResult($"TrustedProxies has '{network}', which is not a network such as 10.0.0.0/8 or 10.1.2.3/32.", [nameof(TrustedProxies)]);
        }

        foreach (var origin in AllowedOrigins.Where(origin => !IsOrigin(origin)))
        {
            yield return new ValidationResult($"AllowedOrigins has '{origin}', which is not an origin such as https://radio.example.com: a scheme, a host and no path.", [nameof(AllowedOrigins)]);
        }
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https" && origin is { PathAndQuery: "/", Fragment: "", UserInfo: "" };
}

/// <summary>How this process joins a cluster.</summary>
public sealed record ClusterSettings : IValidatableObject
{
    /// <summary>Members with the same name form one cluster.</summary>
    [Required(ErrorMessage = "Name is empty."), MaxLength(100, ErrorMessage = "Name is longer than 100 characters."), Description("Members with the same name and database are one cluster")]
    public string Name { get; init; } = ClusterNames.Default;

    /// <summary>Null for the machine's own address.</summary>
    [Description("IP address or host name at which other members reach this silo, and the only one where it listens for them, or the network that it is in, such as 10.0.5.0/24; without it the machine's own, or the pod's")]
    public string? Address { get; init; }

    /// <summary>Needs POD_NAME, POD_NAMESPACE and permission to read pods.</summary>
    [Description("Whether a silo is a pod of Kubernetes: it has the pod's name, and a deleted pod is dead to the others at once")]
    public bool Kubernetes { get; init; }

    /// <summary>0 for a free port.</summary>
    [Range(0, 65535), Description("Port for other silos; 0 takes a free one")]
    public int SiloPort { get; init; }

    /// <summary>0 for a free port.</summary>
    [Range(0, 65535), Description("Port for front ends apart from silos; 0 takes a free one")]
    public int GatewayPort { get; init; }

    /// <summary>0 for <see cref="SiloPort"/>.</summary>
    [Range(0, 65535), Description("Port to listen on for other silos, where SiloPort is mapped to another")]
    public int SiloListenPort { get; init; }

    /// <summary>0 for <see cref="GatewayPort"/>.</summary>
    [Range(0, 65535), Description("Port to listen on for front ends, where GatewayPort is mapped to another")]
    public int GatewayListenPort { get; init; }

    /// <summary>Null talks to other members in plain text.</summary>
    [Description("PEM file of the certificate that this member shows the others; without it they talk in plain text. The command certificates makes one")]
    public string? Certificate { get; init; }

    /// <summary>Together with <see cref="Certificate"/>.</summary>
    [Description("PEM file of the certificate's private key")]
    public string? CertificateKey { get; init; }

    /// <summary>Together with <see cref="Certificate"/>.</summary>
    [Description("PEM file of the authority that issued the certificate; who shows none of its is refused")]
    public string? Authority { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (new[] { Certificate, CertificateKey, Authority }.Count(path => path is null) is 1 or 2)
        {
            yield return new ValidationResult("Certificate, CertificateKey and Authority belong together: set all three, or none.", [nameof(Certificate)]);
        }

        if (Address is not null && !IPNetwork.TryParse(Address, out _) && TryResolve(Address) is null)
        {
            yield return new ValidationResult($"Address '{Address}' is neither an IP address such as 10.0.0.5, nor a host name that resolves to one, nor a network such as 10.0.5.0/24.", [nameof(Address)]);
        }
    }

    /// <exception cref="SettingException">The files are no certificate, its key and its authority.</exception>
    internal ClusterCertificate? LoadCertificate()
    {
        if (this is not { Certificate: { } certificate, CertificateKey: { } key, Authority: { } authority })
        {
            return null;
        }

        try
        {
            return ClusterCertificate.Load(certificate, key, authority);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException($"ArtFresh:Cluster:Certificate, CertificateKey or Authority cannot be used: {unusable.Message}");
        }
    }

    /// <summary>Resolves <see cref="Address"/> to an IP address, IPv4 first, or to this machine's in the network that it names.</summary>
    /// <exception cref="SettingException">It does not resolve, or the machine is not in the network.</exception>
    internal IPAddress Resolve()
    {
        if (IPAddress.TryParse(Address, out _) || !IPNetwork.TryParse(Address, out var network))
        {
            return TryResolve(Address!) ?? throw new SettingException($"ArtFresh:Cluster:Address '{Address}' does not resolve.");
        }

        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(nic => nic.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address).ToArray();
        return Array.Find(own, network.Contains)
            ?? throw new SettingException($"ArtFresh:Cluster:Address {Address}: this machine has no address in that network, but {string.Join(", ", own.AsEnumerable())}.");
    }

    private static IPAddress? TryResolve(string address)
    {
        if (IPAddress.TryParse(address, out var parsed))
        {
            // Other members cannot connect to the "any" address.
            return parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any) ? null : parsed;
        }

        try
        {
            // Dns resolves an empty name to this machine.
            return string.IsNullOrWhiteSpace(address) ? null : Dns.GetHostAddresses(address).OrderBy(found => found.AddressFamily != AddressFamily.InterNetwork).FirstOrDefault();
        }
        catch (Exception unresolved) when (unresolved is SocketException or ArgumentException)
        {
            return null;
        }
    }
}

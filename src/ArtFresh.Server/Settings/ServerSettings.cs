using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using ArtFresh.Api;
using ArtFresh.Art;
using ArtFresh.Contracts;

namespace ArtFresh.Server;

/// <summary>What this process is in a cluster.</summary>
public enum ServerRole
{
    /// <summary>Front end and silo.</summary>
    All,

    /// <summary>A silo alone.</summary>
    Silo,

    /// <summary>A front end alone.</summary>
    Web,
}

/// <summary>All that an operator can set, the section <c>ArtFresh</c> and the ledger's connection string.</summary>
public sealed record ServerSettings : IValidatableObject
{
    /// <summary>One process plays all roles where there is no cluster.</summary>
    [Description("all: front end and silo in one process; silo, web: one of the two")]
    public ServerRole Role { get; init; }

    /// <summary><c>ConnectionStrings:Ledger</c>; null keeps everything in an embedded file.</summary>
    internal string? Ledger { get; init; }

    /// <summary>This process as a member of a cluster.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>Balancers learn from <c>/healthz/ready</c> to send no more.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00"), Description("How long a process that is stopping still takes requests while /healthz/ready says 503")]
    public TimeSpan DrainDelay { get; init; }

    /// <summary>Clients fall back to the single endpoint, as with the release before it.</summary>
    [Description("batch; single switches the batch endpoint off for everybody")]
    public Delivery Delivery { get; init; }

    /// <summary>A relative path starts at the current directory.</summary>
    [Required(ErrorMessage = "DataDirectory names no folder."), Description("Folder of the embedded ledger, pictures, songs and keys; the default lies in the clone, or in the current directory where there is no clone")]
    public string DataDirectory { get; init; } = Server.DataDirectory.Default;

    /// <summary>Without it operators have a key that the server makes.</summary>
    public OperatorOptions Operators { get; init; } = new();

    /// <summary>Who issues bearer tokens, if anybody.</summary>
    public JwtOptions Jwt { get; init; } = new();

    /// <summary>Off where everybody has to sign in with a JWT.</summary>
    [Description("Whether people without a JWT are guests, known by a cookie")]
    public bool Guests { get; init; } = true;

    /// <summary>As a browser sends them: <c>https://host[:port]</c>.</summary>
    [Description("Origins of other sites whose pages may call this one, such as https://radio.example.com")]
    public string[] AllowedOrigins { get; init; } = [];

    /// <summary>Without them a balancer's own address is everybody's.</summary>
    [Description("Networks of the balancers whose X-Forwarded-For and X-Forwarded-Proto are believed, such as 10.0.0.0/8")]
    public string[] TrustedProxies { get; init; } = [];

    /// <summary>How much one caller may ask for.</summary>
    public RateOptions Limits { get; init; } = new();

    /// <summary>Without an address art comes from the neural generator alone.</summary>
    public ImagesApiOptions Images { get; init; } = new();

    /// <summary>How releases are watched, and what is done when one fails.</summary>
    public WatchSettings Watch { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Guests && Jwt is { Authority: null, SigningKey: null })
        {
            yield return new ValidationResult("Guests is false, and nobody issues tokens, so nobody could sign in: set ArtFresh:Jwt:Authority, or leave Guests out.", [nameof(Guests)]);
        }

        foreach (var network in TrustedProxies.Where(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new ValidationResult($"TrustedProxies has '{network}', which is no network such as 10.0.0.0/8 or 10.1.2.3/32.", [nameof(TrustedProxies)]);
        }

        foreach (var origin in AllowedOrigins.Where(origin => !IsOrigin(origin)))
        {
            yield return new ValidationResult($"AllowedOrigins has '{origin}', which is no origin such as https://radio.example.com: a scheme, a host and no path.", [nameof(AllowedOrigins)]);
        }
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https" && origin is { PathAndQuery: "/", Fragment: "", UserInfo: "" };
}

/// <summary>This process as a member of a cluster.</summary>
public sealed record ClusterSettings : IValidatableObject
{
    /// <summary>Members of one name are one cluster.</summary>
    [Required(ErrorMessage = "Name is empty."), MaxLength(100, ErrorMessage = "Name is longer than 100 characters."), Description("Members with the same name and database are one cluster")]
    public string Name { get; init; } = ClusterNames.Default;

    /// <summary>Null takes the machine's own.</summary>
    [Description("IP address or host name at which other members reach this silo, and the only one where it listens for them; without it the machine's own, or the pod's")]
    public string? Address { get; init; }

    /// <summary>Needs POD_NAME, POD_NAMESPACE and leave to read pods.</summary>
    [Description("Whether a silo is a pod of Kubernetes: it has the pod's name, and a deleted pod is dead to the others at once")]
    public bool Kubernetes { get; init; }

    /// <summary>0 takes any that is free.</summary>
    [Range(0, 65535), Description("Port for other silos; 0 takes a free one")]
    public int SiloPort { get; init; }

    /// <summary>0 takes any that is free.</summary>
    [Range(0, 65535), Description("Port for front ends apart from silos; 0 takes a free one")]
    public int GatewayPort { get; init; }

    /// <summary>0 listens on <see cref="SiloPort"/>.</summary>
    [Range(0, 65535), Description("Port to listen on for other silos, where SiloPort is mapped to another")]
    public int SiloListenPort { get; init; }

    /// <summary>0 listens on <see cref="GatewayPort"/>.</summary>
    [Range(0, 65535), Description("Port to listen on for front ends, where GatewayPort is mapped to another")]
    public int GatewayListenPort { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address is not null && TryResolve(Address) is null)
        {
            yield return new ValidationResult($"Address '{Address}' is no IP address such as 10.0.0.5, and no host name that resolves to one.", [nameof(Address)]);
        }
    }

    /// <summary>The IP address that <see cref="Address"/> is or resolves to, IPv4 first.</summary>
    /// <exception cref="SettingException">It has ceased to resolve.</exception>
    internal IPAddress Resolve() => TryResolve(Address!) ?? throw new SettingException($"ArtFresh:Cluster:Address '{Address}' does not resolve.");

    private static IPAddress? TryResolve(string address)
    {
        if (IPAddress.TryParse(address, out var parsed))
        {
            // Nobody can be told to connect to "any".
            return parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any) ? null : parsed;
        }

        try
        {
            // An empty name would resolve to this machine.
            return string.IsNullOrWhiteSpace(address) ? null : Dns.GetHostAddresses(address).OrderBy(found => found.AddressFamily != AddressFamily.InterNetwork).FirstOrDefault();
        }
        catch (Exception unresolved) when (unresolved is SocketException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>A setting is missing, unknown or out of range. The message is for the operator.</summary>
public sealed class SettingException(string message) : Exception(message);

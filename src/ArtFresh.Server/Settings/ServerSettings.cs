using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text;
using ArtFresh.Art;

namespace ArtFresh.Server;

/// <summary>What an operator can set, all under <c>ArtFresh</c>.</summary>
public sealed class ServerSettings
{
    /// <summary><c>all</c>: front end and silo in one process; <c>silo</c> and <c>web</c>: one of the two.</summary>
    [RegularExpression("^(all|silo|web)$", ErrorMessage = "ArtFresh:Role must be 'all', 'silo' or 'web'.")]
    public string Role { get; set; } = "all";

    /// <summary>How to connect to PostgreSQL (<c>ConnectionStrings:Ledger</c>); null keeps everything in an embedded file.</summary>
    public string? Ledger { get; private set; }

    /// <summary>Where the other members of the cluster find this one.</summary>
    public ClusterSettings Cluster { get; set; } = new();

    /// <summary>How long a process that was told to stop still takes requests, so that balancers learn from <c>/healthz/ready</c> to send no more.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainDelay { get; set; }

    /// <summary><c>batch</c>, or <c>single</c>: the batch endpoint is off and clients use the old one, as with the release before it.</summary>
    [RegularExpression("^(batch|single)$", ErrorMessage = "ArtFresh:Delivery must be 'batch' or 'single'.")]
    public string Delivery { get; set; } = "batch";

    /// <summary>Folder of the ledger, pictures, songs and keys.</summary>
    [Required]
    public string DataDirectory { get; set; } = "data";

    /// <summary>How operators are known; without it their pages answer to loopback only.</summary>
    public OperatorSettings Operators { get; set; } = new();

    /// <summary>Who issues bearer tokens, if anybody.</summary>
    public JwtSettings Jwt { get; set; } = new();

    /// <summary>Origins of other sites whose pages may call this one.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>Networks (CIDR) of the balancers whose forwarded addresses are believed.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>How much one caller may ask for.</summary>
    public RateSettings Limits { get; set; } = new();

    /// <summary>An OpenAI-compatible images API; without an address art comes from the neural generator alone.</summary>
    public ImagesSettings Images { get; set; } = new();

    /// <summary>How releases are watched, and what is done when one fails.</summary>
    public WatchSettings Watch { get; set; } = new();

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingException">One is missing, unknown or out of range; the message names it.</exception>
    public static ServerSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("ArtFresh");
        RefuseUnknown(section, typeof(ServerSettings));
        ServerSettings settings;
        try
        {
            settings = section.Get<ServerSettings>() ?? new ServerSettings();
        }
        catch (InvalidOperationException mistyped)
        {
            throw new SettingException(mistyped.InnerException is null ? mistyped.Message : $"{mistyped.Message} {mistyped.InnerException.Message}");
        }

        Validate(settings, section.Path);
        if (settings.Jwt.SigningKey is { } key && Encoding.UTF8.GetByteCount(key) < 32)
        {
            throw new SettingException("ArtFresh:Jwt:SigningKey is too short: it must be at least 32 bytes.");
        }

        if (settings.TrustedProxies.FirstOrDefault(network => !IPNetwork.TryParse(network, out _)) is { } wrong)
        {
            throw new SettingException($"ArtFresh:TrustedProxies has '{wrong}', which is no network such as 10.0.0.0/8.");
        }

        settings.Ledger = configuration.GetConnectionString("Ledger");
        if (settings.Ledger is null && settings.Role != "all")
        {
            throw new SettingException($"ArtFresh:Role is '{settings.Role}', which needs a cluster: set ConnectionStrings:Ledger.");
        }

        return settings;
    }

    private static void RefuseUnknown(IConfigurationSection section, Type type)
    {
        var settable = type.GetProperties().Where(property => property.SetMethod is { IsPublic: true }).ToArray();
        foreach (var child in section.GetChildren())
        {
            var property = settable.FirstOrDefault(known => known.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new SettingException(
                    $"There is no setting {child.Path}. Known here: {string.Join(", ", settable.Select(known => known.Name).Order())}.");
            if (property.PropertyType.IsClass && property.PropertyType.Assembly == typeof(ServerSettings).Assembly)
            {
                RefuseUnknown(child, property.PropertyType);
            }
        }
    }

    private static void Validate(object settings, string path)
    {
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(settings, new ValidationContext(settings), faults, validateAllProperties: true))
        {
            throw new SettingException($"{path}: {faults[0].ErrorMessage}");
        }

        foreach (var property in settings.GetType().GetProperties())
        {
            if (property.PropertyType.Assembly == typeof(ServerSettings).Assembly && property.GetValue(settings) is { } nested and not IEnumerable)
            {
                Validate(nested, $"{path}:{property.Name}");
            }
        }
    }
}

/// <summary>This process as a member of a cluster.</summary>
public sealed class ClusterSettings
{
    /// <summary>Members of one name are one cluster.</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "artfresh";

    /// <summary>IP address under which other members reach this one; null takes the machine's own.</summary>
    public string? Address { get; set; }

    /// <summary>
    /// Whether a silo is a pod of Kubernetes: it is named by the pod, and a pod that is deleted is dead to the others at once. Needs POD_NAME, POD_NAMESPACE and
    /// leave to read pods.
    /// </summary>
    public bool Kubernetes { get; set; }

    /// <summary>Port for other silos; 0 takes any that is free.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; }

    /// <summary>Port for front ends of their own; 0 takes any that is free.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; }

    /// <summary>Port that this process listens on for other silos, where what they are told (<see cref="SiloPort"/>) is mapped to another.</summary>
    [Range(0, 65535)]
    public int SiloListenPort { get; set; }

    /// <summary>Port that this process listens on for front ends, where what they are told (<see cref="GatewayPort"/>) is mapped to another.</summary>
    [Range(0, 65535)]
    public int GatewayListenPort { get; set; }
}

/// <summary>How operators are known.</summary>
public sealed class OperatorSettings
{
    /// <summary>Secret sent as <c>Authorization: Bearer</c>.</summary>
    [MinLength(16)]
    public string? Key { get; set; }

    /// <summary>Role in a JWT.</summary>
    public string? Role { get; set; }

    /// <summary>
    /// Whether Orleans' own dashboard is at <c>/ops/orleans</c>. Its filter and second set of counters cost up to a tenth of a batch, and once a second it counts the
    /// grains in memory one by one: 10 ms for 10,000.
    /// </summary>
    public bool OrleansDashboard { get; set; }
}

/// <summary>Who issues bearer tokens.</summary>
public sealed class JwtSettings
{
    /// <summary>OpenID Connect issuer.</summary>
    public Uri? Authority { get; set; }

    /// <summary>Audience that a token must name.</summary>
    public string? Audience { get; set; }

    /// <summary>Symmetric key, for set-ups without an issuer.</summary>
    public string? SigningKey { get; set; }
}

/// <summary>How much one caller may ask for.</summary>
public sealed class RateSettings
{
    /// <summary>Requests a second of one listener.</summary>
    [Range(1, 1_000_000)]
    public int ListenerRequestsPerSecond { get; set; } = 50;

    /// <summary>Requests of one listener at once after a pause.</summary>
    [Range(1, 1_000_000)]
    public int ListenerRequestsBurst { get; set; } = 200;

    /// <summary>Sign-ins a minute from one address.</summary>
    [Range(1, 1_000_000)]
    public int SignInsPerMinute { get; set; } = 60;

    /// <summary>Pictures a second to one address.</summary>
    [Range(1, 1_000_000)]
    public int PicturesPerSecond { get; set; } = 50;

    /// <summary>Pictures to one address at once after a pause.</summary>
    [Range(1, 1_000_000)]
    public int PicturesBurst { get; set; } = 200;
}

/// <summary>An OpenAI-compatible images API.</summary>
public sealed class ImagesSettings
{
    /// <summary>Base address, with or without <c>/v1</c>.</summary>
    public Uri? Address { get; set; }

    /// <summary>Key sent as <c>Authorization: Bearer</c>.</summary>
    public string? Key { get; set; }

    /// <summary>Model asked for.</summary>
    [Required]
    public string Model { get; set; } = "gpt-image-1";

    /// <summary>Size asked for.</summary>
    [RegularExpression(@"^\d{2,4}x\d{2,4}$", ErrorMessage = "Size must be like 1024x1024.")]
    public string Size { get; set; } = "1024x1024";

    /// <summary>Time limit of one picture.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Pictures made at a time.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 2;

    /// <summary>Pictures that each pool keeps ahead.</summary>
    [Range(1, 1000)]
    public int StockAhead { get; set; } = 8;

    /// <summary>Hosts besides the API's own that its answers may name.</summary>
    public string[] PictureHosts { get; set; } = [];

    internal void CopyTo(ImagesApiOptions options)
    {
        options.Address = Address;
        options.Key = Key;
        options.Model = Model;
        options.Size = Size;
        options.Timeout = Timeout;
        options.ConcurrencyMax = Concurrency;
        foreach (var host in PictureHosts)
        {
            options.PictureHosts.Add(host);
        }
    }
}

/// <summary>A setting is missing, unknown or out of range. The message is for the operator.</summary>
public sealed class SettingException(string message) : Exception(message);

using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ArtFresh.Contracts;

namespace ArtFresh.Api;

/// <summary>Settings of the front end.</summary>
public sealed record ApiOptions
{
    /// <summary>Directory of everything that must outlive the process: <c>keys</c> (sign-in) and <c>music</c> (the operator's songs) lie in it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Directory of the built player; null means the host's web root.</summary>
    public string? PlayerDirectory { get; init; }

    /// <summary>How impressions are taken: <see cref="Delivery.Single"/> switches the batch endpoint off for everybody, whatever a session's release says.</summary>
    public Delivery Delivery { get; init; }

    /// <summary>How operators are known.</summary>
    public OperatorOptions Operators { get; init; } = new();

    /// <summary>Who issues bearer tokens.</summary>
    public JwtOptions Jwt { get; init; } = new();

    /// <summary>Whether people without a JWT are guests. Without guests their cookies sign nobody in.</summary>
    public bool Guests { get; init; } = true;

    /// <summary>Encrypts the keys of cookies and tokens where they rest; null leaves them in plain text. An RSA certificate with its private key.</summary>
    public X509Certificate2? KeysCertificate { get; init; }

    /// <summary>How much one caller may ask for.</summary>
    public RateOptions Limits { get; init; } = new();

    /// <summary>Origins (<c>https://host[:port]</c>) of other sites whose pages may call this one.</summary>
    public ImmutableArray<string> AllowedOrigins { get; init; } = [];

    /// <summary>Networks of the balancers whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>How many of them stand one behind another.</summary>
    public int ForwardLimit { get; init; } = 1;

    /// <summary>How long browsers keep to https after a visit; zero leaves it to them.</summary>
    public TimeSpan Hsts { get; init; }

    /// <summary>Batches, and apart from them fresh-art requests, that are with the cluster at one time.</summary>
    public int HotRequestsRunningMax { get; init; } = 1000;

    /// <summary>Requests that wait for a place among those; the next one is refused.</summary>
    public int HotRequestsWaitingMax { get; init; } = 2000;

    /// <summary>Requests for pictures that wait for silos at one time; the next one is refused. The silos' queues are fair between networks, so none is kept here.</summary>
    public int PicturesRunningMax { get; init; } = 2000;

    internal string KeysDirectory => Path.Combine(Path.GetFullPath(DataDirectory), "keys");

    internal string MusicDirectory => Path.Combine(Path.GetFullPath(DataDirectory), "music");
}

/// <summary>How operators are known.</summary>
public sealed record OperatorOptions : IValidatableObject
{
    private const int KeyLengthMin = 16;

    /// <summary>Makes a request the operator's.</summary>
    [MinLength(KeyLengthMin, ErrorMessage = "Key is too short: it must have at least 16 characters."), Description("Secret that operators send as Authorization: Bearer, at least 16 characters; without it and without a role one is made: operators.key in the data directory")]
    public string? Key { get; init; }

    /// <summary>For Prometheus, which has no business with listeners' figures and switches.</summary>
    [MinLength(KeyLengthMin, ErrorMessage = "MetricsKey is too short: it must have at least 16 characters."), Description("Secret that reads /metrics and nothing else, at least 16 characters; without it one is made: metrics.key in the data directory")]
    public string? MetricsKey { get; init; }

    /// <summary>In the claim <c>role</c> or <c>roles</c>.</summary>
    [Description("Role in a JWT that makes its bearer an operator")]
    public string? Role { get; init; }

    /// <summary>
    /// Its filter and second set of counters cost up to a tenth of a batch, and once a second it counts the grains in memory one by one: 10 ms for 10,000.
    /// </summary>
    [Description("Orleans' own dashboard at /ops/orleans, for operators")]
    public bool OrleansDashboard { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Key is not null && Key == MetricsKey)
        {
            yield return new ValidationResult("MetricsKey is the operators' key too: who reads metrics with it could switch releases. Make another.", [nameof(MetricsKey)]);
        }
    }
}

/// <summary>Who issues bearer tokens.</summary>
public sealed record JwtOptions : IValidatableObject
{
    private const int SigningKeyBytesMin = 32;

    /// <summary>Signs listeners in.</summary>
    [Description("OpenID Connect issuer whose tokens sign listeners in")]
    public Uri? Authority { get; init; }

    /// <summary>Null asks for none. An issuer's tokens for other services would sign their bearers in here too, so an authority needs it.</summary>
    [Description("Audience that a token must name; needed with Authority")]
    public string? Audience { get; init; }

    /// <summary>For set-ups without an issuer.</summary>
    [Description("Symmetric key of tokens, at least 32 bytes, where there is no issuer")]
    public string? SigningKey { get; init; }

    internal bool HasIssuer => Authority is not null || SigningKey is not null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SigningKey is { } key && Encoding.UTF8.GetByteCount(key) < SigningKeyBytesMin)
        {
            yield return new ValidationResult($"SigningKey is too short: it must have at least {SigningKeyBytesMin} bytes.", [nameof(SigningKey)]);
        }

        if (Authority is { } authority && !(authority.IsAbsoluteUri && authority.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("Authority must be an address such as https://login.example.com.", [nameof(Authority)]);
        }

        if (Authority is not null && string.IsNullOrWhiteSpace(Audience))
        {
            yield return new ValidationResult("Audience is missing: with Authority, set it to the audience that the issuer's tokens for ArtFresh name.", [nameof(Audience)]);
        }
    }
}

/// <summary>How much one caller may ask for.</summary>
public sealed record RateOptions
{
    private const int Most = 1_000_000;

    /// <summary>A player asks for art and reports it a few times a minute.</summary>
    [Range(1, Most), Description("Requests a second of one listener")]
    public int ListenerRequestsPerSecond { get; init; } = 50;

    /// <summary>The bucket's size.</summary>
    [Range(1, Most), Description("Requests that a listener may send at once after a pause")]
    public int ListenerRequestsBurst { get; init; } = 200;

    /// <summary>A keen listener sees an artwork every 20 s, 180 an hour, and skips through more.</summary>
    [Range(1, Most), Description("Fresh artworks an hour to one listener; as many at once after a pause, as with each hourly quota")]
    public int ArtworksServedPerHour { get; init; } = 3_600;

    /// <summary>What half a day without a network makes at an artwork every 20 s, as it arrives all at once.</summary>
    [Range(1, Most), Description("Artworks an hour that one listener's clients made without a network")]
    public int ArtworksMadePerHour { get; init; } = 2_160;

    /// <summary>Only a client at fault reports art that its listener was never served.</summary>
    [Range(1, Most), Description("Artworks an hour that one listener reports and was never served")]
    public int ArtworksUnservedPerHour { get; init; } = 1_000;

    /// <summary>One a load of the page: a browser that restores twenty tabs three times.</summary>
    [Range(1, Most), Description("Sessions an hour of one listener")]
    public int SessionsPerHour { get; init; } = 60;

    /// <summary>Thirty who each spend all of theirs are six hundred keen listeners. Guests cost nothing to make, so their quotas alone bound nobody.</summary>
    [Range(1, 10_000), Description("How many listeners' quotas one network has (/24 of IPv4, /48 of IPv6)")]
    public int ListenersPerNetwork { get; init; } = 30;

    /// <summary>Of those who are nobody yet: a page that loads again signs in as who it is.</summary>
    [Range(1, Most), Description("New guests a minute from one network")]
    public int SignInsPerMinute { get; init; } = 120;

    /// <summary>Wrong ones: a mistyped key may be put right at once, and a thousand years are too short for 16 characters.</summary>
    [Range(1, Most), Description("Wrong operator's keys a minute from one network (/24 of IPv4, /48 of IPv6)")]
    public int KeyGuessesPerMinute { get; init; } = 10;

    /// <summary>Half of what one core draws. A page without WebGL shows a picture of one megapixel every 20 s, and none is drawn twice while it is kept.</summary>
    [Range(1, 100_000), Description("Megapixels a minute that are drawn for one network")]
    public int PictureMegapixelsPerMinute { get; init; } = 60;

    /// <summary>Whatever their size: a gallery's page asks for a hundred at once.</summary>
    [Range(1, Most), Description("Requests for pictures a second from one network")]
    public int PicturesPerSecond { get; init; } = 100;

    /// <summary>The bucket's size.</summary>
    [Range(1, Most), Description("Requests for pictures that one network may send at once after a pause")]
    public int PicturesBurst { get; init; } = 500;
}

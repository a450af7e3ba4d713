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
    /// <summary>Directory with <c>keys</c> (sign-in) and <c>music</c> (the operator's songs). It must outlive the process.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Directory of the built player; null means the host's web root.</summary>
    public string? PlayerDirectory { get; init; }

    /// <summary><see cref="Delivery.Single"/> switches the batch endpoint off for all releases.</summary>
    public Delivery Delivery { get; init; }

    /// <summary>How operators sign in.</summary>
    public OperatorOptions Operators { get; init; } = new();

    /// <summary>The issuer of bearer tokens.</summary>
    public JwtOptions Jwt { get; init; } = new();

    /// <summary>Whether people without a JWT are guests. If false, guests' cookies sign nobody in.</summary>
    public bool Guests { get; init; } = true;

    /// <summary>RSA certificate with its private key that encrypts the stored keys of cookies and tokens; null stores them in plain text.</summary>
    public X509Certificate2? KeysCertificate { get; init; }

    /// <summary>The callers' quotas.</summary>
    public RateOptions Limits { get; init; } = new();

    /// <summary>Origins (<c>https://host[:port]</c>) of other sites whose pages may call this one.</summary>
    public ImmutableArray<string> AllowedOrigins { get; init; } = [];

    /// <summary>Networks of the balancers whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are trusted.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>How many trusted proxies a request passes, one after the other.</summary>
    public int ForwardLimit { get; init; } = 1;

    /// <summary>How long browsers use only https after a visit; zero sends no header.</summary>
    public TimeSpan Hsts { get; init; }

    /// <summary>How long caches keep a picture before they ask whether it is still there; zero asks each time.</summary>
    public TimeSpan PicturesCachedFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The most batches, and separately the most fresh-art requests, that run at once.</summary>
    public int HotRequestsRunningMax { get; init; } = 1000;

    /// <summary>The most requests that wait to run; further ones are refused.</summary>
    public int HotRequestsWaitingMax { get; init; } = 2000;

    /// <summary>The most requests for pictures that run at once; further ones are refused. They don't wait here, because the silos' queues are fair between networks.</summary>
    public int PicturesRunningMax { get; init; } = 2000;

    internal string KeysDirectory => Path.Combine(Path.GetFullPath(DataDirectory), "keys");

    internal string MusicDirectory => Path.Combine(Path.GetFullPath(DataDirectory), "music");
}

/// <summary>How operators sign in.</summary>
public sealed record OperatorOptions : IValidatableObject
{
    private const int KeyLengthMin = 16;

    /// <summary>A request with this key is an operator's.</summary>
    [MinLength(KeyLengthMin, ErrorMessage = "Key is too short: it must have at least 16 characters."), Description("Secret that operators send as Authorization: Bearer, at least 16 characters; without it and without a role one is made: operators.key in the data directory")]
    public string? Key { get; init; }

    /// <summary>For Prometheus, which needs neither the figures nor the switches.</summary>
    [MinLength(KeyLengthMin, ErrorMessage = "MetricsKey is too short: it must have at least 16 characters."), Description("Secret that reads /metrics and nothing else, at least 16 characters; without it one is made: metrics.key in the data directory")]
    public string? MetricsKey { get; init; }

    /// <summary>Value of the claim <c>role</c> or <c>roles</c>.</summary>
    [Description("Role in a JWT that makes its bearer an operator")]
    public string? Role { get; init; }

    /// <summary>
    /// Its filter and counters cost up to a tenth of a batch, and each second it counts the grains in memory one by one, which takes 10 ms for 10,000.
    /// </summary>
    [Description("Orleans' own dashboard at /ops/orleans, for operators")]
    public bool OrleansDashboard { get; init; }

    /// <summary>At most how many bits whoever guesses a key has to find. Characters that come again and again are no more to guess than few.</summary>
    public static double BitsOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Length * Math.Log2(Math.Max(1, key.Distinct().Count()));
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Key is not null && Key == MetricsKey)
        {
            yield return new ValidationResult("MetricsKey equals the operators' key, so whoever reads metrics could switch releases. Set another key.", [nameof(MetricsKey)]);
        }
    }
}

/// <summary>The issuer of bearer tokens.</summary>
public sealed record JwtOptions : IValidatableObject
{
    private const int SigningKeyBytesMin = 32;

    /// <summary>Its tokens sign listeners in.</summary>
    [Description("OpenID Connect issuer whose tokens sign listeners in")]
    public Uri? Authority { get; init; }

    /// <summary>Null accepts any. Needed with an authority: otherwise its tokens for other services would sign their bearers in here.</summary>
    [Description("Audience that a token must name; needed with Authority")]
    public string? Audience { get; init; }

    /// <summary>For installations without an issuer.</summary>
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

/// <summary>The callers' quotas.</summary>
public sealed record RateOptions
{
    private const int Most = 1_000_000;

    /// <summary>A player sends a few requests a minute.</summary>
    [Range(1, Most), Description("Requests a second of one listener; a page of what was shown or is kept counts as one for each ten artworks asked for")]
    public int ListenerRequestsPerSecond { get; init; } = 50;

    /// <summary>Size of the token bucket.</summary>
    [Range(1, Most), Description("Requests that a listener may send at once after a pause")]
    public int ListenerRequestsBurst { get; init; } = 200;

    /// <summary>A keen listener sees an artwork every 20 s, which is 180 an hour, and skips some.</summary>
    [Range(1, Most), Description("Fresh artworks an hour to one listener, a change of mood counted as five; as many at once after a pause, as with each hourly quota")]
    public int ArtworksServedPerHour { get; init; } = 3_600;

    /// <summary>Half a day without a network at an artwork every 20 s, because it arrives all at once.</summary>
    [Range(1, Most), Description("Artworks an hour that one listener's clients made without a network")]
    public int ArtworksMadePerHour { get; init; } = 2_160;

    /// <summary>Only a faulty client reports art that its listener was never served.</summary>
    [Range(1, Most), Description("Artworks an hour that one listener reports and was never served")]
    public int ArtworksUnservedPerHour { get; init; } = 1_000;

    /// <summary>All that a listener may be served, reported one by one in bodies of less than a kilobyte, each sent twice. In batches it takes a tenth.</summary>
    [Range(1, Most), Description("Kilobytes of impressions an hour that one listener's clients send; each request counts as one at least")]
    public int ImpressionKilobytesPerHour { get; init; } = 8_192;

    /// <summary>A listener keeps a few artworks an hour. Each waits for a commit of its own, so that many at once delay everybody's.</summary>
    [Range(1, Most), Description("Artworks a minute that one listener keeps or no longer keeps; as many at once after a pause. An offer of what a browser has shown counts as one, and one more for each 300 artworks")]
    public int BareWritesPerMinute { get; init; } = 60;

    /// <summary>A lost answer makes one batch a duplicate. Apart from <see cref="BareWritesPerMinute"/>: who sorts what is kept must not have impressions refused.</summary>
    [Range(1, Most), Description("Batches a minute of one listener in which nothing is new; as many at once after a pause")]
    public int RepeatsPerMinute { get; init; } = 60;

    /// <summary>Each page load opens one: a browser may restore twenty tabs three times.</summary>
    [Range(1, Most), Description("Sessions an hour of one listener; an export of their data, and an erasure, count as one")]
    public int SessionsPerHour { get; init; } = 60;

    /// <summary>Bounds an attacker, because guests cost nothing to make. Thirty full quotas serve six hundred keen listeners.</summary>
    [Range(1, 10_000), Description("How many listeners' quotas one network has (/24 of IPv4, /48 of IPv6)")]
    public int ListenersPerNetwork { get; init; } = 30;

    /// <summary>A browser has six at most. Each may hold 96 KB before a quota can refuse its request.</summary>
    [Range(1, Most), Description("Open connections of one network; those of trusted proxies are not counted")]
    public int ConnectionsPerNetwork { get; init; } = 500;

    /// <summary>Counts new guests only: a page that loads again stays signed in.</summary>
    [Range(1, Most), Description("New guests a minute from one network")]
    public int SignInsPerMinute { get; init; } = 120;

    /// <summary>Enough to correct a mistyped key; guessing 16 characters takes over a thousand years.</summary>
    [Range(1, Most), Description("Wrong operators' keys a minute from one network (/24 of IPv4, /48 of IPv6); beyond, a right key passes if it has 128 bits, as openssl rand -hex 24 makes it")]
    public int KeyGuessesPerMinute { get; init; } = 10;

    /// <summary>Half of what one core draws. A page without WebGL needs one megapixel every 20 s, and cached pictures are free.</summary>
    [Range(1, 100_000), Description("Megapixels a minute that are drawn for one network")]
    public int PictureMegapixelsPerMinute { get; init; } = 60;

    /// <summary>Of any size: a gallery requests a hundred at once.</summary>
    [Range(1, Most), Description("Requests for pictures a second from one network")]
    public int PicturesPerSecond { get; init; } = 100;

    /// <summary>Size of the token bucket.</summary>
    [Range(1, Most), Description("Requests for pictures that one network may send at once after a pause")]
    public int PicturesBurst { get; init; } = 500;
}

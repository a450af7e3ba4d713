using System.Collections.Immutable;
using System.Net;
using ArtFresh.Contracts;

namespace ArtFresh.Api;

/// <summary>What the front end is told by its host. Ranges are checked by the host, which can name the setting.</summary>
public sealed record ApiOptions
{
    /// <summary>Directory of everything that must outlive the process: <c>keys</c> (sign-in) and <c>music</c> (the operator's songs) lie in it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Directory of the built player; null means the host's web root.</summary>
    public string? PlayerDirectory { get; init; }

    /// <summary>How impressions are taken: <see cref="Delivery.Single"/> switches the batch endpoint off for everybody, whatever a session is told.</summary>
    public Delivery Delivery { get; init; }

    /// <summary>Secret that makes a request the operator's, sent as <c>Authorization: Bearer</c>.</summary>
    public string? OperatorKey { get; init; }

    /// <summary>Role in a JWT (claim <c>role</c> or <c>roles</c>) that makes its bearer an operator.</summary>
    public string? OperatorRole { get; init; }

    /// <summary>OpenID Connect issuer whose JWTs sign listeners in.</summary>
    public Uri? JwtAuthority { get; init; }

    /// <summary>Audience that a JWT must name; null asks for none.</summary>
    public string? JwtAudience { get; init; }

    /// <summary>Symmetric key of JWTs, for set-ups without an OpenID Connect issuer: at least 32 bytes of UTF-8.</summary>
    public string? JwtSigningKey { get; init; }

    /// <summary>Origins (<c>https://host[:port]</c>) of other sites whose pages may call this one.</summary>
    public ImmutableArray<string> AllowedOrigins { get; init; } = [];

    /// <summary>Networks of the balancers whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Requests a second of one listener, or of one address where no listener is signed in.</summary>
    public int ListenerRequestsPerSecondMax { get; init; } = 50;

    /// <summary>Requests that a listener may send at once after a pause.</summary>
    public int ListenerRequestsBurstMax { get; init; } = 200;

    /// <summary>Sign-ins a minute from one address.</summary>
    public int SignInsPerMinuteMax { get; init; } = 60;

    /// <summary>Pictures a second to one address.</summary>
    public int PicturesPerSecondMax { get; init; } = 50;

    /// <summary>Pictures that one address may ask for at once after a pause.</summary>
    public int PicturesBurstMax { get; init; } = 200;

    /// <summary>Batches, and apart from them fresh-art requests, that are with the cluster at one time.</summary>
    public int HotRequestsRunningMax { get; init; } = 1000;

    /// <summary>Requests that wait for a place among those; the next one is refused.</summary>
    public int HotRequestsWaitingMax { get; init; } = 2000;

    /// <summary>Pictures that are drawn at one time for this process.</summary>
    public int PicturesRunningMax { get; init; } = 2 * Environment.ProcessorCount;

    internal bool HasIssuer => JwtAuthority is not null || JwtSigningKey is not null;

    internal bool NamesOperators => OperatorKey is not null || OperatorRole is not null;

    internal string KeysDirectory => Path.Combine(Path.GetFullPath(DataDirectory), "keys");

    internal string MusicDirectory => Path.Combine(Path.GetFullPath(DataDirectory), "music");
}

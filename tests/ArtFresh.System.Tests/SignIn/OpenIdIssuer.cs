using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ArtFresh.SystemTests.SignIn;

/// <summary>
/// An OpenID Connect issuer: discovery, published RSA key, authorization code with PKCE (RFC 7636), id token, access token (RFC 9068) and refresh token. Whoever
/// gives a name signs in as that.
/// </summary>
internal sealed class OpenIdIssuer : IAsyncDisposable
{
    public const string Audience = "https://art.example.org/";

    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RsaSecurityKey _key;
    private readonly ConcurrentDictionary<string, Grant> _codes = new();
    private readonly ConcurrentDictionary<string, Grant> _refreshTokens = new();
    private readonly WebApplication _app;
    private int _expired;

    private OpenIdIssuer()
    {
        _key = new RsaSecurityKey(_rsa) { KeyId = "k1" };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(any => any.AllowAnyOrigin().AllowAnyHeader()));
        _app = builder.Build();
        _app.UseCors();
        _app.MapGet("/.well-known/openid-configuration", Describe);
        _app.MapGet("/keys", PublishKey);
        _app.MapGet("/authorize", Authorize);
        _app.MapPost("/token", GiveTokensAsync);
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Number of tokens that were given for a refresh token.</summary>
    public int Refreshed { get; private set; }

    public static async Task<OpenIdIssuer> StartAsync()
    {
        var issuer = new OpenIdIssuer();
        await issuer._app.StartAsync();
        return issuer;
    }

    /// <summary>The next access token is over already, though its answer says otherwise: as one that is used after the computer has slept.</summary>
    public void LetNextExpire() => Interlocked.Exchange(ref _expired, 1);

    /// <summary>An access token of somebody who has signed in.</summary>
    public string TokenOf(string subject) => Sign("at+jwt", Audience, new Grant(subject, "artfresh", "", ""), TimeProvider.System.GetUtcNow());

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private IResult Describe() => Results.Json(new
    {
        issuer = Address.AbsoluteUri,
        authorization_endpoint = new Uri(Address, "authorize"),
        token_endpoint = new Uri(Address, "token"),
        jwks_uri = new Uri(Address, "keys"),
        response_types_supported = new[] { "code" },
        subject_types_supported = new[] { "public" },
        id_token_signing_alg_values_supported = new[] { "RS256" },
        code_challenge_methods_supported = new[] { "S256" },
    });

    private IResult PublishKey()
    {
        var parameters = _rsa.ExportParameters(includePrivateParameters: false);
        var key = new { kty = "RSA", use = "sig", alg = "RS256", kid = _key.KeyId, n = Base64Url.EncodeToString(parameters.Modulus), e = Base64Url.EncodeToString(parameters.Exponent) };
        return Results.Json(new { keys = new[] { key } });
    }

    /// <summary>Asks for the name, and comes back with it.</summary>
    private IResult Authorize(HttpRequest request)
    {
        string Asked(string name) => request.Query[name].ToString();
        if (Asked("code_challenge_method") != "S256" || Asked("response_type") != "code")
        {
            return Results.BadRequest("Only codes, and only with PKCE.");
        }

        if (Asked("login") is not { Length: > 0 } subject)
        {
            var fields = request.Query.Select(field => $"<input type=hidden name=\"{field.Key}\" value=\"{WebUtility.HtmlEncode(field.Value)}\">");
            return Results.Content($"<!doctype html><title>Sign in</title><form>{string.Concat(fields)}<input name=login autofocus><button>Sign in</button></form>", "text/html");
        }

        var code = NewSecret();
        _codes[code] = new Grant(subject, Asked("client_id"), Asked("redirect_uri"), Asked("code_challenge"));
        return Results.Redirect($"{Asked("redirect_uri")}?code={code}&state={Uri.EscapeDataString(Asked("state"))}");
    }

    private async Task<IResult> GiveTokensAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (form["grant_type"] == "refresh_token")
        {
            if (!_refreshTokens.TryRemove(form["refresh_token"].ToString(), out var known))
            {
                return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
            }

            Refreshed++;
            return TokensOf(known);
        }

        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        var isGranted = _codes.TryRemove(form["code"].ToString(), out var grant)
            && grant.Challenge == challenge && grant.RedirectUri == form["redirect_uri"] && grant.ClientId == form["client_id"];
        return isGranted ? TokensOf(grant!) : Results.Json(new { error = "invalid_grant" }, statusCode: 400);
    }

    private IResult TokensOf(Grant grant)
    {
        var now = TimeProvider.System.GetUtcNow();
        var isOver = Interlocked.Exchange(ref _expired, 0) == 1;
        var refreshToken = NewSecret();
        _refreshTokens[refreshToken] = grant;
        return Results.Json(new
        {
            token_type = "Bearer",
            expires_in = (int)TokenLifetime.TotalSeconds,
            access_token = Sign("at+jwt", Audience, grant, isOver ? now - TokenLifetime : now),
            id_token = Sign("JWT", grant.ClientId, grant, now),
            refresh_token = refreshToken,
        });
    }

    private string Sign(string type, string audience, Grant grant, DateTimeOffset from) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        TokenType = type,
        Issuer = Address.AbsoluteUri,
        Audience = audience,
        Claims = new Dictionary<string, object> { ["sub"] = grant.Subject, ["client_id"] = grant.ClientId, ["jti"] = NewSecret() },
        NotBefore = (from - TokenLifetime).UtcDateTime,
        IssuedAt = from.UtcDateTime,
        Expires = (from + (TokenLifetime / 2)).UtcDateTime,
        SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
    });

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    private sealed record Grant(string Subject, string ClientId, string RedirectUri, string Challenge);
}

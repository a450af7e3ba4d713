using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ArtFresh.TestWorld;

/// <summary>Sends requests in the name of an account: with a token that an issuer of <see cref="Key"/> signed.</summary>
public sealed class SignedListener(string subject, SocketsHttpHandler browser) : DelegatingHandler(browser)
{
    /// <summary>In a browser without a guest's cookie.</summary>
    public SignedListener(string subject)
        : this(subject, new SocketsHttpHandler { UseCookies = false })
    {
    }

    /// <summary>Value of <c>ArtFresh:Jwt:SigningKey</c>.</summary>
    public const string Key = "a key of the tests, with 32 bytes and more";

    private readonly string _token = TokenOf(subject);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return base.SendAsync(request, cancellationToken);
    }

    private static string TokenOf(string subject)
    {
        var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var signed = $"{Part(new { alg = "HS256", typ = "JWT" })}.{Part(new { sub = subject, exp = expires })}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(signed)))}";

        static string Part(object json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
    }
}

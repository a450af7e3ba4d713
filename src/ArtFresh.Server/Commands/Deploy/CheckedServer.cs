using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ArtFresh.Server;

/// <summary>An answer, read whole.</summary>
internal sealed record Answer(Uri Address, HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Text)
{
    public JsonElement Json
    {
        get
        {
            try
            {
                return JsonDocument.Parse(Text).RootElement;
            }
            catch (JsonException)
            {
                throw new DeployFaultException($"{Address.AbsolutePath} answers {(int)Status} with something that is no JSON", "See what stands in front of the servers: it answers in their place.");
            }
        }
    }

    /// <summary>A header, its values joined; empty where there is none.</summary>
    public string Header(string name) =>
        Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : "";

    /// <summary>Sees to the status.</summary>
    public Answer Expect(HttpStatusCode status, string @do) => Status == status
        ? this
        : throw new DeployFaultException($"{Address.AbsolutePath} answers {(int)Status}; it should answer {(int)status}", @do);
}

/// <summary>The server under check, as a stranger, a listener and an operator reach it.</summary>
internal sealed class CheckedServer : IDisposable
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;
    private readonly string? _key;

    public CheckedServer(Uri address, string? key)
    {
        (Address, _key) = (address, key);
        _http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address, Timeout = AnswerMax };
    }

    public Uri Address { get; }

    /// <summary>The listener's cookie, after they have signed in.</summary>
    public string? Cookie { get; set; }

    /// <summary>Without a cookie or a key.</summary>
    /// <param name="at">Where, if not at <see cref="Address"/>.</param>
    /// <param name="header">What the request claims of itself.</param>
    public Task<Answer> AsStrangerAsync(HttpMethod method, string path, object? body = null, Uri? at = null, (string Name, string Value)? header = null) =>
        SendAsync(method, at is null ? path : new Uri(at, path).ToString(), body is null ? null : JsonBody(body), request =>
        {
            if (header is var (name, value))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        });

    public Task<Answer> AsListenerAsync(HttpMethod method, string path, object? body = null) => SendAsync(method, path, body is null ? null : JsonBody(body), request =>
    {
        if (Cookie is not null)
        {
            request.Headers.Add("Cookie", Cookie);
        }
    });

    /// <summary>As a page's beacon that carries a token and nothing else.</summary>
    public Task<Answer> AsBeaconAsync(string path, object body) =>
        SendAsync(HttpMethod.Post, path, new StringContent(Serialize(body), Encoding.UTF8, "text/plain"), _ => { });

    public Task<Answer> AsOperatorAsync(string path) => SendAsync(HttpMethod.Get, path, null, request =>
    {
        if (_key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        }
    });

    public void Dispose() => _http.Dispose();

    private static StringContent JsonBody(object body) => new(Serialize(body), Encoding.UTF8, "application/json");

    private static string Serialize(object body) => JsonSerializer.Serialize(body, JsonSerializerOptions.Web);

    private async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? body, Action<HttpRequestMessage> dress)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.RelativeOrAbsolute)) { Content = body };
        dress(request);
        try
        {
            using var answer = await _http.SendAsync(request);
            return new Answer(request.RequestUri!.IsAbsoluteUri ? request.RequestUri : new Uri(Address, path), answer.StatusCode, answer.Headers, answer.Content.Headers, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
        {
            throw new DeployFaultException($"{path} does not answer: {silent.InnerException?.Message ?? silent.Message}", "See whether the server runs, and whether the address and its certificate are right.");
        }
    }
}

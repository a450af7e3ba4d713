using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ArtFresh.Server;

/// <summary>An HTTP answer with its whole body.</summary>
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
                throw new DeployFaultException($"{Address.AbsolutePath} answers {(int)Status} with a body that is not JSON", "Check the proxies in front of the servers: one of them answers in their place.");
            }
        }
    }

    /// <summary>A header's values, joined; empty if the header is missing.</summary>
    public string Header(string name) =>
        Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : "";

    /// <summary>Returns this answer if it has the expected status.</summary>
    /// <exception cref="DeployFaultException">It has another status.</exception>
    public Answer Expect(HttpStatusCode status, string @do) => Status == status
        ? this
        : throw new DeployFaultException($"{Address.AbsolutePath} answers {(int)Status}; it should answer {(int)status}", @do);
}

/// <summary>The server under check, called as a stranger, as a listener or as an operator.</summary>
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

    /// <summary>The operators' key, if it is known.</summary>
    public string? Key => _key;

    /// <summary>The listener's cookie; null before the sign-in.</summary>
    public string? Cookie { get; set; }

    /// <summary>Calls without a cookie and without a key.</summary>
    /// <param name="at">The address to call instead of <see cref="Address"/>.</param>
    /// <param name="header">A header to add, such as a forged X-Forwarded-For.</param>
    public Task<Answer> AsStrangerAsync(HttpMethod method, string path, object? body = null, Uri? at = null, (string Name, string Value)? header = null) =>
        SendAsync(method, at is null ? path : new Uri(at, path).ToString(), body is null ? null : JsonBody(body), request => Add(request, header));

    public Task<Answer> AsListenerAsync(HttpMethod method, string path, object? body = null, (string Name, string Value)? header = null) => SendAsync(method, path, body is null ? null : JsonBody(body), request =>
    {
        Add(request, header);
        if (Cookie is not null)
        {
            request.Headers.Add("Cookie", Cookie);
        }
    });

    /// <summary>Posts as a page's beacon: text/plain, with a token in the body and no cookie.</summary>
    public Task<Answer> AsBeaconAsync(string path, object body) =>
        SendAsync(HttpMethod.Post, path, new StringContent(Serialize(body), Encoding.UTF8, "text/plain"), _ => { });

    public Task<Answer> AsOperatorAsync(string path, (string Name, string Value)? header = null) => SendAsync(HttpMethod.Get, path, null, request =>
    {
        Add(request, header);
        if (_key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        }
    });

    public void Dispose() => _http.Dispose();

    private static void Add(HttpRequestMessage request, (string Name, string Value)? header)
    {
        if (header is var (name, value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private static StringContent JsonBody(object body) => new(Serialize(body), Encoding.UTF8, "application/json");

    private static string Serialize(object body) => JsonSerializer.Serialize(body, JsonSerializerOptions.Web);

    private async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? body, Action<HttpRequestMessage> addCredentials)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.RelativeOrAbsolute)) { Content = body };
        addCredentials(request);
        try
        {
            using var answer = await _http.SendAsync(request);
            return new Answer(request.RequestUri!.IsAbsoluteUri ? request.RequestUri : new Uri(Address, path), answer.StatusCode, answer.Headers, answer.Content.Headers, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
        {
            throw new DeployFaultException($"{path} does not answer: {silent.InnerException?.Message ?? silent.Message}", "Check that the server runs, and that the address and its certificate are right.");
        }
    }
}

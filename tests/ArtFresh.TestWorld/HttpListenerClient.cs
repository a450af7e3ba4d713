using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ArtFresh.TestWorld;

/// <summary>A listener who speaks HTTP without the client library. What is refused is an <see cref="HttpRequestException"/> with its status.</summary>
public sealed class HttpListenerClient : IDisposable
{
    private const string BatchPath = "api/artworks/batch-impressions";

    private static readonly TimeSpan BusyMax = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;

    public HttpListenerClient(Uri address)
        : this(address, new SocketsHttpHandler())
    {
    }

    /// <param name="address">Of the server, or any where the handler finds one.</param>
    /// <param name="handler">Sends the requests; it has cookies of its own.</param>
    /// <param name="timeout">Of a request; null for a minute.</param>
    public HttpListenerClient(Uri address, HttpMessageHandler handler, TimeSpan? timeout = null) =>
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = timeout ?? TimeSpan.FromSeconds(60) };

    /// <summary>Sent with each request.</summary>
    public HttpRequestHeaders Headers => _http.DefaultRequestHeaders;

    /// <returns>The listener's id.</returns>
    public async Task<string> SignInAsync()
    {
        using var signedIn = await DoneAsync(_http.PostAsync(new Uri("api/sign-in/guest", UriKind.Relative), null));
        return (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("listenerId").GetString()!;
    }

    public async Task<string> OpenAsync(string release = "test")
    {
        using var opened = await DoneAsync(_http.PostAsJsonAsync("api/sessions", new { release }));
        return (await opened.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sessionId").GetString()!;
    }

    /// <summary>As many as wanted: asks again for what an answer lacks, as the client library does. An answer has what was drawn in time.</summary>
    public async Task<long[]> FreshAsync(string sessionId, int count, double valence, double energy)
    {
        var ids = new List<long>();
        var started = TimeProvider.System.GetTimestamp();
        while (ids.Count < count)
        {
            try
            {
                ids.AddRange(await FreshAnswerAsync(sessionId, count - ids.Count, valence, energy));
            }
            catch (HttpRequestException busy) when (busy.StatusCode == HttpStatusCode.ServiceUnavailable && TimeProvider.System.GetElapsedTime(started) < BusyMax)
            {
                // Nothing was drawn in time.
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            }
        }

        return [.. ids];
    }

    /// <summary>What one answer has: one artwork or more, at most as many as wanted.</summary>
    /// <param name="requestId">The same for a request that is made again; null for none.</param>
    public async Task<long[]> FreshAnswerAsync(string sessionId, int count, double valence, double energy, string? requestId = null)
    {
        var query = FormattableString.Invariant($"api/artworks/fresh?sessionId={sessionId}&count={count}&valence={valence}&energy={energy}{(requestId is null ? "" : $"&requestId={requestId}")}");
        var artworks = (await GetAsync(query)).GetProperty("artworks");
        return [.. artworks.EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64())];
    }

    /// <returns>How much of the batch was new.</returns>
    public async Task<int> PostAsync(PostedBatch batch) => (await PostForAnswerAsync(batch)).Recorded;

    public Task<PostedAnswer> PostForAnswerAsync(PostedBatch batch) => PostAsync<PostedBatch, PostedAnswer>(BatchPath, batch);

    /// <summary>The whole answer, as it came.</summary>
    public Task<JsonElement> PostForJsonAsync(PostedBatch batch) => PostAsync<PostedBatch, JsonElement>(BatchPath, batch);

    /// <summary>By the old endpoint, without a number where none is given.</summary>
    public Task<PostedAnswer> PostSingleAsync(string sessionId, long artworkId, long? number = null, PostedReport? report = null) =>
        PostAsync<object, PostedAnswer>($"api/artworks/{artworkId}/impression", new { sessionId, number, report });

    public Task EndAsync(string sessionId, params long[] unshown) => EndAsync(sessionId, null, unshown);

    /// <param name="lastNumber">The largest number given to an impression.</param>
    public async Task EndAsync(string sessionId, long? lastNumber, long[] unshown) =>
        (await DoneAsync(_http.PostAsJsonAsync($"api/sessions/{sessionId}/end", new { unshown, lastNumber }))).Dispose();

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await DoneAsync(_http.GetAsync(new Uri(path, UriKind.Relative)));
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<string> GetTextAsync(string path) => await _http.GetStringAsync(new Uri(path, UriKind.Relative));

    public async Task<HttpStatusCode> StatusOfAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> StatusOfPostAsync(PostedBatch batch)
    {
        using var answer = await _http.PostAsJsonAsync("api/artworks/batch-impressions", batch, JsonSerializerOptions.Web);
        return answer.StatusCode;
    }

    public async Task KeepAsync(long artworkId) => (await _http.PutAsync(new Uri($"api/artworks/{artworkId}/keep", UriKind.Relative), null)).EnsureSuccessStatusCode();

    /// <summary>Makes the guest of the browser's cookie the account's.</summary>
    /// <returns>The guest's id.</returns>
    public async Task<string> JoinAsync() => (await PostAsync<object, JsonElement>("api/listeners/join", new { })).GetProperty("joined").GetString()!;

    /// <returns>The erasure's number.</returns>
    public async Task<long> EraseAsync()
    {
        var erased = await _http.DeleteAsync(new Uri("api/listeners/me", UriKind.Relative));
        erased.EnsureSuccessStatusCode();
        return (await erased.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("erasure").GetInt64();
    }

    public void Dispose() => _http.Dispose();

    private async Task<TAnswer> PostAsync<TBody, TAnswer>(string path, TBody body)
    {
        using var answer = await DoneAsync(_http.PostAsJsonAsync(path, body, JsonSerializerOptions.Web));
        return (await answer.Content.ReadFromJsonAsync<TAnswer>(JsonSerializerOptions.Web))!;
    }

    private static async Task<HttpResponseMessage> DoneAsync(Task<HttpResponseMessage> sending)
    {
        var answer = await sending;
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw new HttpRequestException($"{answer.RequestMessage!.RequestUri} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}", null, answer.StatusCode);
        }
    }
}

/// <summary>What became of a batch.</summary>
public sealed record PostedAnswer(int Recorded, int Duplicates, int Repeats, int Unserved = 0);

/// <summary>The body of a batch request.</summary>
/// <param name="Report">The client's own account, or null.</param>
public sealed record PostedBatch(string SessionId, Guid BatchId, long FirstNumber, long[] ArtworkIds, PostedReport? Report = null);

/// <summary>The client's own account of a batch.</summary>
public sealed record PostedReport(int Displayed, int[] DisplayMs, int Attempts = 1, int Skipped = 0, string Transport = "fetch", string Reason = "size");

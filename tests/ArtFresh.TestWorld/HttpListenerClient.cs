using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ArtFresh.TestWorld;

/// <summary>A listener who speaks HTTP without the client library.</summary>
public sealed class HttpListenerClient : IDisposable
{
    private static readonly TimeSpan BusyMax = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;

    public HttpListenerClient(Uri address)
        : this(address, new SocketsHttpHandler())
    {
    }

    /// <param name="address">Of the server, or any where the handler finds one.</param>
    /// <param name="handler">Sends the requests; it has cookies of its own.</param>
    public HttpListenerClient(Uri address, HttpMessageHandler handler) =>
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    /// <returns>The listener's id.</returns>
    public async Task<string> SignInAsync()
    {
        var signedIn = await _http.PostAsync(new Uri("api/sign-in/guest", UriKind.Relative), null);
        signedIn.EnsureSuccessStatusCode();
        return (await signedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("listenerId").GetString()!;
    }

    public async Task<string> OpenAsync(string release = "test")
    {
        var opened = await _http.PostAsJsonAsync("api/sessions", new { release });
        opened.EnsureSuccessStatusCode();
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
    public async Task<long[]> FreshAnswerAsync(string sessionId, int count, double valence, double energy)
    {
        var mood = FormattableString.Invariant($"&valence={valence}&energy={energy}");
        var answer = await _http.GetAsync(new Uri($"api/artworks/fresh?sessionId={sessionId}&count={count}{mood}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
        var artworks = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("artworks");
        return [.. artworks.EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64())];
    }

    /// <returns>How much of the batch was new.</returns>
    public async Task<int> PostAsync(PostedBatch batch) => (await PostForAnswerAsync(batch)).Recorded;

    public async Task<PostedAnswer> PostForAnswerAsync(PostedBatch batch)
    {
        var answer = await _http.PostAsJsonAsync("api/artworks/batch-impressions", batch, JsonSerializerOptions.Web);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<PostedAnswer>(JsonSerializerOptions.Web))!;
    }

    /// <summary>By the old endpoint, without a number.</summary>
    public async Task<PostedAnswer> PostSingleAsync(string sessionId, long artworkId, long? number = null)
    {
        var answer = await _http.PostAsJsonAsync($"api/artworks/{artworkId}/impression", new { sessionId, number });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<PostedAnswer>(JsonSerializerOptions.Web))!;
    }

    public async Task EndAsync(string sessionId, params long[] unshown) =>
        (await _http.PostAsJsonAsync($"api/sessions/{sessionId}/end", new { unshown })).EnsureSuccessStatusCode();

    public async Task<JsonElement> GetAsync(string path)
    {
        var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
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

    /// <returns>The erasure's number.</returns>
    public async Task<long> EraseAsync()
    {
        var erased = await _http.DeleteAsync(new Uri("api/listeners/me", UriKind.Relative));
        erased.EnsureSuccessStatusCode();
        return (await erased.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("erasure").GetInt64();
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>What became of a batch.</summary>
public sealed record PostedAnswer(int Recorded, int Duplicates, int Repeats, int Unserved = 0);

/// <summary>The body of a batch request.</summary>
/// <param name="Report">The client's own account, or null.</param>
public sealed record PostedBatch(string SessionId, Guid BatchId, long FirstNumber, long[] ArtworkIds, PostedReport? Report = null);

/// <summary>The client's own account of a batch.</summary>
public sealed record PostedReport(int Displayed, int[] DisplayMs, int Attempts = 1, int Skipped = 0, string Transport = "fetch", string Reason = "size");

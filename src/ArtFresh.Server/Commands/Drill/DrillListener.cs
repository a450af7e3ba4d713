using System.Net;
using System.Text.Json;
using ArtFresh.Contracts;

namespace ArtFresh.Server;

/// <summary>How a delivery was acknowledged.</summary>
internal enum Endpoint
{
    Batch,
    Single,
}

/// <summary>
/// A simulated listener. Requests art and delivers the impressions as the client does, retrying until the server acknowledges them. Uses the batch endpoint, or the
/// single one while the batch endpoint is missing.
/// </summary>
internal sealed class DrillListener : IDisposable
{
    private const int ArtworksAtOnce = 4;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BatchRetryDelay = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private long _number = 1;
    private long _singleSince;
    private bool _isSingle;

    public DrillListener(Uri address, TimeProvider clock)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = AnswerMax };
        _clock = clock;
    }

    public string ListenerId { get; private set; } = "";

    public Guid Session { get; private set; }

    /// <summary>The artworks shown, in order of their impression numbers.</summary>
    public List<long> Shown { get; } = [];

    public int Retries { get; private set; }

    public TimeSpan LongestWait { get; private set; }

    /// <summary>When each delivery was acknowledged, and by which endpoint. Lock it to read it: the listener appends while it runs.</summary>
    public List<(long At, Endpoint Endpoint)> Acknowledged { get; } = [];

    public async Task RunAsync(CancellationToken stop)
    {
        await BeginAsync();
        while (!stop.IsCancellationRequested)
        {
            var ids = await FreshAsync();
            Shown.AddRange(ids);
            await DeliverAsync(ids);
        }

        await AnswerAsync(() => _http.PostAsJsonAsync($"api/sessions/{Session}/end", new { unshown = Array.Empty<long>() }, CancellationToken.None));
    }

    /// <summary>The deliveries acknowledged after a moment.</summary>
    public (long At, Endpoint Endpoint)[] AcknowledgedAfter(long moment)
    {
        lock (Acknowledged)
        {
            return [.. Acknowledged.Where(delivery => delivery.At > moment)];
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task BeginAsync()
    {
        ListenerId = (await AnswerAsync(() => _http.PostAsync(new Uri("api/sign-in/guest", UriKind.Relative), null))).Json.GetProperty("listenerId").GetString()!;
        var opened = (await AnswerAsync(() => _http.PostAsJsonAsync("api/sessions", new { release = ReleaseName.Drill }))).Json;
        Session = opened.GetProperty("sessionId").GetGuid();
        SwitchTo(opened.GetProperty("delivery").GetString() == "single");
    }

    private async Task<long[]> FreshAsync()
    {
        // One request id for all retries: the server repeats an answer that was lost on the way.
        var path = new Uri($"api/artworks/fresh?sessionId={Session}&count={ArtworksAtOnce}&requestId={_number}", UriKind.Relative);
        return [.. (await AnswerAsync(() => _http.GetAsync(path))).Json.GetProperty("artworks").EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64())];
    }

    private async Task DeliverAsync(long[] ids)
    {
        var first = _number;
        _number += ids.Length;
        if (_isSingle && _clock.GetElapsedTime(_singleSince) > BatchRetryDelay)
        {
            SwitchTo(isSingle: false);
        }

        if (!_isSingle)
        {
            var batch = new { sessionId = Session, batchId = Guid.CreateVersion7(), firstNumber = first, artworkIds = ids };
            if ((await AnswerAsync(() => _http.PostAsJsonAsync("api/artworks/batch-impressions", batch))).Status == HttpStatusCode.OK)
            {
                Note(Endpoint.Batch);
                return;
            }

            SwitchTo(isSingle: true);
        }

        for (var i = 0; i < ids.Length; i++)
        {
            var (path, body) = ($"api/artworks/{ids[i]}/impression", new { sessionId = Session, number = first + i });
            await AnswerAsync(() => _http.PostAsJsonAsync(path, body));
        }

        Note(Endpoint.Single);
    }

    private void Note(Endpoint endpoint)
    {
        lock (Acknowledged)
        {
            Acknowledged.Add((_clock.GetTimestamp(), endpoint));
        }
    }

    private void SwitchTo(bool isSingle) => (_isSingle, _singleSince) = (isSingle, _clock.GetTimestamp());

    /// <summary>Sends a request until the answer is a success or says that the endpoint does not exist.</summary>
    private async Task<(HttpStatusCode Status, JsonElement Json)> AnswerAsync(Func<Task<HttpResponseMessage>> send)
    {
        var started = _clock.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await send();
                if (answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.Gone or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
                {
                    var waited = _clock.GetElapsedTime(started);
                    LongestWait = waited > LongestWait ? waited : LongestWait;
                    return (answer.StatusCode, answer.IsSuccessStatusCode && answer.Content.Headers.ContentLength is not 0 && answer.StatusCode != HttpStatusCode.NoContent ? await answer.Content.ReadFromJsonAsync<JsonElement>() : default);
                }

                if ((int)answer.StatusCode < 500 && answer.StatusCode != HttpStatusCode.TooManyRequests)
                {
                    throw new SettingException($"The server refused a request of the drill with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                }
            }
            catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException or IOException)
            {
                // The server is stopping: retry, so that the balancer picks another one.
            }

            Retries++;
            await Task.Delay(RetryDelay, _clock);
        }
    }
}

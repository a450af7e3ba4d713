using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.TestWorld;
using Xunit;

namespace ArtFresh.SystemTests.Faults;

/// <summary>One listener with two sessions, who takes art of ever another mood, so that the rest of a block goes back again and again, and reports it until told to stop; what failed is tried again.</summary>
internal sealed class RetryingListener(Uri address, Random random) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly string[] _sessions = new string[2];
    private readonly long[] _numbers = [1, 1];
    private readonly List<long> _served = [];
    private readonly List<PostedBatch> _acknowledged = [];

    /// <summary>Artworks in the answers that it got.</summary>
    public IReadOnlyList<long> Served => _served;

    public IReadOnlyList<PostedBatch> Acknowledged => _acknowledged;

    public async Task BeginAsync()
    {
        (await TryOverAsync(() => _http.PostAsync(new Uri(address, "api/sign-in/guest"), null), CancellationToken.None)).Dispose();
        for (var i = 0; i < _sessions.Length; i++)
        {
            using var opened = await TryOverAsync(() => _http.PostAsJsonAsync(new Uri(address, "api/sessions"), new { release = "test" }), CancellationToken.None);
            _sessions[i] = (await opened.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sessionId").GetString()!;
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                var tab = random.Next(_sessions.Length);
                var query = FormattableString.Invariant(
                    $"api/artworks/fresh?sessionId={_sessions[tab]}&count={random.Next(1, 12)}&valence={random.NextDouble()}&energy={random.NextDouble()}&requestId={Guid.CreateVersion7()}");
                using var fresh = await TryOverAsync(() => _http.GetAsync(new Uri(address, query), stop), stop);
                var artworks = (await fresh.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("artworks");
                long[] ids = [.. artworks.EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64())];
                _served.AddRange(ids);
                var batch = new PostedBatch(_sessions[tab], Guid.CreateVersion7(), _numbers[tab], ids);
                _numbers[tab] += ids.Length;
                using var recorded = await TryOverAsync(() => PostAsync(batch), CancellationToken.None);
                _acknowledged.Add(batch);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Sends an acknowledged batch again, once: nothing is wrong with the server any more.</summary>
    /// <returns>How much of it was new.</returns>
    public async Task<(int Recorded, int Duplicates)> PostAgainAsync(PostedBatch batch)
    {
        using var answer = await PostAsync(batch);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var counts = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (counts.GetProperty("recorded").GetInt32(), counts.GetProperty("duplicates").GetInt32());
    }

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> PostAsync(PostedBatch batch) =>
        _http.PostAsJsonAsync(new Uri(address, "api/artworks/batch-impressions"), batch, JsonSerializerOptions.Web);

    /// <summary>Sends until the server does it. What is refused for good is an error of the test's.</summary>
    private async Task<HttpResponseMessage> TryOverAsync(Func<Task<HttpResponseMessage>> send, CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                var answer = await send();
                if (answer.IsSuccessStatusCode)
                {
                    return answer;
                }

                if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests))
                {
                    throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(stop)}");
                }

                answer.Dispose();
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException || (gone is TaskCanceledException && !stop.IsCancellationRequested))
            {
                // Killed, frozen or not back yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 100)), TimeProvider.System, CancellationToken.None);
        }
    }
}

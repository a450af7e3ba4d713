using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ArtFresh.TestWorld;

namespace ArtFresh.Bench;

/// <summary>Milliseconds of an honest listener's requests.</summary>
/// <param name="Requests">Of fresh art and batches.</param>
/// <param name="Pictures">Of new pictures, 512 pixels across.</param>
internal sealed record HonestTimes(List<double> Requests, List<double> Pictures)
{
    /// <summary>Columns of the table: how many requests, their median and p99, and the median of a picture.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Requests.Count} | {At(Requests, 0.5):0.0} | {At(Requests, 0.99):0.0} | {At(Pictures, 0.5):0}");

    private static double At(List<double> times, double share) => times.Order().ElementAt((int)(times.Count * share));
}

/// <summary>A keen listener: an artwork and its impression ten times a second, and now and then a picture that nobody had drawn.</summary>
internal sealed class HonestListener : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private const int ArtworksPerPicture = 12;

    private readonly HttpClient _http;
    private string _sessionId = "";
    private long _number = 1;

    private HonestListener(Uri server) => _http = LoopbackClient.From("127.0.1.1", server);

    public static async Task<HonestListener> SignInAsync(Uri server)
    {
        var listener = new HonestListener(server);
        (await listener._http.PostAsync("api/sign-in/guest", null)).EnsureSuccessStatusCode();
        var opened = await (await listener._http.PostAsJsonAsync("api/sessions", new { release = "bench" })).Content.ReadFromJsonAsync<JsonElement>();
        listener._sessionId = opened.GetProperty("sessionId").GetString()!;
        return listener;
    }

    public async Task<HonestTimes> LiveAsync(TimeSpan time)
    {
        var (started, times, pictures) = (Stopwatch.GetTimestamp(), new List<double>(), new List<double>());
        using var ticks = new PeriodicTimer(Pause);
        for (var artworks = 0; ; artworks++)
        {
            var fresh = await TimedAsync(times, () => _http.GetAsync($"api/artworks/fresh?sessionId={_sessionId}&count=1"));
            var id = fresh.GetProperty("artworks")[0].GetProperty("id").GetInt64();
            await TimedAsync(times, () => _http.PostAsJsonAsync("api/artworks/batch-impressions", new { sessionId = _sessionId, batchId = Guid.CreateVersion7(), firstNumber = _number++, artworkIds = new[] { id } }));
            if (artworks % ArtworksPerPicture == 0)
            {
                var asked = Stopwatch.GetTimestamp();
                (await _http.GetAsync($"art/{id}.png")).EnsureSuccessStatusCode();
                pictures.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }

            if (Stopwatch.GetElapsedTime(started) >= time)
            {
                return new HonestTimes(times, pictures);
            }

            await ticks.WaitForNextTickAsync();
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<JsonElement> TimedAsync(List<double> times, Func<Task<HttpResponseMessage>> send)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await send();
        var body = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return body;
    }
}

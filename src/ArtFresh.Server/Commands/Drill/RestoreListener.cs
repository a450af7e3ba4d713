using System.Net;
using System.Text.Json;
using ArtFresh.Contracts;

namespace ArtFresh.Server;

/// <summary>
/// A simulated listener who keeps what a browser keeps: the artworks shown, and the batches that were acknowledged. Told of a new epoch, it offers both. Goes on over whatever
/// happens to the server.
/// </summary>
internal sealed class RestoreListener(Uri address, TimeProvider clock) : IDisposable
{
    /// <summary>Settings of a server that does not slow the drill down.</summary>
    public static readonly string[] Generous =
    [
        "--ArtFresh:Limits:BareWritesPerMinute", "1000000",
        "--ArtFresh:Limits:RepeatsPerMinute", "1000000",
        "--ArtFresh:Limits:ListenerRequestsPerSecond", "100000", "--ArtFresh:Limits:ListenerRequestsBurst", "100000", "--ArtFresh:Limits:SignInsPerMinute", "100000",
        "--ArtFresh:Limits:ArtworksServedPerHour", "1000000", "--ArtFresh:Limits:ImpressionKilobytesPerHour", "1000000", "--ArtFresh:Limits:SessionsPerHour", "1000000",
        "--ArtFresh:Limits:ListenersPerNetwork", "10000",
    ];

    private const int ArtworksAtOnce = 4;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = AnswerMax };
    private readonly List<Batch> _acknowledged = [];
    private readonly DateTimeOffset _since = clock.GetUtcNow();
    private (string Id, string Token)? _session;
    private long _number = 1;
    private long _epoch;

    /// <summary>Artworks in the answers that it got, in order.</summary>
    public List<long> Served { get; } = [];

    /// <summary>Artworks whose impressions were acknowledged at some time.</summary>
    public HashSet<long> Delivered { get; } = [];

    /// <summary>Genomes by artwork, as they came.</summary>
    public List<KeyValuePair<long, string>> Pictures { get; } = [];

    public async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var session = _session ?? await OpenAsync();
            var path = $"api/artworks/fresh?sessionId={session.Id}&count={ArtworksAtOnce}&requestId={Guid.CreateVersion7()}";
            var (status, answer) = await SendAsync(() => _http.GetAsync(new Uri(path, UriKind.Relative)));
            if (status != HttpStatusCode.OK)
            {
                // The ledger has lost the session: what it served is delivered, and another one is opened.
                _session = null;
                continue;
            }

            foreach (var artwork in answer.GetProperty("artworks").EnumerateArray())
            {
                Served.Add(artwork.GetProperty("id").GetInt64());
                Pictures.Add(KeyValuePair.Create(Served[^1], artwork.GetProperty("genome").GetString()!));
            }

            var batch = new Batch(session.Id, session.Token, Guid.CreateVersion7(), _number, [.. Served[^answer.GetProperty("artworks").GetArrayLength()..]]);
            _number += batch.ArtworkIds.Length;
            await DeliverAsync(batch);
            _acknowledged.Add(batch);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(string Id, string Token)> OpenAsync()
    {
        await SendAsync(() => _http.PostAsync(new Uri("api/sign-in/guest", UriKind.Relative), null));
        var (_, opened) = await SendAsync(() => _http.PostAsJsonAsync("api/sessions", new { release = ReleaseName.Drill }));
        (_session, _number) = ((opened.GetProperty("sessionId").GetString()!, opened.GetProperty("token").GetString()!), 1);
        await ToldAsync(opened.GetProperty("epoch").GetInt64());
        return _session.Value;
    }

    private async Task DeliverAsync(Batch batch)
    {
        var body = new { sessionId = batch.Session, batch.Token, batch.BatchId, batch.FirstNumber, batch.ArtworkIds };
        var (status, answer) = await SendAsync(() => _http.PostAsJsonAsync("api/artworks/batch-impressions", body));
        if (status != HttpStatusCode.OK)
        {
            throw new SettingException($"The server refused a batch of the drill with {(int)status}: {answer}");
        }

        Delivered.UnionWith(batch.ArtworkIds);
        if (answer.TryGetProperty("epoch", out var epoch))
        {
            await ToldAsync(epoch.GetInt64());
        }
    }

    private async Task ToldAsync(long epoch)
    {
        (var before, _epoch) = (_epoch, epoch);
        if (before == 0 || before == epoch)
        {
            return;
        }

        foreach (var batch in _acknowledged.ToArray())
        {
            await DeliverAsync(batch);
        }

        foreach (var some in Served.Chunk(Limits.OfferedArtworksMax))
        {
            var isLast = some[^1] == Served[^1];
            await SendAsync(() => _http.PostAsJsonAsync(
                "api/listeners/me/shown", new { epoch, sinceMs = isLast ? _since.ToUnixTimeMilliseconds() : (long?)null, artworkIds = some }));
        }
    }

    /// <summary>Sends until the server answers for good.</summary>
    private async Task<(HttpStatusCode Status, JsonElement Json)> SendAsync(Func<Task<HttpResponseMessage>> send)
    {
        while (true)
        {
            try
            {
                using var answer = await send();
                if ((int)answer.StatusCode < 500 && answer.StatusCode != HttpStatusCode.TooManyRequests)
                {
                    return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
                }
            }
            catch (Exception broken) when (broken is HttpRequestException or TaskCanceledException or IOException)
            {
                // The server is down, or not back yet.
            }

            await Task.Delay(RetryDelay, clock);
        }
    }

    private sealed record Batch(string Session, string Token, Guid BatchId, long FirstNumber, long[] ArtworkIds);
}

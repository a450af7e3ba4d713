using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ArtFresh.SystemTests.Restores;

/// <summary>
/// A listener who keeps what a browser keeps: the artworks shown, and the batches that were acknowledged. Told of a new epoch, it offers both. It takes art and reports it until
/// told to stop, over whatever happens to the server.
/// </summary>
internal sealed class RememberingListener(Uri address, Random random, ConcurrentDictionary<long, string> pictures) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
    private readonly List<Batch> _acknowledged = [];
    private readonly DateTimeOffset _since = TimeProvider.System.GetUtcNow();
    private Session? _session;
    private long _number = 1;
    private long _epoch;

    /// <summary>Artworks in the answers that it got, in order.</summary>
    public List<long> Served { get; } = [];

    /// <summary>Artworks whose impressions were acknowledged at some time.</summary>
    public HashSet<long> Delivered { get; } = [];

    /// <summary>Artworks that the server has said not to know.</summary>
    public HashSet<long> Unknown { get; } = [];

    /// <summary>Ids that named two pictures.</summary>
    public List<long> Reborn { get; } = [];

    public int Offers { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                var session = await OpenAsync(stop);
                if (await TakeAsync(session, stop) is not { Length: > 0 } ids)
                {
                    continue;
                }

                Served.AddRange(ids);
                var batch = new Batch(session, Guid.CreateVersion7(), _number, ids);
                _number += ids.Length;
                await DeliverAsync(batch);
                _acknowledged.Add(batch);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Session> OpenAsync(CancellationToken stop)
    {
        if (_session is null)
        {
            await SendAsync(() => _http.PostAsync(new Uri("api/sign-in/guest", UriKind.Relative), null, CancellationToken.None), stop);
            var (_, opened) = await SendAsync(() => _http.PostAsJsonAsync("api/sessions", new { release = "test" }, CancellationToken.None), stop);
            _session = new Session(opened.GetProperty("sessionId").GetString()!, opened.GetProperty("token").GetString()!);
            _number = 1;
            await ToldAsync(opened.GetProperty("epoch").GetInt64());
        }

        return _session;
    }

    /// <returns>Null when the session is gone: the next one is opened.</returns>
    private async Task<long[]?> TakeAsync(Session session, CancellationToken stop)
    {
        var query = FormattableString.Invariant($"api/artworks/fresh?sessionId={session.Id}&count={random.Next(1, 8)}&valence={random.NextDouble()}&energy={random.NextDouble()}&requestId={Guid.CreateVersion7()}");
        var (status, body) = await SendAsync(() => _http.GetAsync(new Uri(query, UriKind.Relative), CancellationToken.None), stop);
        if (status != HttpStatusCode.OK)
        {
            _session = null;
            return null;
        }

        foreach (var artwork in body.GetProperty("artworks").EnumerateArray())
        {
            var (id, genome) = (artwork.GetProperty("id").GetInt64(), artwork.GetProperty("genome").GetString()!);
            if (pictures.GetOrAdd(id, genome) != genome)
            {
                Reborn.Add(id);
            }
        }

        return [.. body.GetProperty("artworks").EnumerateArray().Select(artwork => artwork.GetProperty("id").GetInt64())];
    }

    private async Task DeliverAsync(Batch batch)
    {
        var (status, answer) = await SendAsync(
            () => _http.PostAsJsonAsync(
                "api/artworks/batch-impressions",
                new { sessionId = batch.Session.Id, batchId = batch.Id, firstNumber = batch.FirstNumber, artworkIds = batch.ArtworkIds, token = batch.Session.Token },
                CancellationToken.None),
            CancellationToken.None);
        if (status != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"A batch was answered {status}: {answer}");
        }

        var unknown = answer.GetProperty("unknown").EnumerateArray().Select(id => id.GetInt64()).ToHashSet();
        Unknown.UnionWith(unknown);
        Delivered.UnionWith(batch.ArtworkIds);
        if (answer.TryGetProperty("epoch", out var epoch))
        {
            await ToldAsync(epoch.GetInt64());
        }
    }

    private async Task ToldAsync(long epoch)
    {
        var isNew = _epoch != 0 && epoch != _epoch;
        _epoch = epoch;
        if (!isNew)
        {
            return;
        }

        Offers++;
        foreach (var batch in _acknowledged.ToArray())
        {
            await DeliverAsync(batch);
        }

        var offer = new { epoch, sinceMs = _since.ToUnixTimeMilliseconds(), artworkIds = Served.ToArray() };
        var (status, answer) = await SendAsync(() => _http.PostAsJsonAsync("api/listeners/me/shown", offer, CancellationToken.None), CancellationToken.None);
        if (status != HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"An offer was answered {status}: {answer}");
        }
    }

    /// <summary>Sends until the server answers for good.</summary>
    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(Func<Task<HttpResponseMessage>> send, CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                using var answer = await send();
                if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError))
                {
                    return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken.None));
                }
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or TaskCanceledException)
            {
                // Stopped, or not back yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 100)), TimeProvider.System, CancellationToken.None);
        }
    }

    private sealed record Session(string Id, string Token);

    private sealed record Batch(Session Session, Guid Id, long FirstNumber, long[] ArtworkIds);
}

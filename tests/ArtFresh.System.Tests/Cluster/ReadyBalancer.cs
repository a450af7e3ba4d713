using System.Collections.Concurrent;
using System.Net;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Cluster;

/// <summary>Does what a balancer does: asks each server now and then whether it is ready, and sends each request to the next one that said so.</summary>
internal sealed class ReadyBalancer : IAsyncDisposable
{
    private static readonly TimeSpan AskDelay = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Uri, bool> _ready = [];
    private readonly Task[] _asking;
    private int _turn;

    public ReadyBalancer(IReadOnlyCollection<Uri> addresses) => _asking = [.. addresses.Select(address => Task.Run(() => AskAsync(address)))];

    /// <summary>Whether no server has said yet that it is ready.</summary>
    public bool IsEmpty => !_ready.Values.Any(isReady => isReady);

    /// <summary>Waits until a server has said that it is ready.</summary>
    public Task KnowsAsync(Uri address) => Eventually.TrueAsync(() => _ready.GetValueOrDefault(address));

    /// <summary>A sender for one listener, with cookies of their own.</summary>
    public HttpMessageHandler Handler() => new Sender(this);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_asking);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task AskAsync(Uri address)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(address, "healthz/ready"), _stop.Token);
                _ready[address] = answer.StatusCode == HttpStatusCode.OK;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                _ready[address] = false;
            }

            await Task.Delay(AskDelay, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Uri Next()
    {
        var ready = _ready.Where(server => server.Value).Select(server => server.Key).ToArray();
        return ready.Length == 0 ? throw new HttpRequestException("No server is ready.") : ready[(uint)Interlocked.Increment(ref _turn) % ready.Length];
    }

    private sealed class Sender(ReadyBalancer balancer) : DelegatingHandler(new SocketsHttpHandler { UseCookies = false })
    {
        private string? _cookie;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(balancer.Next(), request.RequestUri!.PathAndQuery);
            if (_cookie is not null)
            {
                request.Headers.Add("Cookie", _cookie);
            }

            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.Headers.TryGetValues("Set-Cookie", out var cookies))
            {
                _cookie = cookies.First().Split(';')[0];
            }

            return answer;
        }
    }
}

using System.Diagnostics;
using System.Net;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Deploy;

/// <summary>A listener who takes art and reports it through the balancer, and sends again what it does not answer.</summary>
internal sealed class PatientListener(Uri balancer) : IDisposable
{
    private readonly HttpListenerClient _client = new(balancer);
    private string _session = "";
    private long _number = 1;

    /// <summary>Batches that were acknowledged.</summary>
    public int Batches { get; private set; }

    /// <summary>Requests that were sent again.</summary>
    public int Retries { get; private set; }

    /// <summary>The longest time between a request's first sending and its answer.</summary>
    public TimeSpan LongestWait { get; private set; }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await OnceAsync();
        }

        Dispose();
    }

    /// <summary>Signs in where it has not yet, takes fresh art, and reports it.</summary>
    public async Task OnceAsync()
    {
        if (_session.Length == 0)
        {
            await AnswerAsync(async () => { await _client.SignInAsync(); return true; });
            _session = await AnswerAsync(() => _client.OpenAsync());
        }

        var artworks = await AnswerAsync(() => _client.FreshAsync(_session, 3, 0.5, 0.5));
        var batch = new PostedBatch(_session, Guid.CreateVersion7(), _number, artworks, new PostedReport(artworks.Length, [.. artworks.Select(_ => 100)]));
        await AnswerAsync(() => _client.PostAsync(batch));
        _number += artworks.Length;
        Batches++;
    }

    public void Dispose() => _client.Dispose();

    private async Task<T> AnswerAsync<T>(Func<Task<T>> send)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var answer = await send();
                var waited = Stopwatch.GetElapsedTime(started);
                LongestWait = waited > LongestWait ? waited : LongestWait;
                return answer;
            }
            // What a balancer says of a server that is gone, and what a server says that cannot just now. Anything else is an error of ours.
            catch (HttpRequestException refused) when (refused.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
            {
                Retries++;
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }
}

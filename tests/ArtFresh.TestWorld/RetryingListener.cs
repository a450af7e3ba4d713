using System.Diagnostics;
using System.Net;

namespace ArtFresh.TestWorld;

/// <summary>A listener who takes art and reports it, and sends again, under the same ids, what failed.</summary>
/// <param name="random">Decides counts, moods and pauses.</param>
/// <param name="sessions">Sessions at once.</param>
/// <param name="isRestless">Whether each request is of another mood, so that the rest of a block goes back again and again.</param>
/// <param name="isBalanced">Whether a balancer answers when a server is gone: then a broken connection is an error.</param>
public sealed class RetryingListener(Uri address, Random random, int sessions = 1, bool isRestless = false, bool isBalanced = false) : IDisposable
{
    private const int CountMax = 12;

    private readonly HttpListenerClient _client = new(address);
    private readonly List<string> _sessions = [];
    private readonly long[] _numbers = [.. Enumerable.Repeat(1L, sessions)];
    private readonly List<long> _served = [];
    private readonly List<PostedBatch> _acknowledged = [];

    /// <summary>Artworks in the answers that it got.</summary>
    public IReadOnlyList<long> Served => _served;

    public IReadOnlyList<PostedBatch> Acknowledged => _acknowledged;

    /// <summary>Requests that were sent again.</summary>
    public int Retries { get; private set; }

    /// <summary>The longest time between a request's first sending and its answer.</summary>
    public TimeSpan LongestWait { get; private set; }

    /// <summary>Takes art and reports it until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await OnceAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Signs in and opens its sessions, where it has not.</summary>
    public async Task BeginAsync()
    {
        if (_sessions.Count == 0)
        {
            await SendAsync(_client.SignInAsync, CancellationToken.None);
        }

        while (_sessions.Count < sessions)
        {
            _sessions.Add(await SendAsync(() => _client.OpenAsync(), CancellationToken.None));
        }
    }

    /// <summary>Takes fresh art and reports all of it.</summary>
    public async Task OnceAsync(CancellationToken stop = default)
    {
        await BeginAsync();
        stop.ThrowIfCancellationRequested();
        var tab = random.Next(sessions);
        // Drawn once: what is tried again is the same request.
        var (count, requestId) = (random.Next(1, CountMax), $"{Guid.CreateVersion7()}");
        var (valence, energy) = isRestless ? (random.NextDouble(), random.NextDouble()) : (0.5, 0.5);
        var ids = await SendAsync(() => _client.FreshAnswerAsync(_sessions[tab], count, valence, energy, requestId), stop);
        _served.AddRange(ids);
        var batch = new PostedBatch(_sessions[tab], Guid.CreateVersion7(), _numbers[tab], ids, new PostedReport(ids.Length, [.. ids.Select(_ => 100)]));
        _numbers[tab] += ids.Length;
        await SendAsync(() => _client.PostForAnswerAsync(batch), CancellationToken.None);
        _acknowledged.Add(batch);
    }

    /// <summary>Sends an acknowledged batch again, once.</summary>
    public Task<PostedAnswer> PostAgainAsync(PostedBatch batch) => _client.PostForAnswerAsync(batch);

    public void Dispose() => _client.Dispose();

    /// <summary>Sends until the server does it. What is refused for good is an error of the test's.</summary>
    private async Task<T> SendAsync<T>(Func<Task<T>> send, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                var answer = await send();
                var waited = Stopwatch.GetElapsedTime(started);
                LongestWait = waited > LongestWait ? waited : LongestWait;
                return answer;
            }
            catch (Exception failed) when (IsForNow(failed))
            {
                Retries++;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 100)), TimeProvider.System, CancellationToken.None);
        }
    }

    private bool IsForNow(Exception failed) => failed switch
    {
        HttpRequestException { StatusCode: HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests } => true,
        HttpRequestException { StatusCode: HttpStatusCode.BadGateway } => isBalanced,
        // Killed before or in the middle of an answer, or frozen.
        HttpRequestException { StatusCode: null } or IOException or TaskCanceledException => !isBalanced,
        _ => false,
    };
}

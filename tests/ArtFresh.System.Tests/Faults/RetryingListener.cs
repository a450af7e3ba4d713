using System.Net;
using ArtFresh.TestWorld;

namespace ArtFresh.SystemTests.Faults;

/// <summary>One listener with two sessions, who takes art of ever another mood, so that the rest of a block goes back again and again, and reports it until told to stop; what failed is tried again.</summary>
internal sealed class RetryingListener(Uri address, Random random) : IDisposable
{
    private readonly HttpListenerClient _client = new(address);
    private readonly string[] _sessions = new string[2];
    private readonly long[] _numbers = [1, 1];
    private readonly List<long> _served = [];
    private readonly List<PostedBatch> _acknowledged = [];

    /// <summary>Artworks in the answers that it got.</summary>
    public IReadOnlyList<long> Served => _served;

    public IReadOnlyList<PostedBatch> Acknowledged => _acknowledged;

    public async Task BeginAsync()
    {
        await TryOverAsync(_client.SignInAsync, CancellationToken.None);
        for (var i = 0; i < _sessions.Length; i++)
        {
            _sessions[i] = await TryOverAsync(() => _client.OpenAsync(), CancellationToken.None);
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
                // Drawn once: what is tried again is the same request.
                var (count, valence, energy, requestId) = (random.Next(1, 12), random.NextDouble(), random.NextDouble(), $"{Guid.CreateVersion7()}");
                var ids = await TryOverAsync(() => _client.FreshAnswerAsync(_sessions[tab], count, valence, energy, requestId), stop);
                _served.AddRange(ids);
                var batch = new PostedBatch(_sessions[tab], Guid.CreateVersion7(), _numbers[tab], ids);
                _numbers[tab] += ids.Length;
                await TryOverAsync(() => _client.PostForAnswerAsync(batch), CancellationToken.None);
                _acknowledged.Add(batch);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Sends an acknowledged batch again, once: nothing is wrong with the server any more.</summary>
    public Task<PostedAnswer> PostAgainAsync(PostedBatch batch) => _client.PostForAnswerAsync(batch);

    public void Dispose() => _client.Dispose();

    /// <summary>Sends until the server does it. What is refused for good is an error of the test's.</summary>
    private async Task<T> TryOverAsync<T>(Func<Task<T>> send, CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                return await send();
            }
            catch (HttpRequestException busy) when (busy.StatusCode is null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
            {
                // Killed, not back yet, or busy.
            }
            catch (Exception gone) when (gone is IOException or TaskCanceledException)
            {
                // Killed in the middle of an answer, or frozen.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 100)), TimeProvider.System, CancellationToken.None);
        }
    }
}

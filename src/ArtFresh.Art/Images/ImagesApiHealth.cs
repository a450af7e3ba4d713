using Polly;
using Polly.CircuitBreaker;

namespace ArtFresh.Art;

/// <summary>
/// What is known of an images API by its last answers. After two failures in a row, of whatever kind, it rests: 30 seconds, and twice as long each time that the one request after
/// a rest fails too. Thread-safe.
/// </summary>
internal sealed class ImagesApiHealth
{
    private const int FailuresMax = 2;
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RestMax = TimeSpan.FromMinutes(15);

    private readonly TimeProvider _clock;
    private readonly ResiliencePipeline<GeneratedImage> _pipeline;
    private readonly Lock _gate = new();
    private readonly List<long> _starts = [];
    private TimeSpan? _lastTook;
    private DateTimeOffset _restsUntil;

    /// <param name="clock">The clock.</param>
    /// <param name="attemptMax">Time limit of one attempt.</param>
    public ImagesApiHealth(TimeProvider clock, TimeSpan attemptMax)
    {
        _clock = clock;
        _pipeline = new ResiliencePipelineBuilder<GeneratedImage> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<GeneratedImage>
            {
                FailureRatio = 1,
                MinimumThroughput = FailuresMax,
                SamplingDuration = attemptMax * ImagesApiRegistration.AttemptsMax * (FailuresMax + 1),
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is ArtGenerationException),
                BreakDurationGenerator = arguments => ValueTask.FromResult(Rest(arguments.HalfOpenAttempts)),
            })
            .Build();
    }

    /// <summary>Whether no requests are sent, because the last ones failed.</summary>
    public bool IsResting
    {
        get
        {
            lock (_gate)
            {
                return _clock.GetUtcNow() < _restsUntil;
            }
        }
    }

    /// <summary>Whether the last request took no longer than that, and none has been on its way for longer.</summary>
    public bool IsExpectedWithin(TimeSpan time)
    {
        lock (_gate)
        {
            return _lastTook <= time && _starts.TrueForAll(start => _clock.GetElapsedTime(start) <= time);
        }
    }

    /// <summary>Runs a request, unless the API rests.</summary>
    /// <exception cref="ArtGenerationException">It failed, or the API rests.</exception>
    public async Task<GeneratedImage> WatchAsync(Func<CancellationToken, Task<GeneratedImage>> request, CancellationToken cancellationToken)
    {
        var start = _clock.GetTimestamp();
        lock (_gate)
        {
            _starts.Add(start);
        }

        TimeSpan? took = null;
        try
        {
            var image = await _pipeline.ExecuteAsync(async token => await request(token), cancellationToken);
            took = _clock.GetElapsedTime(start);
            return image;
        }
        catch (BrokenCircuitException broken)
        {
            throw new ArtGenerationException(ArtGenerationFault.Unavailable, "The images API failed repeatedly; requests are paused for a while.", broken);
        }
        finally
        {
            lock (_gate)
            {
                _starts.Remove(start);
                _lastTook = took;
            }
        }
    }

    private TimeSpan Rest(int failedProbes)
    {
        var rest = TimeSpan.FromTicks(Math.Min(RestMax.Ticks, FirstRest.Ticks << Math.Min(failedProbes, 10)));
        lock (_gate)
        {
            _restsUntil = _clock.GetUtcNow() + rest;
        }

        return rest;
    }
}

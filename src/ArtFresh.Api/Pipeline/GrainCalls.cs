using System.Runtime.ExceptionServices;
using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Messaging;
using Polly;
using Polly.Retry;

namespace ArtFresh.Api;

/// <summary>
/// The front end's calls to grains. One that went to a silo which was leaving or had died is repeated: sessions, batches and requests for fresh art carry ids of
/// their own, so that the second call gets what the first one got: a batch that the first one recorded after all is told as duplicates.
/// </summary>
internal sealed partial class GrainCalls
{
    /// <summary>Tries that may end without an answer: each takes the whole time that a caller waits.</summary>
    private const int UnansweredMax = 3;

    /// <summary>Tries that a silo may refuse: enough for the others to learn that it is gone.</summary>
    private const int RefusedMax = 8;

    private readonly IGrainFactory _grains;
    private readonly ResiliencePipeline _pipeline;
    private readonly bool _isApart;
    private GrainReference? _anySession;

    /// <param name="silo">The silo that this front end shares a process with; null for one of its own.</param>
    public GrainCalls(IGrainFactory grains, TimeProvider clock, ILogger<GrainCalls> logger, ILocalSiloDetails? silo = null)
    {
        _grains = grains;
        _isApart = silo is null;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = attempt => ValueTask.FromResult(MayHelp(attempt.Outcome.Exception, attempt.AttemptNumber + 1, _isApart)),
                MaxRetryAttempts = RefusedMax,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(50),
                MaxDelay = TimeSpan.FromSeconds(1),
                OnRetry = again =>
                {
                    LogAgain(logger, again.AttemptNumber + 1, again.Outcome.Exception!);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Asks a listener's session.</summary>
    public Task<T> AskSession<T>(string listenerId, Guid sessionId, Func<IListenerSessionGrain, Task<T>> call) =>
        AskAsync(FindSession(SessionKey.Of(listenerId, sessionId)), call);

    /// <summary>Asks the grain of that number, which is 0 where there is only one of its kind.</summary>
    public Task<T> Ask<TGrain, T>(Func<TGrain, Task<T>> call, long number = 0) where TGrain : IGrainWithIntegerKey => AskAsync(_grains.GetGrain<TGrain>(number), call);

    /// <summary>The first try goes past the pipeline, which takes a tenth of a request for fresh art, and is told to it when it fails.</summary>
    private async Task<T> AskAsync<TGrain, T>(TGrain grain, Func<TGrain, Task<T>> call)
    {
        ExceptionDispatchInfo? first;
        try
        {
            return await call(grain);
        }
        catch (Exception fault) when (MayHelp(fault, 1, _isApart))
        {
            first = ExceptionDispatchInfo.Capture(fault);
        }
        return await _pipeline.ExecuteAsync(async _ =>
        {
            Interlocked.Exchange(ref first, null)?.Throw();
            return await call(grain);
        });
    }

    /// <summary>
    /// A reference made from the type of an earlier one: to make it from the interface is to read the interface's attributes, a twentieth of a request for fresh art.
    /// </summary>
    private IListenerSessionGrain FindSession(string key)
    {
        if (_anySession is { } known)
        {
            return (IListenerSessionGrain)_grains.GetGrain(GrainId.Create(known.GrainId.Type, key), known.InterfaceType);
        }
        var session = _grains.GetGrain<IListenerSessionGrain>(key);
        _anySession = session as GrainReference;
        return session;
    }

    /// <summary>While a call to a grain in this process may still wait for its turn or run, it is not made again.</summary>
    private static bool MayHelp(Exception? fault, int tries, bool isApart) => fault switch
    {
        // Orleans cancels a call that it could not place in time; nobody else cancels one.
        TimeoutException or OperationCanceledException => isApart && tries < UnansweredMax,
        OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException => true,
        _ => false,
    };

    [LoggerMessage(LogLevel.Information, "A call to a grain is repeated after try {Tries}")]
    private static partial void LogAgain(ILogger logger, int tries, Exception fault);
}

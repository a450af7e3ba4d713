using System.Runtime.ExceptionServices;
using ArtFresh.Contracts;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Messaging;
using Polly;
using Polly.Retry;

namespace ArtFresh.Api;

/// <summary>
/// The front end's calls to grains, with retries when a silo is stopping or dead. A retry is safe, because sessions, batches and requests for fresh art have ids: a batch
/// that the first call recorded after all is answered as duplicates.
/// </summary>
internal sealed partial class GrainCalls
{
    /// <summary>The most tries that time out: each takes the full time limit of a call.</summary>
    private const int UnansweredMax = 3;

    /// <summary>The most tries that a silo rejects: enough time for the others to learn that it is dead.</summary>
    private const int RefusedMax = 8;

    private readonly IGrainFactory _grains;
    private readonly ResiliencePipeline _pipeline;
    private readonly bool _isApart;
    private GrainReference? _anySession;

    /// <param name="silo">The silo in this process; null in a separate front end.</param>
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
                    LogAgain(logger, again.AttemptNumber + 1, Faults.WordsOf(again.Outcome.Exception!));
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Calls the grain of a listener's session.</summary>
    public Task<T> AskSession<T>(string listenerId, Guid sessionId, Func<IListenerSessionGrain, Task<T>> call) =>
        AskAsync(FindSession(SessionKey.Of(listenerId, sessionId)), call);

    /// <summary>
    /// Calls the grain of a listener's session. If the session's signed token came along and the ledger does not know the session, it has lost it: opens it again, and calls again.
    /// </summary>
    public async Task<T> AskSession<T>(string listenerId, Guid sessionId, bool hasToken, Func<IListenerSessionGrain, Task<T>> call, Func<T, SessionOutcome> outcomeOf)
    {
        var answer = await AskSession(listenerId, sessionId, call);
        if (outcomeOf(answer) != SessionOutcome.SessionNotFound || !hasToken)
        {
            return answer;
        }
        return await ReopenAsync(listenerId, sessionId) switch
        {
            SessionOutcome.Done => await AskSession(listenerId, sessionId, call),
            SessionOutcome.Unavailable => throw new UnavailableException("The session that the ledger has lost cannot be opened again at the moment."),
            _ => answer,
        };
    }

    private async Task<SessionOutcome> ReopenAsync(string listenerId, Guid sessionId)
    {
        try
        {
            return await AskSession(listenerId, sessionId, session => session.Reopen());
        }
        catch (TypeLoadException)
        {
            // A silo of the release before lacks the method.
            return SessionOutcome.SessionNotFound;
        }
    }

    /// <summary>Calls a listener's grain.</summary>
    public Task<T> AskListener<T>(string listenerId, Func<IListenerGrain, Task<T>> call) => AskAsync(_grains.GetGrain<IListenerGrain>(listenerId), call);

    /// <summary>Calls the grain with this key, which is 0 for a grain of which there is one.</summary>
    public Task<T> Ask<TGrain, T>(Func<TGrain, Task<T>> call, long number = 0) where TGrain : IGrainWithIntegerKey => AskAsync(Find<TGrain>(number), call);

    /// <summary>The exception for an outcome that an endpoint does not expect. A silo of a later release may answer by one that this front end does not know.</summary>
    public static Exception Unexpected<TOutcome>(string call, TOutcome outcome) where TOutcome : struct, Enum => Enum.IsDefined(outcome)
        ? new InvalidOperationException($"{call} cannot end as {outcome}.")
        : new UnavailableException($"{call} ended as {outcome}, which this release does not know.");

    private TGrain Find<TGrain>(long number) where TGrain : IGrainWithIntegerKey
    {
        try
        {
            return _grains.GetGrain<TGrain>(number);
        }
        catch (ArgumentException unknown)
        {
            // During a rolling upgrade, until the first silo of this release is there.
            throw new UnavailableException($"No silo has the grain {typeof(TGrain).Name}: {unknown.Message}");
        }
    }

    /// <summary>Makes the first try without the retry pipeline, which costs a tenth of a fresh-art request, and hands its failure to the pipeline.</summary>
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
    /// Makes the reference from the types of an earlier one: making it from the interface reads the interface's attributes, which costs 5% of a fresh-art request.
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

    /// <summary>Whether to try again. A call that timed out in this process is not repeated, because it may still be waiting or running.</summary>
    private static bool MayHelp(Exception? fault, int tries, bool isApart) => fault switch
    {
        // Only Orleans cancels calls, when it finds no silo for the grain in time.
        TimeoutException or OperationCanceledException => isApart && tries < UnansweredMax,
        OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException => true,
        _ => false,
    };

    [LoggerMessage(LogLevel.Information, "Try {Tries} of a call to a grain failed; trying again. {Fault}")]
    private static partial void LogAgain(ILogger logger, int tries, string fault);
}

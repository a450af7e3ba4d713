using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Messaging;
using Polly;
using Polly.Retry;

namespace ArtFresh.Api;

/// <summary>
/// Repeats a call that went to a silo which was leaving or had died. Every call of the front end may be repeated: sessions, batches and requests for fresh art
/// carry ids of their own, so that the second call gets the first one's answer.
/// </summary>
internal sealed partial class GrainCallRetry : IOutgoingGrainCallFilter
{
    /// <summary>Tries that may end without an answer: each takes the whole time that a caller waits.</summary>
    private const int UnansweredMax = 3;

    /// <summary>Tries that a silo may refuse: enough for the others to learn that it is gone.</summary>
    private const int RefusedMax = 8;

    private readonly ResiliencePipeline pipeline;
    private readonly bool isApart;

    /// <param name="silo">The silo that this front end shares a process with; null for one of its own.</param>
    public GrainCallRetry(TimeProvider time, ILogger<GrainCallRetry> logger, ILocalSiloDetails? silo = null)
    {
        isApart = silo is null;
        pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = attempt => ValueTask.FromResult(MayHelp(attempt.Outcome.Exception, attempt.AttemptNumber + 1, isApart)),
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

    /// <summary>Calls between grains pass: what a grain may repeat, it knows itself.</summary>
    public Task Invoke(IOutgoingGrainCallContext context) =>
        context.SourceContext?.GrainInstance is IGrainBase ? context.Invoke() : InvokeAsync(context);

    /// <summary>The first try goes past the pipeline, which takes a tenth of a request for fresh art, and is told to it when it fails.</summary>
    private async Task InvokeAsync(IOutgoingGrainCallContext context)
    {
        var call = new RepeatableCall(context);
        try
        {
            await context.Invoke();
            return;
        }
        catch (Exception fault) when (MayHelp(fault, 1, isApart))
        {
            call.FirstFault = ExceptionDispatchInfo.Capture(fault);
        }
        await pipeline.ExecuteAsync(static async (again, _) => await again.TryAsync(), call);
    }

    /// <summary>
    /// A grain in this process is handed the very request that would be sent again: while it may still wait for its turn or run, nothing must be repeated.
    /// </summary>
    private static bool MayHelp(Exception? fault, int tries, bool isApart) => fault switch
    {
        // Orleans cancels a call that it could not place in time; nobody else cancels one.
        TimeoutException or OperationCanceledException => isApart && tries < UnansweredMax,
        OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException => true,
        _ => false,
    };

    /// <summary>Keeps the arguments of a call: a request that has run in this process, even to an error, comes back without them.</summary>
    private sealed class RepeatableCall
    {
        private readonly IOutgoingGrainCallContext context;
        private readonly object?[] arguments;

        public RepeatableCall(IOutgoingGrainCallContext context)
        {
            this.context = context;
            arguments = new object?[context.Request.GetArgumentCount()];
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = context.Request.GetArgument(i);
            }
        }

        /// <summary>How the try ended that was made already.</summary>
        public ExceptionDispatchInfo? FirstFault { get; set; }

        public Task TryAsync()
        {
            if (FirstFault is { } fault)
            {
                FirstFault = null;
                fault.Throw();
            }
            for (var i = 0; i < arguments.Length; i++)
            {
                context.Request.SetArgument(i, arguments[i]!);
            }
            return context.Invoke();
        }
    }

    [LoggerMessage(LogLevel.Information, "A call to a grain is repeated after try {Tries}")]
    private static partial void LogAgain(ILogger logger, int tries, Exception fault);
}

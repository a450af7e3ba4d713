using System.Data.Common;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;

namespace ArtFresh.Api;

/// <summary>Answers unhandled exceptions: 503 when the cluster or the issuer is down, which is safe to retry; else 500 without internal details.</summary>
internal sealed partial class Faults(ILogger<Faults> logger) : IExceptionHandler
{
    private const int WordsMax = 400;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = exception switch
        {
            BadHttpRequestException bad => Problems.OfStatus(bad.StatusCode),
            IssuerUnavailableException => Problems.Unavailable,
            _ when IsClusterAway(exception) => Problems.Unavailable,
            _ => Problems.Unexpected,
        };
        switch (problem.Status)
        {
            case StatusCodes.Status503ServiceUnavailable:
                LogUnavailable(httpContext.Request.Method, httpContext.Request.Path, WordsOf(exception));
                break;
            case StatusCodes.Status500InternalServerError:
                LogUnexpected(httpContext.Request.Method, httpContext.Request.Path, exception);
                break;
        }
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>
    /// Whether a grain could not be called, or could not reach the ledger. A database driver's exception in another silo arrives as <see cref="CodecNotFoundException"/>, a call
    /// that found no silo in time as cancelled, one to an older silo that lacks the method as <see cref="TypeLoadException"/>.
    /// </summary>
    public static bool IsClusterAway(Exception exception) =>
        exception is UnavailableException or OrleansException or TimeoutException or OperationCanceledException or DbException or CodecNotFoundException or TypeLoadException
        || IsOfClock(exception);

    /// <summary>A silo whose clock was set back starts no grain until the clock has caught up: when to deactivate it would lie in the past of what is scheduled.</summary>
    private static bool IsOfClock(Exception exception) =>
        exception is ArgumentException && exception.Message.StartsWith("The earliest collection that can be scheduled", StringComparison.Ordinal);

    /// <summary>An exception whose cause is elsewhere, as one line: where it was thrown tells nothing.</summary>
    public static string WordsOf(Exception exception)
    {
        var cause = exception.GetBaseException();
        var message = cause.Message.AsSpan();
        var line = message[..(message.IndexOfAny('\r', '\n') is >= 0 and var end ? end : message.Length)];
        return $"{cause.GetType().Name}: {line[..Math.Min(line.Length, WordsMax)]}";
    }

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} got 503: the cluster, the ledger or the issuer of tokens did not answer; the client may retry. {Fault}")]
    private partial void LogUnavailable(string method, PathString path, string fault);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} got 500: an exception that no endpoint expects")]
    private partial void LogUnexpected(string method, PathString path, Exception exception);
}

/// <summary>The issuer of JWTs does not answer, so no token can be checked.</summary>
internal sealed class IssuerUnavailableException(Exception inner) : Exception("The issuer of JWTs does not answer.", inner);

using System.Data.Common;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;

namespace ArtFresh.Api;

/// <summary>Answers what no endpoint expected: a cluster or an issuer that is away is 503 and safe to retry, the rest is 500 and says nothing of the inside.</summary>
internal sealed partial class Faults(ILogger<Faults> logger) : IExceptionHandler
{
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
                LogUnavailable(httpContext.Request.Method, httpContext.Request.Path, exception);
                break;
            case StatusCodes.Status500InternalServerError:
                LogUnexpected(httpContext.Request.Method, httpContext.Request.Path, exception);
                break;
        }
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>
    /// Whether a grain could not be asked, or could not do its part. An exception of a driver's in another silo arrives as one that could not be carried
    /// over; a call that could not be placed in time, as cancelled.
    /// </summary>
    public static bool IsClusterAway(Exception exception) =>
        exception is UnavailableException or OrleansException or TimeoutException or OperationCanceledException or DbException or CodecNotFoundException;

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} was answered 503: a part that it needs did not answer")]
    private partial void LogUnavailable(string method, PathString path, Exception exception);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogUnexpected(string method, PathString path, Exception exception);
}

/// <summary>The issuer of JWTs does not answer, so no token can be checked.</summary>
internal sealed class IssuerUnavailableException(Exception inner) : Exception("The issuer of JWTs does not answer.", inner);

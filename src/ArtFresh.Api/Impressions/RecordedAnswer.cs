using System.Text.Json;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>The answer to a batch.</summary>
internal sealed class RecordedAnswer(RecordBatchResult result, EarlierBody[]? earlier) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new RecordedBody(
                result.Recorded, result.Duplicates, result.Repeats, result.Revisits, result.Unserved, result.Unknown.IsDefault ? [] : result.Unknown, result.HighWater, earlier, result.Epoch == 0 ? null : result.Epoch,
                result.Withdrawn.IsDefaultOrEmpty ? null : result.Withdrawn),
            ApiJson.Default.RecordedBody);
        var rest = WholeAnswer.Begin(httpContext.Response, body.Length);
        WholeAnswer.Write(body, ref rest);
        return WholeAnswer.EndAsync(httpContext, body.Length).AsTask();
    }
}

using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>Takes impressions: a batch, or one on the single endpoint.</summary>
internal static class ImpressionEndpoints
{
    public const string BatchName = "RecordBatch";
    public const string SingleName = "RecordSingle";
    private const int BytesOfToken = 1024;

    public static void MapImpressions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/artworks/batch-impressions", RecordBatch)
            .WithName(BatchName)
            .WithSummary("Records up to 200 impressions. Status 200 means that they are on disk. The same batch may be sent any number of times.")
            .Produces<RecordedBody>()
            .TakesBody<BatchBody>(beacons: true, optional: false)
            .Refuses(400, 401, 403, 404, 410, 413, 415, 429, 503);
        api.MapPost("/artworks/{id}/impression", RecordSingle)
            .WithName(SingleName)
            .WithSummary("Records one impression. It is for sessions with delivery 'single'; all others use the batch endpoint.")
            .Produces<RecordedBody>()
            .TakesParameter("id", "integer", "int64", "The artwork's id.", required: true)
            .TakesBody<SingleBody>(beacons: true, optional: false)
            .Refuses(400, 401, 403, 404, 413, 415, 429, 503);
    }

    public static async Task<IResult> RecordBatch(HttpContext http, Callers callers, GrainCalls grains, ConcurrencyLimits limits, Quotas quotas, ApiOptions options, EarlierSessions earlier, NetworkHashes networks, Network network)
    {
        var (body, unread, bytes) = await BodyRules.Batch.ReadAsync(http.Request, ApiJson.Default.BatchBody);
        var (caller, refusal) = callers.Identify(http, body?.Token);
        refusal = BodyRules.FirstRefusal(unread, refusal) ?? (options.Delivery == Delivery.Single ? Problems.SingleOnly : body!.Check());
        if (refusal is not null)
        {
            return refusal;
        }
        var accounts = quotas.Of(http, caller.ListenerId, network);
        return await RecordAsync(http, grains, limits, quotas, caller, accounts, bytes, body!.SessionId!.Value, body.ToBatch(networks.Of(network).Voice), earlier, body.Earlier);
    }

    public static async Task<IResult> RecordSingle(
        string id, HttpContext http, Callers callers, GrainCalls grains, ConcurrencyLimits limits, Quotas quotas, TimeProvider clock, NetworkHashes networks, Network network)
    {
        var (body, unread, bytes) = await BodyRules.Batch.ReadAsync(http.Request, ApiJson.Default.SingleBody);
        var (caller, refusal) = callers.Identify(http, body?.Token);
        refusal = BodyRules.FirstRefusal(unread, refusal) ?? body!.Check();
        if (refusal is not null)
        {
            return refusal;
        }
        var accounts = quotas.Of(http, caller.ListenerId, network);
        return TryParseId(id, body!.IsMade, out var artworkId)
            ? await RecordAsync(http, grains, limits, quotas, caller, accounts, bytes, body.SessionId!.Value, body.ToBatch(artworkId, clock, networks.Of(network).Voice))
            : Problems.InvalidBatch("id", "An artwork's id must be an integer from 0 to 2^53 - 1, or negative if genomes has its genome.");
    }

    /// <summary>Parses an id that is negative if and only if the client made the artwork, which then has no id yet.</summary>
    private static bool TryParseId(string text, bool isMade, out long artworkId)
    {
        artworkId = 0;
        if (text.StartsWith('-') != isMade || !ArtworkIds.TryParse(isMade ? text[1..] : text, out var number))
        {
            return false;
        }
        artworkId = isMade ? -number : number;
        return true;
    }

    private static async Task<IResult> RecordAsync(
        HttpContext http, GrainCalls grains, ConcurrencyLimits limits, Quotas quotas, Caller caller, Accounts accounts, int bytes, Guid sessionId, ImpressionBatch batch, EarlierSessions? earlier = null, string[]? asked = null)
    {
        if (!caller.MayUse(sessionId))
        {
            return Problems.SessionNotFound;
        }
        var made = batch.Genomes.IsDefaultOrEmpty ? 0 : batch.Genomes.Count(genome => genome is not null);
        var kilobytes = 1 + (bytes / BytesOfToken);
        var spent = quotas.RefuseIndebted(Quota.ArtworksUnserved, accounts)
            ?? quotas.RefuseIndebted(Quota.Repeats, accounts)
            ?? quotas.Take(Quota.ImpressionKilobytes, accounts, kilobytes)
            ?? (made > 0 ? quotas.Take(Quota.ArtworksMade, accounts, made) : null);
        if (spent is not null)
        {
            return spent;
        }
        var isDown = true;
        try
        {
            using var place = await limits.Impressions.AcquireAsync(1, http.RequestAborted);
            if (!place.IsAcquired)
            {
                return Problems.Unavailable;
            }
            var result = await grains.AskSession(caller.ListenerId, sessionId, caller.BoundTo == sessionId, session => session.RecordBatch(batch), recorded => recorded.Outcome);
            isDown = result is { Outcome: SessionOutcome.Unavailable, IsBusy: false };
            if (result.Unserved > 0)
            {
                quotas.Charge(Quota.ArtworksUnserved, accounts, result.Unserved);
            }
            if (result is { Outcome: SessionOutcome.Done, Recorded: 0 })
            {
                // A row and a commit all the same.
                quotas.Charge(Quota.Repeats, accounts, 1);
            }
            return AnswerOf(result, result.Outcome != SessionOutcome.Done || earlier is null || asked is null ? null : await earlier.AskAsync(asked));
        }
        finally
        {
            // Whoever sends again to a server that is down must not find the quota spent when it is back.
            quotas.GiveBack(Quota.ImpressionKilobytes, accounts, isDown ? kilobytes : 0);
            quotas.GiveBack(Quota.ArtworksMade, accounts, isDown ? made : 0);
        }
    }

    private static IResult AnswerOf(RecordBatchResult result, EarlierBody[]? earlier) =>
        result.Outcome switch
        {
            // Impressions are recorded after the end of the session too.
            SessionOutcome.Done => new RecordedAnswer(result, earlier),
            SessionOutcome.SessionNotFound => Problems.SessionNotFound,
            SessionOutcome.ListenerErased => Problems.ListenerErased,
            SessionOutcome.NumbersScattered => Problems.InvalidBatch("firstNumber", "Too many numbers before firstNumber are missing. Number a session's impressions 1, 2, 3 …"),
            SessionOutcome.InvalidGenome => Problems.InvalidBatch("genomes",
                "A member of genomes is no genome of this listener. It must be null, or a text as 'genome' of GET /api/artworks/fresh has it (1-family-seed-palette-valence-energy, the seed as 16 hexadecimal digits), "
                + "and its seed one of the genomeSeeds that POST /api/sessions granted to this listener."),
            SessionOutcome.SingleOnly => Problems.SingleOnly,
            SessionOutcome.Unavailable => result.IsBusy ? Problems.SessionBusy : Problems.Unavailable,
            _ => throw GrainCalls.Unexpected("A batch", result.Outcome),
        };
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>The body of every refusal: RFC 9457 problem details with a <c>code</c> for programs.</summary>
/// <param name="Title">The reason phrase of the status.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Kind of refusal, stable over releases.</param>
/// <param name="Detail">What is wrong and what to do.</param>
/// <param name="Field">The wrong member of the body or the query.</param>
/// <param name="TraceId">Identifies the request in logs and traces.</param>
/// <param name="Quota">The spent quota.</param>
/// <param name="FullAgainAt">When the quota is full again.</param>
internal sealed record ProblemBody(
    string Title,
    int Status,
    string Code,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Quota,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? FullAgainAt);

/// <summary>A refusal of a request.</summary>
internal sealed record Problem(int Status, string Code, string Detail) : IResult
{
    public const string MediaType = "application/problem+json";

    public string? Field { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The spent quota, and when it is full again.</summary>
    public (string Name, DateTimeOffset FullAgainAt)? Quota { get; init; }

    /// <summary>Whether the body was not read to its end.</summary>
    public bool IsOfPartOfBody { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }
        if (RetryAfter is { } delay)
        {
            var seconds = Math.Max(1, Math.Ceiling(delay.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        if (Status is >= 400 and < 500 and not (StatusCodes.Status429TooManyRequests or StatusCodes.Status499ClientClosedRequest))
        {
            httpContext.RequestServices?.GetService<Refusals>()?.Note(httpContext);
        }
        var traceId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
        var body = new ProblemBody(ReasonPhrases.GetReasonPhrase(Status), Status, Code, Detail, Field, traceId, Quota?.Name, Quota?.FullAgainAt.UtcDateTime);
        return response.WriteAsJsonAsync(body, ApiJson.Default.ProblemBody, MediaType, httpContext.RequestAborted);
    }
}

/// <summary>All refusals of the front end.</summary>
internal static class Problems
{
    private static readonly TimeSpan RetrySoon = TimeSpan.FromSeconds(1);

    public static Problem NotSignedIn { get; } = new(StatusCodes.Status401Unauthorized, "not_signed_in",
        "Sign in first: POST /api/sign-in/guest for a cookie, or send a valid token as 'Authorization: Bearer'.");

    public static Problem OriginRefused { get; } = new(StatusCodes.Status403Forbidden, "origin_refused",
        "This page's origin may not use the listener's cookie. Add it to the allowed origins, or send a bearer or a session token.");

    public static Problem GuestsOff { get; } = new(StatusCodes.Status403Forbidden, "guests_off",
        "This service has no guests (ArtFresh:Guests). Sign in, and send the issuer's token as 'Authorization: Bearer'.");

    public static Problem AccountRequired { get; } = new(StatusCodes.Status403Forbidden, "account_required",
        "Guests join accounts. Send the issuer's token as 'Authorization: Bearer', and the guest as its cookie or listener token.");

    public static Problem InvalidGuest { get; } = InvalidRequest("guest", "Name the guest who joins: by the listenerToken of POST /api/sign-in/guest, or by the guest's cookie.");

    public static Problem GuestTaken { get; } = new(StatusCodes.Status409Conflict, "guest_taken",
        "This guest has joined another account, and stays there.");

    public static Problem Joined { get; } = new(StatusCodes.Status409Conflict, "joined",
        "This guest has joined an account. Sign in to the account, or sign out with POST /api/sign-out to be another guest. Impressions of the guest's sessions are still taken.");

    public static Problem NotOperator { get; } = new(StatusCodes.Status403Forbidden, "not_operator",
        "Only operators may call this. Send the operators' key (ArtFresh:Operators:Key, or operators.key in the server's data directory) as 'Authorization: Bearer', or a JWT with their role.");

    public static Problem SessionNotFound { get; } = new(StatusCodes.Status404NotFound, "session_not_found",
        "This listener has no such session. Open one with POST /api/sessions.");

    public static Problem SessionEnded { get; } = new(StatusCodes.Status409Conflict, "session_ended",
        "This session has ended and serves no more art. Open a new session with POST /api/sessions.");

    public static Problem SingleOnly { get; } = new(StatusCodes.Status410Gone, "single_only",
        "Batches are switched off for this release. Send each impression to POST /api/artworks/{id}/impression.");

    public static Problem ArtworkNotFound { get; } = new(StatusCodes.Status404NotFound, "artwork_not_found",
        "There is no such artwork. Ids come from GET /api/artworks/fresh.");

    public static Problem HeldPictureNotFound { get; } = new(StatusCodes.Status404NotFound, "held_picture_not_found",
        "No such picture waits, or it was decided on before. GET /api/ops/held lists those that wait.");

    public static Problem ArtworkWithdrawn { get; } = new(StatusCodes.Status410Gone, "artwork_withdrawn",
        "This artwork is withdrawn, and is shown no more. Take it down.");

    public static Problem ListenerErased { get; } = new(StatusCodes.Status410Gone, "listener_erased",
        "This listener is erased, and nothing more is recorded of them. Drop what is not delivered, and sign in anew.");

    public static Problem KeptFull { get; } = new(StatusCodes.Status409Conflict, "kept_full",
        $"A listener may keep {Contracts.Limits.KeptArtworksMax} artworks. Take one back first with DELETE /api/artworks/{{id}}/keep.");

    public static Problem Unavailable { get; } = new(StatusCodes.Status503ServiceUnavailable, "unavailable",
        "The service is saturated or a part of it is down. Send the same request again after the time in Retry-After: it is safe.")
    { RetryAfter = RetrySoon };

    /// <summary>The listener's own doing, and so no failure of the server.</summary>
    public static Problem SessionBusy { get; } = new(StatusCodes.Status429TooManyRequests, "session_busy",
        "This session has too many batches in progress. Send the same request again after the time in Retry-After: it is safe.")
    { RetryAfter = RetrySoon };

    public static Problem BodyTooLarge { get; } = new(StatusCodes.Status413PayloadTooLarge, "body_too_large",
        $"The body has more than {Contracts.Limits.BodyBytesMax} bytes. Send fewer impressions in a request.")
    { IsOfPartOfBody = true };

    /// <summary>The connection is closed, so nobody reads it. The status keeps the request out of the metric of failures.</summary>
    public static Problem ClientGone { get; } = new(StatusCodes.Status499ClientClosedRequest, "client_gone", "The client closed the connection before the end of the body.")
    { IsOfPartOfBody = true };

    public static Problem PlayerNotBuilt { get; } = new(StatusCodes.Status503ServiceUnavailable, "player_not_built",
        "The player is not built. Run 'npm ci && npm run build' in src, or build ArtFresh.Server, and start the server again.");

    public static Problem Unexpected { get; } = new(StatusCodes.Status500InternalServerError, "unexpected",
        "The server failed. Send the same request again later; if it fails again, report the traceId.");

    public static Problem UnsupportedMediaType(bool beacons) => new(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type",
        beacons ? "Send JSON in UTF-8 as application/json, or as text/plain from a beacon." : "Send JSON in UTF-8 as application/json.");

    /// <summary>The body's framing is wrong, or it arrived too slowly or not to its end.</summary>
    public static Problem BodyBroken(int status) => new(status, "body_broken", "The body did not arrive as its headers describe it. Send the same request again.")
    { IsOfPartOfBody = true };

    public static Problem InvalidRelease { get; } = InvalidRequest("release", $"A release is 1 to {Contracts.Limits.ReleaseLengthMax} letters, digits and . - _ + characters, the first a letter or digit.");

    /// <param name="field">With its path.</param>
    /// <param name="detail">What the field must be.</param>
    /// <param name="isMissing">Whether it was left out.</param>
    public static Problem InvalidBatch(string field, string detail, bool isMissing) => Invalid("invalid_batch", field, detail, isMissing);

    public static Problem InvalidBatch(string field, string detail) => Invalid("invalid_batch", field, detail, isMissing: false);

    /// <inheritdoc cref="InvalidBatch(string, string, bool)"/>
    public static Problem InvalidRequest(string field, string detail, bool isMissing) => Invalid("invalid_request", field, detail, isMissing);

    public static Problem InvalidRequest(string field, string detail) => Invalid("invalid_request", field, detail, isMissing: false);

    private static Problem Invalid(string code, string field, string detail, bool isMissing) =>
        new(StatusCodes.Status400BadRequest, code, isMissing ? $"{field[(field.LastIndexOf('.') + 1)..]} is missing. {detail}" : detail) { Field = field };

    /// <param name="quota">The quota's name.</param>
    /// <param name="whose">Who has spent it, as <c>You have</c> or <c>Your network has</c>.</param>
    /// <param name="fullAgainAt">When it is full again.</param>
    /// <param name="wait">The time until the same request may succeed.</param>
    public static Problem QuotaSpent(string quota, string whose, DateTimeOffset fullAgainAt, TimeSpan wait) => new(StatusCodes.Status429TooManyRequests, "too_many_requests",
        $"{whose} spent the quota '{quota}'. Wait for the time in Retry-After, then send the same request again.")
    { RetryAfter = wait, Quota = (quota, fullAgainAt) };

    /// <summary>The refusal for a status without a body, such as routing's own.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => new(status, "not_found", "There is nothing at this address. /openapi/v1.json lists the endpoints."),
        StatusCodes.Status405MethodNotAllowed => new(status, "method_not_allowed", "This address does not accept the method. The header Allow lists the methods that it accepts."),
        StatusCodes.Status413PayloadTooLarge => BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType(beacons: false),
        >= 500 => Unexpected with { Status = status },
        _ => new(status, "bad_request", "The request could not be read. /openapi/v1.json describes what is expected."),
    };
}

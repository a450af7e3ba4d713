using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>An operator's decision on a picture that waits.</summary>
internal sealed class DecideHeldBody : IOperatorBody
{
    [Description("The reason, at most 500 characters, for the audit.")]
    public string? Reason { get; set; }
}

/// <summary>A picture that waits until an operator has looked at it.</summary>
internal sealed record HeldPictureBody(
    [property: Description("Its number in the queue; it is no artwork's id.")] long Id,
    [property: Description("Path of the picture, for operators.")] string ImageUrl,
    [property: Description("When it came, RFC 3339 UTC.")] DateTime HeldAt,
    [property: Description("'import', or the model of an images API.")] string Generator,
    MoodBody Mood,
    [property: Description("A short title.")] string Title,
    [property: Description("Its author, if known."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Author,
    [property: Description("Its licence, if known."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Licence,
    [property: Description("Where it was found, if known."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Source,
    [property: Description("The collection that it was imported with, if any."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Collection,
    [property: Description("How an imported picture was made, as a code of IPTC's Digital Source Type, if known."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DigitalSourceType,
    [property: Description("What the images API was asked for."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Prompt)
{
    public static HeldPictureBody Of(HeldPicture picture) => new(
        picture.HeldId, HeldEndpoints.PathOf(picture.HeldId), picture.HeldAt.UtcDateTime, picture.Generator, new MoodBody(picture.Mood.Valence, picture.Mood.Energy), picture.Title,
        picture.Author, picture.Credit?.Licence, picture.Credit?.Source, picture.Credit?.Collection, picture.Credit?.DigitalSourceType, picture.Prompt);
}

/// <summary>A page of pictures that wait.</summary>
internal sealed record HeldPageBody(
    [property: Description("The pictures, in the order in which they came.")] HeldPictureBody[] Pictures,
    [property: Description("How many wait in all.")] long Waiting);

/// <summary>Shows operators the pictures that wait, and takes their decisions. Writes every decision to the audit.</summary>
internal static class HeldEndpoints
{
    private const int DefaultLimit = 20;

    public static string PathOf(long heldId) => string.Create(CultureInfo.InvariantCulture, $"/api/ops/held/{heldId}/picture");

    public static void MapHeld(this IEndpointRouteBuilder operators)
    {
        operators.MapGet("/held", Read)
            .WithName("ReadHeldPictures")
            .WithSummary("Pictures that wait until an operator has looked at them. Nobody is served them.")
            .Produces<HeldPageBody>()
            .TakesParameter("after", "integer", "int64", "The last page's last id; left out for the first page.")
            .TakesParameter("limit", "integer", "int32", $"1 to {Limits.HeldPicturesMax}; {DefaultLimit} when left out.")
            .Refuses(400, 401, 403, 429, 503);
        operators.MapGet("/held/{id}/picture", Draw)
            .WithName("DrawHeldPicture")
            .WithSummary("A picture that waits or was refused.")
            .Produces<byte[]>(StatusCodes.Status200OK, "image/webp")
            .TakesParameter("id", "integer", "int64", "The picture's number in the queue.", required: true)
            .TakesParameter("width", "integer", "int32", PictureEndpoints.PixelsAcross)
            .Refuses(400, 401, 403, 404, 429, 503);
        MapDecision("approve", "ApproveHeldPicture", "Enters a picture that waits, or that was refused, as a new artwork.");
        MapDecision("refuse", "RefuseHeldPicture", "Refuses a picture that waits: neither it nor a look-alike is imported or taken from an images API.");

        void MapDecision(string word, string name, string summary) => operators.MapPost($"/held/{{id}}/{word}", (string id, HttpContext http, Callers callers, GrainCalls grains) => Decide(id, word == "approve", http, callers, grains))
            .WithName(name)
            .WithSummary(summary)
            .Produces(StatusCodes.Status204NoContent)
            .TakesParameter("id", "integer", "int64", "The picture's number in the queue.", required: true)
            .TakesBody<DecideHeldBody>(beacons: false, optional: false)
            .Refuses(400, 401, 403, 404, 413, 415, 429, 503);
    }

    private static async Task<IResult> Read(string? after, string? limit, GrainCalls grains)
    {
        var count = DefaultLimit;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= Limits.HeldPicturesMax))
        {
            return Problems.InvalidRequest("limit", $"limit must be an integer from 1 to {Limits.HeldPicturesMax}.");
        }
        var afterId = 0L;
        if (after is not null && !ArtworkIds.TryParse(after, out afterId))
        {
            return Problems.InvalidRequest("after", "after must be the last id of the page before.");
        }
        var page = await grains.Ask((IHeldPicturesGrain held) => held.Read(afterId, count));
        return TypedResults.Json(new HeldPageBody([.. page.Pictures.Select(HeldPictureBody.Of)], page.Waiting), ApiJson.Default.HeldPageBody);
    }

    private static async Task<IResult> Draw(string id, string? width, GrainCalls grains)
    {
        if (!PictureEndpoints.TryReadWidth(width, out var pixels))
        {
            return PictureEndpoints.InvalidWidth;
        }
        return ArtworkIds.TryParse(id, out var heldId) && await grains.Ask((IHeldPicturesGrain held) => held.DrawPicture(heldId, pixels)) is { } picture
            ? TypedResults.Bytes(picture.Bytes, picture.MediaType)
            : Problems.HeldPictureNotFound;
    }

    private static async Task<IResult> Decide(string id, bool isApproved, HttpContext http, Callers callers, GrainCalls grains)
    {
        var (_, reason, refusal) = await OperatorActs.ReadAsync(http, callers, ApiJson.Default.DecideHeldBody);
        if (refusal is not null)
        {
            return refusal;
        }
        return ArtworkIds.TryParse(id, out var heldId) && await grains.Ask((IHeldPicturesGrain held) => held.Decide(heldId, isApproved, OperatorActs.ActorOf(http), reason))
            ? TypedResults.NoContent()
            : Problems.HeldPictureNotFound;
    }
}

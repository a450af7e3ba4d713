using System.ComponentModel;
using System.Globalization;
using System.Text;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>An artwork that the listener was shown or keeps.</summary>
internal sealed record OwnArtworkBody : ArtworkBody
{
    private OwnArtworkBody(ArtworkBody artwork) : base(artwork)
    {
    }

    [Description("When it was first on the listener's screen, RFC 3339 UTC; null in a list of what is kept.")]
    public DateTime? ShownAt { get; private init; }

    [Description("Whether the listener keeps it.")]
    public bool Kept { get; private init; }

    [Description("Since when the listener keeps it, RFC 3339 UTC, or null.")]
    public DateTime? KeptAt { get; private init; }

    public static OwnArtworkBody Of(OwnArtwork own) => new(Of(own.Artwork))
    {
        ShownAt = own.ShownAt?.UtcDateTime,
        Kept = own.KeptAt is not null,
        KeptAt = own.KeptAt?.UtcDateTime,
    };
}

/// <summary>A page of the listener's artworks.</summary>
internal sealed record OwnArtworksBody(
    OwnArtworkBody[] Artworks,
    [property: Description("What to ask for the next page with, as 'before'; null after the last page. A page may be empty and not the last.")] string? Next);

/// <summary>An erasure that is asked for.</summary>
internal sealed record ErasureBody([property: Description("Its number, for questions to operators.")] long Erasure);

/// <summary>What a listener was shown and keeps; all of it to take along, or to have erased.</summary>
internal static class MineEndpoints
{
    private const int DefaultLimit = 50;

    /// <summary>A page of a hundred costs as much of a processor as ten other requests.</summary>
    private const int ArtworksPerRequest = 10;
    private const string NdJson = "application/x-ndjson";

    public static void MapMine(this IEndpointRouteBuilder api)
    {
        api.MapGet("/listeners/me/artworks", ReadShown)
            .WithName("ReadShown")
            .WithSummary("What the listener was shown: the newest session first, and in it what was shown last.")
            .TakesPage();
        api.MapGet("/listeners/me/kept", ReadKept)
            .WithName("ReadKept")
            .WithSummary("What the listener keeps, the last kept first.")
            .TakesPage();
        api.MapGet("/listeners/me/export", Export)
            .WithName("ExportListener")
            .WithSummary("All that is held of the listener, as lines of JSON (NDJSON).")
            .Produces<string>(StatusCodes.Status200OK, NdJson)
            .Refuses(401, 409, 429, 503);
        api.MapDelete("/listeners/me", Erase)
            .WithName("EraseListener")
            .WithSummary("Erases the listener: within a minute nothing names them. Views and figures stay.")
            .Produces<ErasureBody>(StatusCodes.Status202Accepted)
            .Refuses(401, 403, 409, 429, 503);
        api.MapPut("/artworks/{id}/keep", Keep)
            .WithName("KeepArtwork")
            .WithSummary("Keeps an artwork that the listener was served, so that it may be shown again on purpose.")
            .Produces(StatusCodes.Status204NoContent)
            .TakesParameter("id", "integer", "int64", "The artwork's id.", required: true)
            .Refuses(401, 403, 404, 409, 429, 503);
        api.MapDelete("/artworks/{id}/keep", Unkeep)
            .WithName("UnkeepArtwork")
            .WithSummary("Keeps an artwork no longer.")
            .Produces(StatusCodes.Status204NoContent)
            .TakesParameter("id", "integer", "int64", "The artwork's id.", required: true)
            .Refuses(401, 403, 404, 409, 429, 503);
    }

    private static void TakesPage(this RouteHandlerBuilder endpoint) => endpoint
        .Produces<OwnArtworksBody>()
        .TakesParameter("before", "string", null, "The last page's 'next'; left out for the first page.")
        .TakesParameter("limit", "integer", "int32", $"1 to {Limits.OwnArtworksMax}; {DefaultLimit} when left out.")
        .Refuses(400, 401, 409, 429, 503);

    /// <summary>The caller; for an account that has joined another, as that one. What a guest had who has joined is the account's, which the guest's cookie does not prove.</summary>
    private static async Task<(Caller Caller, Problem? Refusal)> IdentifyAsync(HttpContext http, Callers callers, GrainCalls grains)
    {
        var (caller, refusal) = callers.Identify(http);
        return refusal is not null || await grains.Ask((IListenerRecordsGrain records) => records.FindAccount(caller.ListenerId)) is not { } account
            ? (caller, refusal)
            : ListenerNames.IsGuest(caller.ListenerId) ? (caller, Problems.Joined) : (caller with { ListenerId = account }, null);
    }

    private static Task<IResult> ReadShown(string? before, string? limit, HttpContext http, Callers callers, GrainCalls grains, Quotas quotas) =>
        ReadAsync(before, limit, http, callers, grains, quotas, (listenerId, count) => grains.Ask((IListenerRecordsGrain records) => records.ReadShown(listenerId, before, count)));

    private static Task<IResult> ReadKept(string? before, string? limit, HttpContext http, Callers callers, GrainCalls grains, Quotas quotas) =>
        ReadAsync(before, limit, http, callers, grains, quotas, (listenerId, count) => grains.Ask((IListenerRecordsGrain records) => records.ReadKept(listenerId, before, count)));

    private static async Task<IResult> ReadAsync(
        string? before, string? limit, HttpContext http, Callers callers, GrainCalls grains, Quotas quotas, Func<string, int, Task<OwnArtworks?>> read)
    {
        var (caller, refusal) = await IdentifyAsync(http, callers, grains);
        if (refusal is not null)
        {
            return refusal;
        }
        var count = DefaultLimit;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= Limits.OwnArtworksMax))
        {
            return Problems.InvalidRequest("limit", $"limit must be an integer from 1 to {Limits.OwnArtworksMax}.");
        }
        // One was taken of the request, as of any.
        quotas.Charge(Quota.Requests, quotas.Of(http, caller.ListenerId, Network.Of(http)), (count - 1) / ArtworksPerRequest);
        if (before?.Length > Limits.PlaceLengthMax || await read(caller.ListenerId, count) is not { } page)
        {
            return Problems.InvalidRequest("before", "before must be the 'next' of the page before.");
        }
        // Rows may still be there: the listener is refused from the moment that the erasure is asked for.
        return await IsErasedAsync(grains, caller)
            ? Problems.NotSignedIn
            : TypedResults.Json(new OwnArtworksBody([.. page.Artworks.Select(OwnArtworkBody.Of)], page.Next), ApiJson.Default.OwnArtworksBody);
    }

    private static async Task<IResult> Export(HttpContext http, Callers callers, GrainCalls grains, Quotas quotas)
    {
        var (caller, refusal) = await IdentifyAsync(http, callers, grains);
        // Seconds of a processor for the history of years.
        refusal ??= quotas.Take(Quota.Sessions, quotas.Of(http, caller.ListenerId, Network.Of(http)));
        if (refusal is not null)
        {
            return refusal;
        }
        if (await IsErasedAsync(grains, caller))
        {
            return Problems.NotSignedIn;
        }
        var first = await ReadPartAsync(null);
        http.Response.Headers.ContentDisposition = "attachment; filename=\"artfresh.ndjson\"";
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Stream(WriteAsync, NdJson);

        Task<ExportPart> ReadPartAsync(string? place) => grains.Ask((IListenerRecordsGrain records) => records.Export(caller.ListenerId, place));

        async Task WriteAsync(Stream body)
        {
            for (var part = first; ; part = await ReadPartAsync(part.Next))
            {
                foreach (var line in part.Lines)
                {
                    await body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), http.RequestAborted);
                }
                await body.FlushAsync(http.RequestAborted);
                if (part.Next is null)
                {
                    return;
                }
            }
        }
    }

    private static async Task<IResult> Erase(HttpContext http, Callers callers, GrainCalls grains, KnownCookies known, Quotas quotas)
    {
        var (caller, refusal) = await IdentifyAsync(http, callers, grains);
        // The proof of an erasure stays, and a guest costs nothing to make.
        refusal ??= quotas.Take(Quota.Sessions, quotas.Of(http, caller.ListenerId, Network.Of(http)));
        if (refusal is not null)
        {
            return refusal;
        }
        var erasure = await grains.Ask((IListenerRecordsGrain records) => records.AskErasure(caller.ListenerId));
        known.Forget(http.Request);
        if (http.IsSignedInByCookie())
        {
            await Authentication.SignOutAsync(http);
        }
        return TypedResults.Json(new ErasureBody(erasure), ApiJson.Default.ErasureBody, statusCode: StatusCodes.Status202Accepted);
    }

    private static Task<bool> IsErasedAsync(GrainCalls grains, Caller caller) => grains.Ask((IListenerRecordsGrain records) => records.IsErased(caller.ListenerId));

    private static async Task<IResult> Keep(string id, HttpContext http, Callers callers, GrainCalls grains, Quotas quotas)
    {
        var (listener, artwork, refusal) = await NameArtworkAsync(id, http, callers, grains);
        if (refusal is not null)
        {
            return refusal;
        }
        if (await KeepsAsync(grains, listener, artwork) == true)
        {
            return TypedResults.NoContent();
        }
        return await WriteAsync(http, quotas, listener, () => grains.Ask((IListenerRecordsGrain records) => records.Keep(listener, artwork))) switch
        {
            ({ } spent, _) => spent,
            (_, KeepOutcome.Kept) => TypedResults.NoContent(),
            (_, KeepOutcome.NotServed) => Problems.ArtworkNotFound,
            (_, KeepOutcome.Full) => Problems.KeptFull,
            var (_, outcome) => throw GrainCalls.Unexpected("Keeping an artwork", outcome),
        };
    }

    private static async Task<IResult> Unkeep(string id, HttpContext http, Callers callers, GrainCalls grains, Quotas quotas)
    {
        var (listener, artwork, refusal) = await NameArtworkAsync(id, http, callers, grains);
        if (refusal is not null)
        {
            return refusal;
        }
        if (await KeepsAsync(grains, listener, artwork) == false)
        {
            return TypedResults.NoContent();
        }
        var (spent, _) = await WriteAsync(http, quotas, listener, () => grains.Ask((IListenerRecordsGrain records) => Unkept(records.Unkeep(listener, artwork))));
        return spent ?? (IResult)TypedResults.NoContent();

        static async Task<KeepOutcome> Unkept(Task unkeeping)
        {
            await unkeeping;
            return KeepOutcome.Kept;
        }
    }

    private static async Task<(string Listener, long Artwork, Problem? Refusal)> NameArtworkAsync(string id, HttpContext http, Callers callers, GrainCalls grains)
    {
        var (caller, refusal) = await IdentifyAsync(http, callers, grains);
        if (refusal is not null)
        {
            return ("", 0, refusal);
        }
        if (await IsErasedAsync(grains, caller))
        {
            return ("", 0, Problems.NotSignedIn);
        }
        return ArtworkIds.TryParse(id, out var artwork) ? (caller.ListenerId, artwork, null) : ("", 0, Problems.ArtworkNotFound);
    }

    /// <summary>Whether the listener keeps the artwork, so that what changes nothing costs nothing; null from a silo of the release before, which cannot tell.</summary>
    private static async Task<bool?> KeepsAsync(GrainCalls grains, string listener, long artwork)
    {
        try
        {
            return await grains.Ask((IListenerRecordsGrain records) => records.Keeps(listener, artwork));
        }
        catch (TypeLoadException)
        {
            return null;
        }
    }

    /// <summary>Takes a token for a change; gives it back where nothing was written.</summary>
    private static async Task<(Problem? Spent, KeepOutcome Outcome)> WriteAsync(HttpContext http, Quotas quotas, string listener, Func<Task<KeepOutcome>> write)
    {
        var accounts = quotas.Of(http, listener, Network.Of(http));
        if (quotas.Take(Quota.BareWrites, accounts) is { } spent)
        {
            return (spent, default);
        }
        var isWritten = false;
        try
        {
            var outcome = await write();
            isWritten = outcome == KeepOutcome.Kept;
            return (null, outcome);
        }
        finally
        {
            quotas.GiveBack(Quota.BareWrites, accounts, isWritten ? 0 : 1);
        }
    }
}

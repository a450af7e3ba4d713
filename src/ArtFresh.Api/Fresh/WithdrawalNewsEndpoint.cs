using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>What was withdrawn since.</summary>
internal sealed record WithdrawalsBody(
    [property: Description("What to ask with, as 'since', the next time.")] long Last,
    [property: Description("Artworks that were withdrawn since, whoever was served them: to be taken down. Left out if there are none."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long[]? Withdrawn);

/// <summary>Tells clients that have no other reason to ask what was withdrawn: they show art for minutes without a request.</summary>
internal static class WithdrawalNewsEndpoint
{
    /// <summary>All clients ask at the same addresses, so a cache before the servers answers for them.</summary>
    private const string Caching = "public, max-age=1";

    public static void MapWithdrawalNews(this IEndpointRouteBuilder api) => api.MapGet("/withdrawals", Tell)
        .WithName("TellWithdrawals")
        .WithSummary($"What was withdrawn since, at most {Limits.WithdrawalsToldMax} artworks; ask on at once while there are any. Needs no sign-in.")
        .Produces<WithdrawalsBody>()
        .TakesParameter("since", "integer", "int64", "'last' of the answer before, at first 'lastWithdrawal' of the session's.", required: true)
        .Refuses(400, 429, 503);

    private static async Task<IResult> Tell(string? since, HttpContext http, GrainCalls grains)
    {
        if (!long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var change))
        {
            return Problems.InvalidRequest("since", "since must be an integer from 0: 'last' of the answer before, or 'lastWithdrawal' of POST /api/sessions.", since is null);
        }
        var news = await grains.Ask((IWithdrawalNewsGrain withdrawals) => withdrawals.Tell(change));
        http.Response.Headers.CacheControl = Caching;
        return TypedResults.Json(new WithdrawalsBody(news.Change, news.ArtworkIds.IsEmpty ? null : [.. news.ArtworkIds]), ApiJson.Default.WithdrawalsBody);
    }
}

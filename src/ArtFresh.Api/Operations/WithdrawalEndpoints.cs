using System.ComponentModel;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArtFresh.Api;

/// <summary>An operator's withdrawal of an artwork.</summary>
internal sealed class WithdrawBody : IOperatorBody
{
    [Description("True to put the artwork back.")]
    public bool Undo { get; set; }

    [Description("The reason, at most 500 characters, for the audit.")]
    public string? Reason { get; set; }
}

/// <summary>What a withdrawal changed.</summary>
internal sealed record WithdrawnBody([property: Description("Artworks that were taken down, or put back: 0 if it had been done before.")] int Changed);

/// <summary>Lets operators take artworks down. Writes every withdrawal to the audit.</summary>
internal static class WithdrawalEndpoints
{
    public static void MapWithdrawals(this IEndpointRouteBuilder operators) => operators.MapPost("/artworks/{id}/withdraw", Withdraw)
        .WithName("WithdrawArtwork")
        .WithSummary("Takes an artwork down: within seconds it is served, shown and drawn no more. Or puts it back.")
        .Produces<WithdrawnBody>()
        .TakesParameter("id", "integer", "int64", "The artwork's id.", required: true)
        .TakesBody<WithdrawBody>(beacons: false, optional: false)
        .Refuses(400, 401, 403, 404, 413, 415, 429, 503);

    private static async Task<IResult> Withdraw(string id, HttpContext http, Callers callers, GrainCalls grains)
    {
        var (body, reason, refusal) = await OperatorActs.ReadAsync(http, callers, ApiJson.Default.WithdrawBody);
        if (refusal is not null)
        {
            return refusal;
        }
        if (!ArtworkIds.TryParse(id, out _))
        {
            return Problems.ArtworkNotFound;
        }
        var wish = new WithdrawalWish(WithdrawBy.Id, id, body!.Undo);
        var result = await grains.Ask((IWithdrawalsGrain withdrawals) => withdrawals.Withdraw(wish, OperatorActs.ActorOf(http), reason));
        return result.Found == 0 ? Problems.ArtworkNotFound : TypedResults.Json(new WithdrawnBody(result.Changed), ApiJson.Default.WithdrawnBody);
    }
}

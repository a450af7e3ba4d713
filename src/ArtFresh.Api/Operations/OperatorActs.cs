using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Http;

namespace ArtFresh.Api;

/// <summary>What an operator asks for, with the reason for it.</summary>
internal interface IOperatorBody
{
    string? Reason { get; }
}

/// <summary>Reads what operators ask for, and who they are.</summary>
internal static class OperatorActs
{
    /// <summary>Reads the body of an act. Refuses requests from other sites' pages.</summary>
    internal static async Task<PostedBody<TBody>> ReadBodyAsync<TBody>(HttpContext http, Callers callers, JsonTypeInfo<TBody> type) where TBody : class, new() =>
        callers.IsForeign(http.Request) ? new PostedBody<TBody>(null, Problems.OriginRefused) : await BodyRules.ReleaseChange.ReadAsync(http.Request, type);

    /// <summary>As <see cref="ReadBodyAsync"/>; also refuses a missing reason.</summary>
    /// <returns>The reason is empty in a refusal.</returns>
    internal static async Task<(TBody? Body, string Reason, Problem? Refusal)> ReadAsync<TBody>(HttpContext http, Callers callers, JsonTypeInfo<TBody> type) where TBody : class, IOperatorBody, new()
    {
        var (body, refusal) = await ReadBodyAsync(http, callers, type);
        return refusal is not null ? (null, "", refusal) : IsReason(body!.Reason, out var reason) ? (body, reason, null) : (null, "", NoReason(body.Reason));
    }

    /// <summary>The operator's name for the audit: the subject of a JWT, or else the address that sent the key.</summary>
    internal static string ActorOf(HttpContext http) =>
        http.IsOperator() && http.ListenerId() is { } subject ? subject : $"operator at {http.Connection.RemoteIpAddress}";

    /// <summary>The refusal of a reason that is none.</summary>
    internal static Problem NoReason(string? said) => Problems.InvalidRequest(
        "reason", $"reason must have 1 to {Limits.ReasonLengthMax} characters and may not be blank. It is written to the audit.", said is null);

    /// <summary>False for a reason that says nothing or is too long: the answer is <see cref="NoReason"/> then.</summary>
    internal static bool IsReason(string? said, [NotNullWhen(true)] out string? reason)
    {
        reason = said;
        return said is { Length: <= Limits.ReasonLengthMax } && !string.IsNullOrWhiteSpace(said);
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>Keeps operators' endpoints closed to strangers.</summary>
public static class OperatorAccess
{
    /// <summary>
    /// Name of the authorization policy that lets operators in: by key, by a JWT's role, or, where neither is configured, from this machine
    /// itself (loopback address, loopback host name, no trace of a proxy). Others get 401, or 403 when they are signed in.
    /// </summary>
    public const string OperatorPolicy = "operator";

    /// <summary>Closes an endpoint to all but operators.</summary>
    public static TBuilder RequireOperator<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(OperatorPolicy);

    internal static void AddOperatorAccess(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder().AddPolicy(OperatorPolicy, policy => policy.AddRequirements(new OperatorRequirement()));
        services.AddSingleton<IAuthorizationHandler, OperatorHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, ProblemAnswers>();
    }

    /// <summary>
    /// Whether a request comes from this machine. The host name is checked as well, or a page that rebinds its own name to 127.0.0.1 could read the
    /// answer in the operator's browser.
    /// </summary>
    internal static bool IsFromThisMachine(HttpContext http)
    {
        var request = http.Request;
        var forwarded = request.Headers.ContainsKey("X-Forwarded-For") || request.Headers.ContainsKey("X-Original-For")
            || request.Headers.ContainsKey("Forwarded") || request.Headers.ContainsKey("Via");
        return !forwarded
            && http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && (request.Host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(request.Host.Host, out var host) && IPAddress.IsLoopback(host)));
    }

    private sealed class OperatorRequirement : IAuthorizationRequirement;

    private sealed class OperatorHandler(ApiOptions options) : AuthorizationHandler<OperatorRequirement>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OperatorRequirement requirement)
        {
            if (context.Resource is HttpContext http && (http.IsOperator() || (!options.Operators.AreNamed && IsFromThisMachine(http))))
            {
                context.Succeed(requirement);
            }
            return Task.CompletedTask;
        }
    }

    // The schemes' own answers are redirects to a login page and empty bodies.
    private sealed class ProblemAnswers : IAuthorizationMiddlewareResultHandler
    {
        public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
            authorizeResult switch
            {
                { Succeeded: true } => next(context),
                { Forbidden: true } => Problems.NotOperator.ExecuteAsync(context),
                _ => (Problems.NotSignedIn with { Detail = Problems.NotOperator.Detail }).ExecuteAsync(context),
            };
    }
}

/// <summary>The operator's secret, compared in a time that tells nothing of it.</summary>
internal sealed class OperatorKey(ApiOptions options)
{
    private readonly byte[]? _digest = options.Operators.Key is { } key ? Digest(key) : null;

    // JWTs are base64url of '{"…'. An expired one is no guess at a key.
    private readonly bool _looksLikeJwt = options.Operators.Key?.StartsWith(JwtStart, StringComparison.Ordinal) == true;

    private const string JwtStart = "eyJ";

    /// <summary>Whether a token is meant to be the key.</summary>
    public bool CouldBe(string token) => _digest is not null && (_looksLikeJwt || !token.StartsWith(JwtStart, StringComparison.Ordinal));

    public bool Matches(string token) => _digest is not null && CryptographicOperations.FixedTimeEquals(_digest, Digest(token));

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

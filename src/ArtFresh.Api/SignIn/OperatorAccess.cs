using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>Closes operators' endpoints to others.</summary>
public static class OperatorAccess
{
    /// <summary>
    /// Name of the authorization policy for operators, who are identified by key, by a JWT's role, or by the cookie that a key was exchanged for, and never by address. Others
    /// get 401, or 403 if they are signed in.
    /// </summary>
    public const string OperatorPolicy = "operator";

    private const string MetricsPolicy = "metrics";

    /// <summary>Opens an endpoint to operators only.</summary>
    public static TBuilder RequireOperator<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(OperatorPolicy);

    /// <summary>Opens an endpoint to operators and holders of the metrics key only.</summary>
    public static TBuilder RequireMetricsReader<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(MetricsPolicy);

    internal static void AddOperatorAccess(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder()
            .AddPolicy(OperatorPolicy, policy => policy.AddRequirements(new OperatorRequirement(MetricsKeyIsEnough: false)))
            .AddPolicy(MetricsPolicy, policy => policy.AddRequirements(new OperatorRequirement(MetricsKeyIsEnough: true)));
        services.AddSingleton<IAuthorizationHandler, OperatorHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, ProblemAnswers>();
    }

    private sealed record OperatorRequirement(bool MetricsKeyIsEnough) : IAuthorizationRequirement;

    private sealed class OperatorHandler(Callers callers) : AuthorizationHandler<OperatorRequirement>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OperatorRequirement requirement)
        {
            if (context.Resource is HttpContext http && (IsOperator(http) || (requirement.MetricsKeyIsEnough && http.ReadsMetrics())))
            {
                context.Succeed(requirement);
            }
            return Task.CompletedTask;
        }

        // A browser sends the cookie with requests of pages on other hosts of the site too, so the page must be this host's own.
        private bool IsOperator(HttpContext http) => http.IsOperator() && (!OperatorCookie.IsUsedBy(http) || callers.IsOwnPage(http.Request));
    }

    // Replaces the schemes' own answers, which are redirects to a login page and empty bodies.
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

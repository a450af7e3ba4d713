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
    /// Name of the authorization policy that lets operators in: by key, by a JWT's role, or by the cookie that a key was exchanged for. Where a request
    /// comes from makes nobody an operator. Others get 401, or 403 when they are signed in.
    /// </summary>
    public const string OperatorPolicy = "operator";

    private const string MetricsPolicy = "metrics";

    /// <summary>Closes an endpoint to all but operators.</summary>
    public static TBuilder RequireOperator<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(OperatorPolicy);

    /// <summary>Closes an endpoint to all but operators and who has the key for metrics.</summary>
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

        // A browser sends the cookie for pages of this site's other hosts too, allowed origins among them.
        private bool IsOperator(HttpContext http) => http.IsOperator() && (!OperatorCookie.IsUsedBy(http) || callers.IsOwnPage(http.Request));
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

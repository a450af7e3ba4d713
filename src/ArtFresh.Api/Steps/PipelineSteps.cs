using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>A middleware with what it costs a hot request to go without it.</summary>
/// <param name="Use">Adds it to a pipeline.</param>
/// <param name="WhyNotHot">Why a hot request needs none of it, or what does its work there; null for a step that hot requests pass too.</param>
internal sealed record PipelineStep(Action<IApplicationBuilder> Use, string? WhyNotHot = null);

/// <summary>
/// Builds both pipelines, of all requests and of those that <see cref="HotDoor"/> answers, from one list: a new step runs in both, unless it says why hot requests need none
/// of it.
/// </summary>
internal static class PipelineSteps
{
    /// <summary>Every step in its order.</summary>
    public static IReadOnlyList<PipelineStep> All(ApiOptions options) =>
    [
        new(app => app.ApplicationServices.GetRequiredService<Proxies>().Use(app)),
        new(app => app.UseSecurityHeaders(options)),
        new(app => app.UseExceptionHandler(_ => { })),
        new(UseStatusCodePages, "The handlers of hot requests write a body with every refusal."),
        new(app => app.UseRouting(), "HotDoor sets the endpoint."),
        new(app => app.UseOperatorLink(), "A hot path is not /ops."),
        new(app => app.UsePlayerPages(options), "A hot path names no file."),
        new(app => app.UseMusicFiles(options), "A hot path names no file."),
        new(app => app.UseCors(), "HotDoor opens to the player's own pages only."),
        new(app => app.UseKeyGuesses(), "A hot request has no Authorization header."),
        new(app => app.UseAuthentication(), "KnownCookies has the user of a cookie that authentication accepted."),
        new(app => app.UseQuotas(), "HotDoor takes the token of a request."),
        new(app => app.UseAuthorization(), "The hot endpoints ask for no more than a listener, and their handlers refuse whoever is none."),
    ];

    /// <summary>Adds the steps. Hot requests leave before the first step that they do without, and pass the steps after it that they need.</summary>
    public static void UseSteps(this IApplicationBuilder app, IReadOnlyList<PipelineStep> steps)
    {
        var shared = steps.TakeWhile(step => step.WhyNotHot is null).Count();
        foreach (var step in steps.Take(shared))
        {
            step.Use(app);
        }

        app.UseHotDoor(steps.Skip(shared).Where(step => step.WhyNotHot is null));
        foreach (var step in steps.Skip(shared))
        {
            step.Use(app);
        }
    }

    private static void UseHotDoor(this IApplicationBuilder app, IEnumerable<PipelineStep> steps)
    {
        var door = app.ApplicationServices.GetRequiredService<HotDoor>();
        var hot = app.New();
        foreach (var step in steps)
        {
            step.Use(hot);
        }

        hot.Run(door.AnswerAsync);
        var answer = hot.Build();
        app.Use((http, next) => door.Opens(http) ? answer(http) : next(http));
    }

    private static void UseStatusCodePages(IApplicationBuilder app) => app.UseStatusCodePages(async refused =>
    {
        // A script or a picture that is gone is asked for by tags, which read no explanations.
        if (!refused.HttpContext.Request.Path.StartsWithSegments("/assets"))
        {
            await Problems.OfStatus(refused.HttpContext.Response.StatusCode).ExecuteAsync(refused.HttpContext);
        }
    });
}

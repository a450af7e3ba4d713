using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>A middleware of the pipeline.</summary>
/// <param name="Use">Adds it to a pipeline.</param>
/// <param name="WhyNotHot">Why hot requests skip it, or what replaces it there; null for a step that hot requests pass too.</param>
internal sealed record PipelineStep(Action<IApplicationBuilder> Use, string? WhyNotHot = null);

/// <summary>
/// Builds both pipelines, the normal one and that of <see cref="HotDoor"/>, from one list: a new step runs in both, unless it states why hot requests skip it.
/// </summary>
internal static class PipelineSteps
{
    /// <summary>All steps in order.</summary>
    public static IReadOnlyList<PipelineStep> All(ApiOptions options) =>
    [
        new(app => app.ApplicationServices.GetRequiredService<Proxies>().Use(app)),
        new(app => app.UseSecurityHeaders(options)),
        new(app => app.UseExceptionHandler(_ => { })),
        new(app => app.UseHeadRequests(), "A hot request is a GET or a POST."),
        new(UseStatusCodePages, "The handlers of hot requests write a body with every refusal."),
        new(app => app.UseRouting(), "HotDoor sets the endpoint."),
        new(app => app.UseOperatorLink(), "A hot path is not /ops."),
        new(app => app.UsePageCompression(), "A hot path is not a page."),
        new(app => app.UsePlayerPages(options), "A hot path names no file."),
        new(app => app.UseMusicFiles(options), "A hot path names no file."),
        new(app => app.UseCors(), "Hot requests come from the player's own pages only."),
        new(app => app.UseKeyGuesses(), "A hot request has no Authorization header."),
        new(app => app.UseAuthentication(), "KnownCookies has the user of a cookie that authentication has accepted."),
        new(app => app.UseQuotas(), "HotDoor takes the request's token."),
        new(app => app.UseAuthorization(), "The hot endpoints have no authorization policy; their handlers refuse callers who are not signed in."),
    ];

    /// <summary>Adds the steps. The pipelines part before the first step that hot requests skip; the hot one has the later steps that they need.</summary>
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
        // Scripts and pictures are requested by tags, which do not read a body.
        if (!refused.HttpContext.Request.Path.StartsWithSegments("/assets"))
        {
            await Problems.OfStatus(refused.HttpContext.Response.StatusCode).ExecuteAsync(refused.HttpContext);
        }
    });
}

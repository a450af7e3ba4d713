using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace ArtFresh.Api;

/// <summary>Describes the endpoints at <c>/openapi/v1.json</c>. Endpoints parse bodies and queries themselves, to name the wrong field, so ASP.NET can't derive the schemas.</summary>
internal static class OpenApiDocument
{
    private const string Version = "v1";

    public static void AddOpenApiDocument(this IServiceCollection services)
    {
        // Without it the document would allow integers as strings.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict);
        services.AddOpenApi(Version, document => document.AddDocumentTransformer((page, _, _) =>
        {
            page.Info = new OpenApiInfo
            {
                Title = "ArtFresh",
                Version = Version,
                Description = "Serves art that a listener never sees twice. Refusals are application/problem+json with a code.",
            };
            page.Servers = [];
            page.Components ??= new OpenApiComponents();
            page.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["cookie"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "artfresh" },
                ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
            };
            page.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("cookie", page)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", page)] = [] },
            ];
            return Task.CompletedTask;
        }));
    }

    /// <summary>Serves the document, made once: to make it takes 30 ms of processor time, and any stranger may ask for it.</summary>
    public static RouteHandlerBuilder MapOpenApiDocument(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var made = new Lazy<Task<byte[]>>(() => MakeAsync(services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Version)));
        return routes.MapGet($"/openapi/{Version}.json", async () => new SlicedAnswer(await made.Value, "application/json; charset=utf-8")).ExcludeFromDescription();
    }

    private static async Task<byte[]> MakeAsync(IOpenApiDocumentProvider provider)
    {
        using var json = new MemoryStream();
        await (await provider.GetOpenApiDocumentAsync()).SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1);
        return json.ToArray();
    }

    /// <summary>Describes an endpoint's refusals.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.Produces<ProblemBody>(status, Problem.MediaType);
        }
        return endpoint.Produces<ProblemBody>(StatusCodes.Status500InternalServerError, Problem.MediaType);
    }

    /// <summary>Describes the body that an endpoint reads.</summary>
    public static RouteHandlerBuilder TakesBody<TBody>(this RouteHandlerBuilder endpoint, bool beacons, bool optional) =>
        endpoint.AddOpenApiOperationTransformer(async (operation, context, cancellation) =>
        {
            var shape = new OpenApiMediaType { Schema = await context.GetOrCreateSchemaAsync(typeof(TBody), null, cancellation) };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = !optional,
                Content = beacons
                    ? new Dictionary<string, OpenApiMediaType> { ["application/json"] = shape, ["text/plain"] = shape }
                    : new Dictionary<string, OpenApiMediaType> { ["application/json"] = shape },
            };
        });

    /// <summary>Describes a parameter of an endpoint's path or query.</summary>
    public static RouteHandlerBuilder TakesParameter(
        this RouteHandlerBuilder endpoint, string name, string type, string? format, string description, bool required = false) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var parameter = operation.Parameters?.OfType<OpenApiParameter>().Single(listed => listed.Name == name)
                ?? throw new InvalidOperationException($"The endpoint has no parameter '{name}'.");
            parameter.Description = description;
            parameter.Required = required;
            parameter.Schema = new OpenApiSchema { Type = Enum.Parse<JsonSchemaType>(type, ignoreCase: true), Format = format };
            return Task.CompletedTask;
        });
}

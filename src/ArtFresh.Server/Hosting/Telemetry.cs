using ArtFresh.Api;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Dashboard;

namespace ArtFresh.Server;

/// <summary>Registers telemetry: a Prometheus endpoint, OTLP export of traces and metrics if configured, and Orleans' dashboard.</summary>
internal static class Telemetry
{
    private const string OrleansSources = "Microsoft.Orleans.*";

    public static void AddArtFreshTelemetry(this WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("artfresh"))
            .WithMetrics(metrics => metrics
                .AddMeter("ArtFresh", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
                .AddMeter("Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Diagnostics", "Microsoft.AspNetCore.RateLimiting")
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());

        if (builder.SendsTraces())
        {
            telemetry.WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddNpgsql().AddSource(OrleansSources));
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>Whether traces are exported. Without an exporter none are created, because they cost time in each grain call.</summary>
    public static bool SendsTraces(this WebApplicationBuilder builder) => !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    /// <summary>Maps the metrics, for operators and Prometheus, and Orleans' dashboard if it is enabled, for operators.</summary>
    public static void MapArtFreshTelemetry(this WebApplication app, OperatorOptions operators)
    {
        app.MapPrometheusScrapingEndpoint("/metrics").RequireMetricsReader();
        if (operators.OrleansDashboard)
        {
            app.MapOrleansDashboard(routePrefix: "/ops/orleans").RequireOperator();
        }
    }
}

using ArtFresh.Api;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Dashboard;

namespace ArtFresh.Server;

/// <summary>What a server tells those who run it: metrics to be fetched, traces and metrics to be sent where that is configured, Orleans' dashboard.</summary>
internal static class Telemetry
{
    private const string OrleansSources = "Microsoft.Orleans.*";

    public static void AddArtFreshTelemetry(this WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("artfresh"))
            .WithMetrics(metrics => metrics
                .AddMeter("ArtFresh", "Microsoft.Orleans")
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());

        // A trace that nobody takes is not made.
        if (!string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddNpgsql().AddSource(OrleansSources));
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>Metrics, and on what is a silo or knows one its dashboard, for operators.</summary>
    public static void MapArtFreshTelemetry(this WebApplication app)
    {
        app.MapPrometheusScrapingEndpoint("/metrics").RequireOperator();
        app.MapOrleansDashboard(routePrefix: "/ops/orleans").RequireOperator();
    }
}

using System.Collections.Immutable;
using ArtFresh.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ArtFresh.Api;

/// <summary>The HTTP front end. It needs an <see cref="IGrainFactory"/> in the services, and makes no decisions itself.</summary>
public static class ArtFreshApi
{
    /// <summary>Registers the front end.</summary>
    /// <exception cref="ArgumentException">The JWT signing key is too short.</exception>
    public static IServiceCollection AddArtFreshApi(this IServiceCollection services, ApiOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Twice the limit, because Kestrel counts the framing of chunks. BodyRules enforces the exact limit.
            kestrel.Limits.MaxRequestBodySize = 2 * Limits.BodyBytesMax;
            // What a connection may send ahead of the server's reading: by default 1 MB each.
            kestrel.Limits.MaxRequestBufferSize = Limits.BodyBytesMax;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * Limits.BodyBytesMax;
            kestrel.Limits.Http2.InitialStreamWindowSize = 2 * Limits.BodyBytesMax;
        });
        services.AddOptions<KestrelServerOptions>().Configure<ConnectionLimit>((kestrel, limit) =>
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection => limit.ServeAsync(connection, next))));
        services.AddExceptionHandler<Faults>();
        services.AddArtFreshAuthentication(options);
        services.AddOperatorAccess();
        services.AddCors(cors => cors.AddDefaultPolicy(policy => AllowOrigins(policy, options.AllowedOrigins)));
        services.AddPageCompression();
        services.AddArtFreshHealth();
        services.AddOpenApiDocument();
        services.AddSingleton<ArtworkRenderings>();
        services.AddSingleton<GrainCalls>();
        services.AddSingleton<Proxies>();
        services.AddSingleton<ConcurrencyLimits>();
        services.AddSingleton<ConnectionLimit>();
        services.AddSingleton<EndedSignIns>();
        services.AddSingleton<FreshTimes>();
        services.AddSingleton<HotDoor>();
        services.AddSingleton<KeyGuesses>();
        services.AddSingleton<KnownCookies>();
        services.AddSingleton<LiveFigures>();
        services.AddSingleton<ServerPulse>();
        services.AddSingleton<SessionsInMemory>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<Quotas>();
        services.AddSingleton<FrontEnds>();
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<SongListing>();
        services.AddSingleton<EarlierSessions>();
        services.AddSingleton<Callers>();
        services.AddSingleton<NetworkHashes>();
        services.AddSingleton<SlowClients>();
        return services;
    }

    /// <summary>Adds the middleware in its order, and every endpoint.</summary>
    public static WebApplication MapArtFreshApi(this WebApplication app) => app.MapArtFreshApi(PipelineSteps.All(app.Services.GetRequiredService<ApiOptions>()));

    internal static WebApplication MapArtFreshApi(this WebApplication app, IReadOnlyList<PipelineStep> steps)
    {
        var options = app.Services.GetRequiredService<ApiOptions>();
        app.UseSteps(steps);
        // It counts from here on, whoever looks.
        app.Services.GetRequiredService<ServerPulse>();
        var frontEnds = app.Services.GetRequiredService<FrontEnds>();
        app.Lifetime.ApplicationStarted.Register(() => _ = frontEnds.BeatAsync(app.Lifetime.ApplicationStopping));

        var api = app.MapGroup("/api").TakesToken(Quota.Requests);
        api.MapSignIn();
        api.MapJoin();
        api.MapOffer();
        api.MapSessions();
        api.MapArtworks();
        api.MapImpressions();
        api.MapMine();
        api.MapMusic();
        api.MapWithdrawalNews();
        api.MapOperations();
        app.MapPictures();
        app.MapHealth();
        app.MapOpenApiDocument().TakesToken(Quota.Requests);
        return app;
    }

    /// <summary>Maps only the health checks, for a silo without a front end.</summary>
    public static WebApplication MapArtFreshHealth(this WebApplication app)
    {
        app.UseSecurityHeaders(app.Services.GetRequiredService<ApiOptions>());
        app.UseExceptionHandler(_ => { });
        app.UseRouting();
        app.UseKeyGuesses();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        return app;
    }

    private static void AllowOrigins(CorsPolicyBuilder policy, ImmutableArray<string> origins) => policy
        .WithOrigins([.. origins])
        .WithMethods(HttpMethods.Get, HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete)
        .WithHeaders("Authorization", "Content-Type")
        .WithExposedHeaders("Retry-After", "Date")
        .AllowCredentials();
}

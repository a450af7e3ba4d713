using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>
/// The short way for the requests that come a thousand times as often as all others: impressions and fresh art of a guest whose cookie is known, from the player's
/// own page. They meet the same handlers and the same limits as on the long way, without routing, file lookup, CORS, decryption and the binding of endpoints
/// between. Whatever is out of the ordinary goes the long way, and gets its answer there.
/// </summary>
internal sealed class HotDoor(
    KnownCookies cookies, ArtworkRenderings renderings, ListenerBuckets buckets, Callers callers, GrainCalls grains, HotPaths hot, ApiOptions options, EarlierSessions earlier,
    TimeProvider clock, IServiceProvider services)
{
    private const string Prefix = "/api/artworks/";
    private const string FreshPath = Prefix + "fresh";
    private const string BatchPath = Prefix + "batch-impressions";
    private const string SinglePath = "/impression";

    private readonly Lazy<Endpoint> _fresh = new(() => Named(services, Artworks.FreshName));
    private readonly Lazy<Endpoint> _batch = new(() => Named(services, Impressions.BatchName));
    private readonly Lazy<Endpoint> _single = new(() => Named(services, Impressions.SingleName));

    /// <summary>The answer under way, or null for a request that goes the long way.</summary>
    public Task? Serve(HttpContext http)
    {
        var request = http.Request;
        if (request.Path.Value is not { } path || !path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }
        var isFresh = path == FreshPath && HttpMethods.IsGet(request.Method);
        var isBatch = path == BatchPath && HttpMethods.IsPost(request.Method);
        var isSingle = !isBatch && HttpMethods.IsPost(request.Method) && path.EndsWith(SinglePath, StringComparison.Ordinal) && path.Length > Prefix.Length + SinglePath.Length;
        var wish = default(FreshQuery);
        if (!(isFresh || isBatch || isSingle) || request.Headers.Authorization.Count > 0 || !callers.IsOwnPage(request)
            || cookies.Find(request.Headers.Cookie.ToString()) is not { } user
            || (isFresh && !FreshQuery.TryRead(request.QueryString.Value, out wish)) || !buckets.TryTake(user.ListenerId!))
        {
            return null;
        }
        http.User = user;
        // Metrics and traces are told apart by route.
        http.SetEndpoint(isFresh ? _fresh.Value : isBatch ? _batch.Value : _single.Value);
        return AnswerAsync(
            http,
            isFresh ? Artworks.TakeFresh(wish.SessionId, wish.Count, wish.Valence, wish.Energy, wish.RequestId, http, callers, grains, hot, renderings)
            : isBatch ? Impressions.RecordBatch(http, callers, grains, hot, options, earlier)
            : Impressions.RecordSingle(path[Prefix.Length..^SinglePath.Length], http, callers, grains, hot, clock));
    }

    private static Endpoint Named(IServiceProvider services, string name) => services.GetRequiredService<EndpointDataSource>()
        .Endpoints.Single(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == name);

    private static async Task AnswerAsync(HttpContext http, Task<IResult> result) => await (await result).ExecuteAsync(http);

    /// <summary>The parameters of a request for fresh art. ASP.NET's query dictionary would cost 2% of the request.</summary>
    private record struct FreshQuery(string? SessionId, string? Count, string? Valence, string? Energy, string? RequestId)
    {
        /// <summary>False for a repeated or unknown parameter; the normal pipeline handles those.</summary>
        public static bool TryRead(string? query, out FreshQuery read)
        {
            read = default;
            foreach (var parameter in new QueryStringEnumerable(query))
            {
                var value = parameter.DecodeValue().ToString();
                switch (parameter.DecodeName().Span)
                {
                    case "sessionId" when read.SessionId is null:
                        read.SessionId = value;
                        break;
                    case "count" when read.Count is null:
                        read.Count = value;
                        break;
                    case "valence" when read.Valence is null:
                        read.Valence = value;
                        break;
                    case "energy" when read.Energy is null:
                        read.Energy = value;
                        break;
                    case "requestId" when read.RequestId is null:
                        read.RequestId = value;
                        break;
                    default:
                        return false;
                }
            }
            return true;
        }
    }
}

/// <summary>Puts the short way before the long one.</summary>
internal static class HotDoorMiddleware
{
    public static void UseHotDoor(this WebApplication app)
    {
        var door = app.Services.GetRequiredService<HotDoor>();
        app.Use((http, next) => door.Serve(http) ?? next(http));
    }
}

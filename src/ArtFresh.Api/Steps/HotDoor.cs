using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>
/// A short pipeline for hot requests, which are a thousand times as frequent as all others: impressions and fresh art from the player's own page, with a guest's cookie that
/// was decrypted recently. They have the same handlers and limits, without routing, file lookup, CORS, decryption and parameter binding. All other requests take the normal
/// pipeline. <see cref="PipelineSteps"/> lists the steps that hot requests skip, with the reasons.
/// </summary>
internal sealed class HotDoor(
    KnownCookies cookies, ArtworkRenderings renderings, Quotas quotas, Callers callers, GrainCalls grains, ConcurrencyLimits limits, ApiOptions options, EarlierSessions earlier,
    NetworkHashes networks, FreshTimes times, TimeProvider clock, IServiceProvider services)
{
    private const string Prefix = "/api/artworks/";
    private const string FreshPath = Prefix + "fresh";
    private const string BatchPath = Prefix + "batch-impressions";
    private const string SinglePath = "/impression";

    private readonly Lazy<Endpoint> _fresh = new(() => Named(services, ArtworkEndpoints.FreshName));
    private readonly Lazy<Endpoint> _batch = new(() => Named(services, ImpressionEndpoints.BatchName));
    private readonly Lazy<Endpoint> _single = new(() => Named(services, ImpressionEndpoints.SingleName));

    /// <summary>Whether this is a hot request. If so, sets its user and endpoint, and takes a token of its listener's requests.</summary>
    public bool Opens(HttpContext http)
    {
        var request = http.Request;
        if (request.Path.Value is not { } path || !path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }
        var isFresh = path == FreshPath && HttpMethods.IsGet(request.Method);
        var isBatch = path == BatchPath && HttpMethods.IsPost(request.Method);
        var isSingle = !isBatch && HttpMethods.IsPost(request.Method) && path.EndsWith(SinglePath, StringComparison.Ordinal) && path.Length > Prefix.Length + SinglePath.Length;
        var fresh = default(FreshQuery);
        var network = Network.Of(http);
        if (!(isFresh || isBatch || isSingle) || request.Headers.Authorization.Count > 0 || !callers.IsOwnPage(request)
            || cookies.Find(request.Headers.Cookie.ToString()) is not { } user
            || (isFresh && !FreshQuery.TryRead(request.QueryString.Value, out fresh)) || !TakesToken(http, user, network))
        {
            return false;
        }
        // Metrics and traces are grouped by the endpoint's route.
        http.SetEndpoint(isFresh ? _fresh.Value : isBatch ? _batch.Value : _single.Value);
        http.Features.Set(new HotRequest(fresh, isSingle ? path[Prefix.Length..^SinglePath.Length] : null, isBatch, network));
        return true;
    }

    /// <summary>False where none is left: the whole pipeline refuses the request then.</summary>
    private bool TakesToken(HttpContext http, KnownUser user, Network network)
    {
        http.User = user;
        return quotas.Take(Quota.Requests, quotas.Of(http, user.ListenerId, network)) is null;
    }

    /// <summary>Answers a request that <see cref="Opens"/> accepted.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        var (fresh, artworkId, isBatch, network) = http.Features.GetRequiredFeature<HotRequest>();
        var result = isBatch ? ImpressionEndpoints.RecordBatch(http, callers, grains, limits, quotas, options, earlier, networks, network)
            : artworkId is not null ? ImpressionEndpoints.RecordSingle(artworkId, http, callers, grains, limits, quotas, clock, networks, network)
            : ArtworkEndpoints.TakeFresh(fresh.SessionId, fresh.Count, fresh.Valence, fresh.Energy, fresh.RequestId, [], http, callers, grains, limits, quotas, renderings, networks, times, network);
        await (await result).ExecuteAsync(http);
    }

    private static Endpoint Named(IServiceProvider services, string name) => services.GetRequiredService<EndpointDataSource>()
        .Endpoints.Single(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == name);

    /// <summary>What <see cref="Opens"/> has read from a request.</summary>
    /// <param name="Fresh">The parameters of a request for fresh art; empty for impressions.</param>
    /// <param name="ArtworkId">The artwork's id in the path of a single impression; else null.</param>
    internal sealed record HotRequest(FreshQuery Fresh, string? ArtworkId, bool IsBatch, Network Network);

    /// <summary>The parameters of a request for fresh art. ASP.NET's query dictionary would cost 2% of the request.</summary>
    internal record struct FreshQuery(string? SessionId, string? Count, string? Valence, string? Energy, string? RequestId)
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

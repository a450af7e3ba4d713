using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ArtFresh.Api;

/// <summary>Takes a token of a marked endpoint's quota before the endpoint runs.</summary>
internal static class QuotasMiddleware
{
    public static void UseQuotas(this IApplicationBuilder app)
    {
        var quotas = app.ApplicationServices.GetRequiredService<Quotas>();
        app.Use((http, next) => Refuse(http, quotas) is { } refusal ? refusal.ExecuteAsync(http) : next(http));
    }

    private static Problem? Refuse(HttpContext http, Quotas quotas)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<QuotaMark>()?.Quota is not { } quota)
        {
            return null;
        }
        if (quota == Quota.Pictures)
        {
            return quotas.Take(quota, quotas.Of(http, null, Network.Of(http)));
        }
        // Every page load signs in, so a request of a known listener counts as a request, not as a new guest.
        var listenerId = http.ListenerId();
        quota = listenerId is null ? quota : Quota.Requests;
        return http.IsOperator() ? null : quotas.Take(quota, quotas.Of(http, listenerId, Network.Of(http)));
    }
}

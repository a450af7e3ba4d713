using ArtFresh.Grains.Releases;

namespace ArtFresh.Server;

/// <summary>Registers the release watch's actions outside the cluster.</summary>
internal static class WatchRegistration
{
    private const string WebhookClient = "artfresh-webhook";
    private static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Registers the webhook and the operator's command, if they are configured.</summary>
    public static IServiceCollection AddWatchResponses(this IServiceCollection services, WatchSettings settings)
    {
        if (settings.Webhook is { } address)
        {
            // The ledger keeps the news until they are taken: a try needs no retries or circuit breaker of its own.
            services.AddHttpClient(WebhookClient, client => client.Timeout = WebhookTimeout);
            services.AddSingleton<IReleaseAlarm>(provider => new WebhookAlarm(provider.GetRequiredService<IHttpClientFactory>().CreateClient(WebhookClient), address));
        }

        if (settings.Action == WatchAction.Command)
        {
            services.AddSingleton<IReleaseCommand>(provider => new OperatorProgram(settings.Command, settings.CommandTimeout, provider.GetRequiredService<TimeProvider>()));
        }

        return services;
    }
}

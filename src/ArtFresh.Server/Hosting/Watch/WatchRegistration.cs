using ArtFresh.Grains.Releases;

namespace ArtFresh.Server;

/// <summary>Registers what the watch does outside of the cluster.</summary>
internal static class WatchRegistration
{
    private const string WebhookClient = "artfresh-webhook";

    /// <summary>The webhook and the operator's command, where they are configured.</summary>
    public static IServiceCollection AddWatchResponses(this IServiceCollection services, WatchSettings settings)
    {
        if (settings.Webhook is { } address)
        {
            // Three tries of 10 s at most, 30 s in all: the handler's own defaults.
            services.AddHttpClient(WebhookClient).AddStandardResilienceHandler();
            services.AddSingleton<IReleaseAlarm>(provider => new Webhook(provider.GetRequiredService<IHttpClientFactory>().CreateClient(WebhookClient), address));
        }

        if (settings.Action == WatchAction.Command)
        {
            services.AddSingleton<IReleaseCommand>(provider => new OperatorProgram(settings.Command, settings.CommandTimeout, provider.GetRequiredService<TimeProvider>()));
        }

        return services;
    }
}

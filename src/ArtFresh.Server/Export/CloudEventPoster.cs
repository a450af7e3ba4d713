using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using ArtFresh.Grains.Export;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>Posts committed impressions to the operator's address, as batches of CloudEvents 1.0 in JSON.</summary>
internal sealed partial class CloudEventPoster(HttpClient http, Uri address, string source, ExportedListeners listeners, ILogger<CloudEventPoster> logger) : IImpressionTarget
{
    private const string Client = "artfresh-export";
    private const string EventType = "artfresh.impression";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly MediaTypeHeaderValue Batch = new("application/cloudevents-batch+json", "utf-8");

    /// <summary>Registers it, if it is configured.</summary>
    public static void Add(IServiceCollection services, ExportSettings settings, string cluster)
    {
        if (settings.Webhook is { } address)
        {
            // The ledger keeps what is not taken: a try needs no retries of its own.
            services.AddHttpClient(Client, client => client.Timeout = Timeout);
            services.AddSingleton<IImpressionTarget>(provider => new CloudEventPoster(
                provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client), address, $"/artfresh/{Uri.EscapeDataString(cluster)}",
                new ExportedListeners(provider.GetRequiredService<IErasures>(), settings.Listeners), provider.GetRequiredService<ILogger<CloudEventPoster>>()));
        }
    }

    public async Task<bool> TrySendAsync(IReadOnlyList<ExportedBatch> batches, CancellationToken cancellationToken)
    {
        var events = new List<CloudEvent>();
        foreach (var batch in batches)
        {
            var listener = await listeners.OfAsync(batch.Listener, cancellationToken).ConfigureAwait(false);
            events.AddRange(ImpressionRow.Of(batch, listener).Select(row => new CloudEvent(row.Id, source, row.ReceivedAt, row)));
        }

        if (events.Count == 0)
        {
            return true;
        }

        using var body = JsonContent.Create(events, Batch, ExportJson.Options);
        if (await WebhookPost.FindFaultAsync(http, address, body, cancellationToken).ConfigureAwait(false) is not { } fault)
        {
            return true;
        }

        LogNotTaken(logger, events.Count, fault);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Posting {Count} impressions to Export:Webhook failed ({Outcome}); they stay in the ledger and are posted again")]
    private static partial void LogNotTaken(ILogger logger, int count, string outcome);

    /// <summary>A CloudEvent whose id is the impression's: a receiver that keeps ids takes each once.</summary>
    private sealed record CloudEvent(string Id, string Source, DateTime Time, ImpressionRow Data)
    {
        [JsonPropertyName("specversion")]
        public string SpecVersion { get; } = "1.0";

        public string Type { get; } = EventType;

        [JsonPropertyName("datacontenttype")]
        public string DataContentType { get; } = "application/json";
    }
}

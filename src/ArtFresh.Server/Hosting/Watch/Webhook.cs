using System.Text.Json;
using ArtFresh.Grains.Releases;
using Polly;

namespace ArtFresh.Server;

/// <summary>Posts a release's failures, recoveries and alerts to the operator's address.</summary>
internal sealed class Webhook(HttpClient http, Uri address) : IReleaseAlarm
{
    public async Task<string?> NotifyAsync(ReleaseNews news, CancellationToken cancellationToken)
    {
        try
        {
            using var body = JsonContent.Create(new WebhookBody(news));
            using var answer = await http.PostAsync(address, body, cancellationToken).ConfigureAwait(false);
            return $"answered {(int)answer.StatusCode}";
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or ExecutionRejectedException)
        {
            return $"not answered: {failure.Message}";
        }
    }

    /// <summary>The JSON that is posted.</summary>
    private sealed record WebhookBody(string Release, string What, DateTimeOffset At, IReadOnlyList<string> Triggers, JsonElement Evidence)
    {
        public WebhookBody(ReleaseNews news)
            : this(news.Release, news.What, news.At, news.Triggers, JsonElement.Parse(news.Evidence))
        {
        }
    }
}

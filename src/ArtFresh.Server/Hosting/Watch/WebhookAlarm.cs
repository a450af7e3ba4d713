using System.Text.Json;
using ArtFresh.Grains.Releases;

namespace ArtFresh.Server;

/// <summary>Posts a release's failures, recoveries and alerts to the operator's address.</summary>
internal sealed class WebhookAlarm(HttpClient http, Uri address) : IReleaseAlarm
{
    public async Task<(bool IsTaken, string Outcome)> NotifyAsync(ReleaseNews news, CancellationToken cancellationToken)
    {
        try
        {
            using var body = JsonContent.Create(new WebhookBody(news));
            using var answer = await http.PostAsync(address, body, cancellationToken).ConfigureAwait(false);
            return (answer.IsSuccessStatusCode, $"answered {(int)answer.StatusCode}");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return (false, $"not answered: {failure.Message}");
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

using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Ledger;

namespace ArtFresh.Server;

/// <summary>Posts withdrawn artworks to the operator's address, so that a CDN can purge their pictures.</summary>
internal sealed partial class CachePurger(HttpClient http, Uri address, ILogger<CachePurger> logger) : IPictureCaches
{
    private const string Client = "artfresh-purge";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Registers it, if it is configured.</summary>
    public static void Add(IServiceCollection services, PictureSettings settings)
    {
        if (settings.PurgeWebhook is { } address)
        {
            // The ledger keeps what is not told: a try needs no retries of its own.
            services.AddHttpClient(Client, client => client.Timeout = Timeout);
            services.AddSingleton<IPictureCaches>(provider => new CachePurger(
                provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client), address, provider.GetRequiredService<ILogger<CachePurger>>()));
        }
    }

    public async Task<bool> TryTellAsync(IReadOnlyList<WithdrawalChange> changes, CancellationToken cancellationToken)
    {
        using var body = JsonContent.Create(new PurgeBody([.. changes.Select(change => new PurgedBody(change.ArtworkId, change.IsWithdrawn, PathsOf(change.ArtworkId)))]));
        if (await WebhookPost.FindFaultAsync(http, address, body, cancellationToken).ConfigureAwait(false) is not { } fault)
        {
            return true;
        }

        LogNotTold(logger, changes.Count, fault);
        return false;
    }

    private static string[] PathsOf(long artworkId) =>
        [$"/art/{artworkId}.png", .. Limits.PictureWidths.ToArray().Select(width => $"/art/{artworkId}.png?width={width}")];

    [LoggerMessage(Level = LogLevel.Warning, Message = "Posting {Count} withdrawn artworks to Pictures:PurgeWebhook failed ({Outcome}); retrying in 30 s")]
    private static partial void LogNotTold(ILogger logger, int count, string outcome);

    /// <summary>The JSON that is posted.</summary>
    private sealed record PurgeBody(PurgedBody[] Artworks);

    private sealed record PurgedBody(long Id, bool Withdrawn, string[] Paths);
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ArtFresh.Server;

/// <summary>How pictures are cached outside.</summary>
public sealed record PictureSettings : IValidatableObject
{
    /// <summary>A withdrawn picture stays in a cache that long, unless the cache is told.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00"), Description("How long browsers and CDNs keep a picture before they ask whether it is still there; zero asks each time")]
    public TimeSpan CachedFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Null tells nobody.</summary>
    [Description("Address that withdrawn artworks are posted to as JSON, until it answers 2xx, so that a CDN can purge their pictures")]
    public Uri? PurgeWebhook { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PurgeWebhook is not null && !(PurgeWebhook.IsAbsoluteUri && PurgeWebhook.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("PurgeWebhook must be an address that begins with http:// or https://.", [nameof(PurgeWebhook)]);
        }
    }
}

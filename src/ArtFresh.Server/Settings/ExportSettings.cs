using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ArtFresh.Server;

/// <summary>What is posted to other systems.</summary>
public sealed record ExportSettings : IValidatableObject
{
    /// <summary>Null posts nothing. What the ledger holds when it is first set is posted too.</summary>
    [Description("Address that every committed impression is posted to, at least once, as batches of CloudEvents 1.0 (application/cloudevents-batch+json), until it answers 2xx")]
    public Uri? Webhook { get; init; }

    /// <summary>The same names as in exported files.</summary>
    [Description("How listeners are named there. hash: by the keyed hash that an erasure's proof is too; id: by their id; none")]
    public ListenerNaming Listeners { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Webhook is not null && !(Webhook.IsAbsoluteUri && Webhook.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("Webhook must be an address that begins with http:// or https://.", [nameof(Webhook)]);
        }
    }
}

/// <summary>How listeners are named in what leaves the ledger.</summary>
public enum ListenerNaming
{
    /// <summary>By the keyed hash of the id, which an erasure's proof is too.</summary>
    Hash,

    /// <summary>By their id.</summary>
    Id,

    /// <summary>Not at all.</summary>
    None,
}

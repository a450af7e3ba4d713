using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ArtFresh.Grains.Retention;

/// <summary>How long the ledger keeps what nobody asks to be erased.</summary>
public class RetentionOptions : IValidatableObject
{
    /// <summary>Shorter, and a listener who was away for a month would be served the same art again.</summary>
    private static readonly TimeSpan ListenersMin = TimeSpan.FromDays(30);

    /// <summary>The current month and the one before it stay: their sessions may still deliver.</summary>
    private static readonly TimeSpan ImpressionsMin = TimeSpan.FromDays(62);

    /// <summary>Zero keeps listeners until they are erased.</summary>
    [Description("How long after the last visit of a listener, or of a guest who has joined it, the listener is erased, such as 400.00:00:00, and at least 30 days; zero keeps listeners")]
    public TimeSpan Listeners { get; set; }

    /// <summary>Zero keeps impressions as long as the listener.</summary>
    [Description("How long after a month has ended its sessions and impressions are dropped, such as 400.00:00:00, and at least 62 days; zero keeps them. What listeners were shown stays known")]
    public TimeSpan Impressions { get; set; }

    /// <summary>Zero keeps blocks as long as the listener.</summary>
    [Description("How long after a month has ended its blocks are dropped from listeners' logs, such as 62.00:00:00, and at least 62 days; zero keeps them. Two snapshots of each listener hold what they said. Set it once you will not go back to release 1.0")]
    public TimeSpan Blocks { get; set; }

    /// <summary>Whether nothing goes by itself.</summary>
    internal bool IsOff => Listeners == TimeSpan.Zero && Impressions == TimeSpan.Zero && Blocks == TimeSpan.Zero;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Listeners != TimeSpan.Zero && Listeners < ListenersMin)
        {
            yield return new ValidationResult($"Listeners is {Listeners} and must be 00:00:00, which keeps listeners, or at least {ListenersMin}.", [nameof(Listeners)]);
        }

        if (Impressions != TimeSpan.Zero && Impressions < ImpressionsMin)
        {
            yield return new ValidationResult($"Impressions is {Impressions} and must be 00:00:00, which keeps impressions, or at least {ImpressionsMin}.", [nameof(Impressions)]);
        }

        if (Blocks != TimeSpan.Zero && Blocks < ImpressionsMin)
        {
            yield return new ValidationResult($"Blocks is {Blocks} and must be 00:00:00, which keeps blocks, or at least {ImpressionsMin}.", [nameof(Blocks)]);
        }
    }
}

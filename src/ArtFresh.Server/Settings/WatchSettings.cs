using System.ComponentModel.DataAnnotations;
using ArtFresh.Grains.Releases;

namespace ArtFresh.Server;

/// <summary>How releases are watched, and what is done when one fails.</summary>
public sealed class WatchSettings : IValidatableObject
{
    /// <summary><c>none</c>, <c>single</c> (the release's clients deliver one by one) or <c>command</c>.</summary>
    [RegularExpression("^(none|single|command)$", ErrorMessage = "Action must be 'none', 'single' or 'command'.")]
    public string Action { get; set; } = "none";

    /// <summary>A program and its arguments, for the action <c>command</c>. No shell reads them; ARTFRESH_RELEASE and ARTFRESH_EVIDENCE are in its environment.</summary>
    public string[] Command { get; set; } = [];

    /// <summary>Time limit of the command.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Address that failures, recoveries and alerts are posted to as JSON; nobody is told without.</summary>
    public Uri? Webhook { get; set; }

    /// <summary>How often the counters are looked at.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan LookDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Action == "command" && Command is not [{ Length: > 0 }, ..])
        {
            yield return new ValidationResult("Action is 'command', and Command names no program: set Command:0, and its arguments after it.");
        }

        if (Webhook is not null && (!Webhook.IsAbsoluteUri || Webhook.Scheme is not ("http" or "https")))
        {
            yield return new ValidationResult("Webhook must be an address that begins with http:// or https://.");
        }
    }

    internal ReleaseWatchOptions ToOptions() => new()
    {
        LookDelay = LookDelay,
        Action = Action switch
        {
            "single" => WatchAction.Single,
            "command" => WatchAction.Command,
            _ => WatchAction.None,
        },
    };
}

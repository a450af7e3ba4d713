using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using ArtFresh.Grains.Releases;

namespace ArtFresh.Server;

/// <summary>How releases are watched, and the action when one fails.</summary>
public sealed class WatchSettings : ReleaseWatchOptions, IValidatableObject
{
    /// <summary>Run without a shell; gets ARTFRESH_RELEASE and ARTFRESH_EVIDENCE in its environment.</summary>
    [Description("A program and its arguments, for the action 'command'")]
    public string[] Command { get; set; } = [];

    /// <summary>The program is killed after this time.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00"), Description("Time limit of the command")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Null sends no notifications.</summary>
    [Description("Address that failures, recoveries and alerts are posted to as JSON")]
    public Uri? Webhook { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Action == WatchAction.Command && Command is not [{ Length: > 0 }, ..])
        {
            yield return new ValidationResult("Command names no program, and Action is 'command': set Command:0, and its arguments after it.", [nameof(Command)]);
        }

        if (Webhook is not null && !(Webhook.IsAbsoluteUri && Webhook.Scheme is "http" or "https"))
        {
            yield return new ValidationResult("Webhook must be an address that begins with http:// or https://.", [nameof(Webhook)]);
        }
    }
}

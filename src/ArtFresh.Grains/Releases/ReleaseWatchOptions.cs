using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ArtFresh.Grains.Releases;

/// <summary>What the watch does when a release fails.</summary>
public enum WatchAction
{
    /// <summary>Nothing but to say so.</summary>
    None,

    /// <summary>Has the release's clients deliver one by one.</summary>
    Single,

    /// <summary>Runs the operator's command.</summary>
    Command,
}

/// <summary>How releases are watched.</summary>
public class ReleaseWatchOptions
{
    /// <summary>One silo reads for all.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00"), Description("How often the release watch reads the counters")]
    public TimeSpan LookDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How soon a silo knows that a release delivers otherwise.</summary>
    public TimeSpan PolicyDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Once a failure.</summary>
    [Description("What the release watch does about a release that fails: none, single (its clients deliver one by one) or command")]
    public WatchAction Action { get; set; }
}

/// <summary>What is told of a release.</summary>
/// <param name="What"><c>fail</c>, <c>recover</c>, <c>alert</c> or <c>alert-over</c>.</param>
/// <param name="Triggers">Names of the triggers that fail.</param>
/// <param name="Evidence">All triggers as they stand, as JSON.</param>
public sealed record ReleaseNews(string Release, string What, DateTimeOffset At, IReadOnlyList<string> Triggers, string Evidence);

/// <summary>Tells people outside of a release.</summary>
public interface IReleaseAlarm
{
    /// <summary>Tells, as often as it takes within bounds. Never throws.</summary>
    /// <returns>How that went, in a few words; null where nobody is to be told.</returns>
    Task<string?> TellAsync(ReleaseNews news, CancellationToken cancellationToken);
}

/// <summary>The operator's own answer to a failure.</summary>
public interface IReleaseCommand
{
    /// <summary>Runs it to its end, or to its time limit. Never throws.</summary>
    /// <returns>How it ended, in a few words.</returns>
    Task<string> RunAsync(ReleaseNews news, CancellationToken cancellationToken);
}

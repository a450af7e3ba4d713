using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ArtFresh.Grains.Releases;

/// <summary>What the watch does when a release fails.</summary>
public enum WatchAction
{
    /// <summary>Only records and notifies.</summary>
    None,

    /// <summary>Has the release's clients deliver one by one.</summary>
    Single,

    /// <summary>Runs the operator's command.</summary>
    Command,
}

/// <summary>How releases are watched.</summary>
public class ReleaseWatchOptions
{
    /// <summary>One silo of the cluster does this.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00"), Description("How often the release watch reads the counters and judges each release")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a silo reads the releases' delivery policies.</summary>
    public TimeSpan PolicyDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>One stranger has one network; few have twenty.</summary>
    [Range(2, Contracts.Limits.NetworksMax / 2), Description("Networks (IPv4 /24, IPv6 /48) that must say the same before a claim of clients counts; fewer are inconclusive")]
    public int Quorum { get; set; } = 20;

    /// <summary>All others are known once a quorum uses them, and counted as <c>other</c> until then.</summary>
    [Description("Names of releases that have figures of their own from the start; one that ends with * names all that begin so")]
    public string[] Releases { get; set; } = [];

    /// <summary>Once a failure.</summary>
    [Description("What the release watch does about a release that fails: none, single (its clients deliver one by one) or command")]
    public WatchAction Action { get; set; }
}

/// <summary>What is sent about a release.</summary>
/// <param name="What"><c>fail</c>, <c>recover</c>, <c>alert</c> or <c>alert-over</c>.</param>
/// <param name="Triggers">Names of the triggers that fail.</param>
/// <param name="Evidence">All triggers as they stand, as JSON.</param>
public sealed record ReleaseNews(string Release, string What, DateTimeOffset At, IReadOnlyList<string> Triggers, string Evidence);

/// <summary>Notifies people outside the system about a release.</summary>
public interface IReleaseAlarm
{
    /// <summary>Sends the news once. Never throws.</summary>
    /// <returns>Whether they were taken, and the outcome in a few words.</returns>
    Task<(bool IsTaken, string Outcome)> NotifyAsync(ReleaseNews news, CancellationToken cancellationToken);
}

/// <summary>The command that the operator configured for a failure.</summary>
public interface IReleaseCommand
{
    /// <summary>Runs it to its end, or to its time limit. Never throws.</summary>
    /// <returns>How it ended, in a few words.</returns>
    Task<string> RunAsync(ReleaseNews news, CancellationToken cancellationToken);
}

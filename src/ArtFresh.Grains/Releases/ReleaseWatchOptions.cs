using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ArtFresh.Grains.Releases;

/// <summary>What the watch does when a release fails.</summary>
public enum WatchAction
{
    /// <summary>Only records and notifies.</summary>
    None,

    /// <summary>Switches the release's clients to single delivery.</summary>
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

    /// <summary>A single attacker rarely has twenty networks.</summary>
    [Range(2, Contracts.Limits.NetworksMax / 2), Description("Networks (IPv4 /24, IPv6 /48) that must say the same before a claim of clients counts; fewer are inconclusive")]
    public int Quorum { get; set; } = 20;

    /// <summary>Other releases become known once a quorum uses them, and are counted as <c>other</c> until then.</summary>
    [Description("Names of releases that have figures of their own from the start; one that ends with * names all that begin so")]
    public string[] Releases { get; set; } = [];

    /// <summary>Taken once for each failure.</summary>
    [Description("What the release watch does about a release that fails: none, single (its clients deliver one by one) or command")]
    public WatchAction Action { get; set; }
}

/// <summary>A notification about a release.</summary>
/// <param name="What"><c>fail</c>, <c>recover</c>, <c>alert</c> or <c>alert-over</c>.</param>
/// <param name="Triggers">Names of the triggers that fail.</param>
/// <param name="Evidence">All triggers with their values, as JSON.</param>
public sealed record ReleaseNews(string Release, string What, DateTimeOffset At, IReadOnlyList<string> Triggers, string Evidence);

/// <summary>Notifies people outside the system about a release.</summary>
public interface IReleaseAlarm
{
    /// <summary>Sends the notification once. Never throws.</summary>
    /// <returns>Whether it was accepted, and the outcome in a few words.</returns>
    Task<(bool IsTaken, string Outcome)> NotifyAsync(ReleaseNews news, CancellationToken cancellationToken);
}

/// <summary>The command that the operator configured for a failure.</summary>
public interface IReleaseCommand
{
    /// <summary>Runs the command until it ends or its time limit is reached. Never throws.</summary>
    /// <returns>The outcome in a few words.</returns>
    Task<string> RunAsync(ReleaseNews news, CancellationToken cancellationToken);
}

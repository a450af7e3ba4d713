using System.Collections.Frozen;
using System.Runtime.InteropServices;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// The releases with rows, labels and verdicts of their own: those that an operator names, those that a quorum of networks has used in the last week, the robots', and
/// <see cref="ReleaseName.Unknown"/>. Clients choose the names, so all others are counted together as <see cref="ReleaseName.Other"/>.
/// </summary>
/// <param name="named">Names from the settings; a name that ends with * is a prefix.</param>
/// <param name="quorum">The number of networks that makes a release known.</param>
public sealed class KnownReleases(IReleaseLedger ledger, IReadOnlyList<string> named, int quorum, TimeProvider clock)
{
    /// <summary>The most releases that quorums make known, which bounds the table whatever the number of networks. The least recently used give way.</summary>
    private const int KnownMax = 200;

    /// <summary>
    /// The most releases that a network vouches for in a day: a quorum of liars makes so many known, not a table full. A network with more honest ones loses its voice for the
    /// rest, and others have theirs.
    /// </summary>
    private const int VouchedMax = 8;

    private const int CandidatesMax = 256;

    /// <summary>A network's further candidate replaces one of its own, not another network's.</summary>
    private const int CandidatesOfNetworkMax = 4;

    /// <summary>A release is known so long after a day on which a quorum used it.</summary>
    private static readonly TimeSpan UsedFor = TimeSpan.FromDays(7);

    private readonly Lock _lock = new();
    private readonly List<Candidate> _candidates = [];
    private readonly HashSet<string> _agreed = [];
    private readonly Dictionary<int, HashSet<string>> _vouched = [];
    private DateOnly _day;
    private volatile FrozenSet<string> _known = [];
    private volatile FrozenSet<string> _unusedToday = [];

    /// <summary>Releases that a quorum has agreed on today and that the ledger does not say so of.</summary>
    internal IReadOnlyCollection<string> Agreed
    {
        get
        {
            lock (_lock)
            {
                return [.. _agreed];
            }
        }
    }

    /// <summary>The release itself if it is known, else <see cref="ReleaseName.Other"/>.</summary>
    public string LabelOf(string release) => _known.Contains(release) || IsNamed(release) ? release : ReleaseName.Other;

    /// <summary>As <see cref="LabelOf"/>; also counts the network towards the quorum that makes a release known, or keeps it so.</summary>
    /// <param name="network">The network's daily hash; 0 if unknown.</param>
    public string Count(string release, int network)
    {
        var label = LabelOf(release);
        if (network > 0 && (label == release ? _unusedToday.Contains(release) : ReleaseName.IsName(release)))
        {
            Note(release, network);
        }

        return label;
    }

    /// <summary>Writes the releases that quorums have agreed on to the ledger, and reads the known releases again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var agreed = Agreed;
        var now = clock.GetUtcNow();
        foreach (var release in agreed)
        {
            var act = new OperatorAct(now, "watch", "know-release", release, $"{quorum} networks use it");
            await ledger.KnowByQuorumAsync(release, act, KnownMax, cancellationToken).ConfigureAwait(false);
        }

        var known = await ledger.ReadKnownAsync(now - UsedFor, cancellationToken).ConfigureAwait(false);
        _known = known.Select(one => one.Release).ToFrozenSet();
        _unusedToday = known.Where(one => one.UsedAt < now.UtcDateTime.Date && !IsNamed(one.Release)).Select(one => one.Release).ToFrozenSet();
        lock (_lock)
        {
            _agreed.ExceptWith(agreed);
            _candidates.RemoveAll(candidate => _known.Contains(candidate.Release) && !_unusedToday.Contains(candidate.Release));
        }
    }

    private bool IsNamed(string release) =>
        release is ReleaseName.Unknown or ReleaseName.Other || ReleaseName.IsRobot(release)
        || named.Any(name => name.EndsWith('*') ? release.AsSpan().StartsWith(name.AsSpan(0, name.Length - 1), StringComparison.Ordinal) : release == name);

    private void Note(string release, int network)
    {
        lock (_lock)
        {
            StartDay();
            var vouched = CollectionsMarshal.GetValueRefOrAddDefault(_vouched, network, out _) ??= [];
            if (!vouched.Contains(release) && vouched.Count >= VouchedMax)
            {
                return;
            }

            vouched.Add(release);
            var candidate = _candidates.Find(known => known.Release == release);
            if (candidate is null)
            {
                MakeRoom(network);
                _candidates.Add(candidate = new Candidate(release, network));
            }

            if (candidate.Networks.Add(network) && candidate.Networks.Count == quorum)
            {
                _agreed.Add(release);
            }
        }
    }

    /// <summary>A network has another hash each day, and would have two voices.</summary>
    private void StartDay()
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (_day != today)
        {
            _day = today;
            _candidates.Clear();
            _vouched.Clear();
        }
    }

    /// <summary>Drops the least used candidate: the network's own if it has its maximum, else any if the table is full.</summary>
    private void MakeRoom(int network)
    {
        var own = _candidates.FindAll(candidate => candidate.FirstNetwork == network);
        if (own.Count >= CandidatesOfNetworkMax)
        {
            _candidates.Remove(own.MinBy(candidate => candidate.Networks.Count)!);
        }
        else if (_candidates.Count >= CandidatesMax)
        {
            _candidates.Remove(_candidates.MinBy(candidate => candidate.Networks.Count)!);
        }
    }

    private sealed record Candidate(string Release, int FirstNetwork)
    {
        /// <summary>Networks that use the release today. Once there is a quorum, the release is known and leaves the candidates.</summary>
        public HashSet<int> Networks { get; } = [];
    }
}

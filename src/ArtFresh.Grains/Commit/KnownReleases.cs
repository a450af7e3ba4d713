using System.Collections.Frozen;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// The releases with rows, labels and verdicts of their own: those that an operator names, those that a quorum of networks uses, the robots', and
/// <see cref="ReleaseName.Unknown"/>. Clients choose the names, so all others are counted together as <see cref="ReleaseName.Other"/>.
/// </summary>
/// <param name="named">Names from the settings; a name that ends with * is a prefix.</param>
/// <param name="quorum">The number of networks that makes a release known.</param>
public sealed class KnownReleases(IReleaseLedger ledger, IReadOnlyList<string> named, int quorum, TimeProvider clock)
{
    /// <summary>The most releases that quorums make known, which bounds the table whatever the number of networks.</summary>
    private const int KnownMax = 200;

    private const int CandidatesMax = 256;

    /// <summary>A network's further candidate replaces one of its own, not another network's.</summary>
    private const int CandidatesOfNetworkMax = 4;

    private readonly Lock _lock = new();
    private readonly List<Candidate> _candidates = [];
    private readonly HashSet<string> _agreed = [];
    private volatile FrozenSet<string> _known = [];

    /// <summary>Releases that a quorum has agreed on and that are not yet in the ledger.</summary>
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

    /// <summary>As <see cref="LabelOf"/>; if the release is unknown, also counts the network towards its quorum.</summary>
    /// <param name="network">The network's daily hash; 0 if unknown.</param>
    public string Count(string release, int network)
    {
        var label = LabelOf(release);
        if (label != release && network > 0 && ReleaseName.IsName(release))
        {
            Note(release, network);
        }

        return label;
    }

    /// <summary>Writes the releases that quorums have agreed on to the ledger, and reads the known releases again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var agreed = Agreed;
        foreach (var release in agreed.Take(Math.Max(0, KnownMax - _known.Count)))
        {
            var act = new OperatorAct(clock.GetUtcNow(), "watch", "know-release", release, $"{quorum} networks use it");
            await ledger.KnowAsync(release, act, cancellationToken).ConfigureAwait(false);
        }

        _known = (await ledger.ReadKnownAsync(cancellationToken).ConfigureAwait(false)).ToFrozenSet();
        lock (_lock)
        {
            _agreed.ExceptWith(agreed);
            _candidates.RemoveAll(candidate => _known.Contains(candidate.Release));
        }
    }

    private bool IsNamed(string release) =>
        release is ReleaseName.Unknown or ReleaseName.Other || ReleaseName.IsRobot(release)
        || named.Any(name => name.EndsWith('*') ? release.AsSpan().StartsWith(name.AsSpan(0, name.Length - 1), StringComparison.Ordinal) : release == name);

    private void Note(string release, int network)
    {
        lock (_lock)
        {
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
        /// <summary>Networks that use the release. Once there is a quorum, the release is known and leaves the candidates.</summary>
        public HashSet<int> Networks { get; } = [];
    }
}

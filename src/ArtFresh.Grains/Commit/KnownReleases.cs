using System.Collections.Frozen;
using ArtFresh.Contracts;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.Commit;

/// <summary>
/// Which releases have rows, labels and verdicts of their own: those that clients who name none are counted under, robots', those that an operator names, and those that a
/// quorum of networks uses. Clients choose the names, so all others are counted as one, <see cref="ReleaseName.Other"/>.
/// </summary>
/// <param name="named">Names from the settings; one that ends with * names all that begin so.</param>
/// <param name="quorum">Networks that make a release known.</param>
public sealed class KnownReleases(IReleaseLedger ledger, IReadOnlyList<string> named, int quorum, TimeProvider clock)
{
    /// <summary>Releases that quorums may have made known: the table grows no further, whoever has how many networks.</summary>
    private const int KnownMax = 200;

    private const int CandidatesMax = 256;

    /// <summary>A network that names more pushes out its own, and nobody else's.</summary>
    private const int CandidatesOfNetworkMax = 4;

    private readonly Lock _lock = new();
    private readonly List<Candidate> _candidates = [];
    private readonly HashSet<string> _agreed = [];
    private volatile FrozenSet<string> _known = [];

    /// <summary>Releases that a quorum has agreed on, and that are not written down yet.</summary>
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

    /// <summary>The release itself where it is known, else <see cref="ReleaseName.Other"/>.</summary>
    public string LabelOf(string release) => _known.Contains(release) || IsNamed(release) ? release : ReleaseName.Other;

    /// <summary>As <see cref="LabelOf"/>; a network that uses an unknown release speaks for it.</summary>
    /// <param name="network">Its daily hash, 0 where that is not known.</param>
    public string Count(string release, int network)
    {
        var label = LabelOf(release);
        if (label != release && network > 0 && ReleaseName.IsName(release))
        {
            Note(release, network);
        }

        return label;
    }

    /// <summary>Reads what is known, and writes down what quorums have agreed on.</summary>
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

    /// <summary>Forgets the oldest candidate of the same network where it has enough, else one that the fewest networks use where there are too many.</summary>
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
        /// <summary>No more than the quorum: at it, the release is known.</summary>
        public HashSet<int> Networks { get; } = [];
    }
}

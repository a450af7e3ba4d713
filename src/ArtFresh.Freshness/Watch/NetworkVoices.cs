namespace ArtFresh.Freshness;

/// <summary>
/// What networks claim over a window, each with one voice: a network weighs what it has counted, and at most what the median network has. Hashes of two days are two voices
/// of one network, so that networks are counted by the day that has more of them.
/// </summary>
public sealed class NetworkVoices
{
    /// <summary>A network complains where its own share is over the limit, and over twice the limit where that is under 5%: one loss of 60 requests is chance.</summary>
    private const double ComplaintMin = 0.05;

    /// <summary>A network's share counts as at most so many times what the trigger allows: where one in a hundred may go wrong, two of 200 networks would else be enough.</summary>
    private const double ShareTimesMax = 15;

    private readonly Dictionary<(DateOnly Day, int Network), NetworkCount> _counts = [];

    /// <summary>Adds what a network claimed. Hash 0 is no network.</summary>
    public void Add(DateOnly day, int network, NetworkCount count)
    {
        if (network > 0)
        {
            var key = (day, network);
            _counts[key] = _counts.GetValueOrDefault(key) + count;
        }
    }

    /// <summary>What all say about one kind of fault.</summary>
    /// <param name="parts">How many there were of a kind, and how many of them went wrong.</param>
    /// <param name="badMax">The share that a trigger allows.</param>
    internal Hearing Hear(Func<NetworkCount, (long All, long Bad)> parts, double badMax)
    {
        var heard = _counts.Select(pair => (pair.Key.Day, Parts: parts(pair.Value))).Where(voice => voice.Parts.All > 0).ToArray();
        if (heard.Length == 0)
        {
            return default;
        }

        var sizes = Array.ConvertAll(heard, voice => voice.Parts.All);
        Array.Sort(sizes);
        var weightMax = sizes[sizes.Length / 2];
        var (weight, bad) = (0L, 0.0);
        foreach (var (_, voice) in heard)
        {
            var own = Math.Min(voice.All, weightMax);
            weight += own;
            bad += own * Math.Min((double)Math.Min(voice.Bad, voice.All) / voice.All, ShareTimesMax * badMax);
        }

        return new Hearing(
            heard.CountBy(voice => voice.Day).Max(day => day.Value),
            heard.Where(voice => voice.Parts.Bad > Math.Max(badMax, Math.Min(2 * badMax, ComplaintMin)) * voice.Parts.All).CountBy(voice => voice.Day).Select(day => day.Value).DefaultIfEmpty().Max(),
            weight,
            bad / weight);
    }
}

/// <summary>What networks say about one kind of fault.</summary>
/// <param name="Networks">How many have said anything.</param>
/// <param name="Complaining">How many of them have more faults than the trigger allows.</param>
/// <param name="Samples">What they are counted by, each at most by its share.</param>
/// <param name="BadShare">The share of it that went wrong.</param>
internal readonly record struct Hearing(int Networks, int Complaining, long Samples, double BadShare)
{
    /// <summary>A quarter of the quorum must complain, and one in so many of those heard.</summary>
    private const int QuorumPerComplaint = 4, NetworksPerComplaint = 20;

    /// <summary>Shares are sums of fractions: one that is exactly the limit is not over it.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Whether enough networks have said enough.</summary>
    public bool IsEnough(int quorum) => Networks >= quorum && Samples >= ReleaseTriggers.SamplesMin;

    /// <summary>Whether they say that too much goes wrong: by their shares, and by how many complain.</summary>
    public bool IsOver(double badMax, int quorum) => BadShare > badMax + Rounding && Complaining >= Math.Max(Math.Max(2, quorum / QuorumPerComplaint), Networks / NetworksPerComplaint);
}

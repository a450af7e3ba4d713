using System.Collections.Immutable;

namespace ArtFresh.Freshness;

/// <summary>What the clients of one network claim in a day.</summary>
/// <param name="Day">Hashes of two days are two voices of one network.</param>
/// <param name="Counts">The sums of its batches.</param>
/// <param name="Missing">The missing numbers of its sessions.</param>
public readonly record struct NetworkClaims(DateOnly Day, KpiCounts Counts, MissingNumbers Missing);

/// <summary>
/// One network, one voice: a figure made of claims is in doubt only where several networks say so. Otherwise it is what it is without those that do. The networks of two
/// days are counted by the day that has more of them.
/// </summary>
public static class HeardClaims
{
    /// <summary>So many networks make a doubt, and one in so many of those heard.</summary>
    private const int DoubtingMin = 2, NetworksPerDoubt = 20;

    /// <summary>The figures as the networks give them: numbers and verdict. Evidence stays as it is, and so do claims while there is one network alone.</summary>
    /// <param name="figures">All figures, of all networks together.</param>
    /// <param name="networks">The networks' own claims.</param>
    /// <param name="without">All figures without some of the networks, by their places in the list.</param>
    public static ImmutableArray<Kpi> Judge(ImmutableArray<Kpi> figures, IReadOnlyList<NetworkClaims> networks, Func<IReadOnlyCollection<int>, ImmutableArray<Kpi>> without)
    {
        ArgumentNullException.ThrowIfNull(networks);
        ArgumentNullException.ThrowIfNull(without);
        var heard = MostOfADay(networks);
        if (heard < 2)
        {
            return figures;
        }

        var voices = networks.Select(network => ReleaseKpis.From(network.Counts, network.Missing).All).ToArray();
        return [.. figures.Select((figure, i) => figure.Verdict == KpiVerdict.Doubt ? HeardOf(figure, i) : figure)];

        Kpi HeardOf(Kpi figure, int place)
        {
            int[] doubting = [.. Enumerable.Range(0, voices.Length).Where(voice => voices[voice][place].Verdict == KpiVerdict.Doubt)];
            return MostOfADay(doubting.Select(voice => networks[voice])) >= Math.Max(DoubtingMin, heard / NetworksPerDoubt)
                ? figure
                : without(doubting)[place];
        }
    }

    private static int MostOfADay(IEnumerable<NetworkClaims> networks) => networks.CountBy(network => network.Day).Select(day => day.Value).DefaultIfEmpty().Max();
}

using System.Collections.Immutable;

namespace ArtFresh.Freshness.Tests;

/// <summary>
/// Half an hour of a release's clients, minute by minute, by a generator with a fixed seed: honest networks of which one request in 200 fails, and others that lie as hard as
/// what the server knows of them allows.
/// </summary>
public class LyingNetworksTests
{
    private const int Quorum = 20;
    private const int Minutes = 30;
    private const double HonestFaults = 0.002;
    private static readonly DateOnly s_from = new(2026, 1, 2);
    private static readonly string[] s_claims = ["batchSuccess", "freshDisplayP95Ms", "lost", "burnRateFast", "burnRateSlow"];

    /// <summary>What a network can claim at most in a minute: it may open any number of sessions, so its counts know no bound but its share.</summary>
    private static readonly NetworkCount s_everythingFails = new(1_000_000, 1_000_000, 1, 1_000_000, 1_000_000, 1_000_000);
    private static readonly NetworkCount s_nothingFails = new(1_000_000, 0, 1_000_000, 0, 1_000_000, 0);

    [Fact]
    public void OneNetworkThatLiesChangesNoVerdictOfAHealthyRelease()
    {
        var without = Verdicts(new Clients(200, HonestFaults));
        var with = Verdicts(new Clients(200, HonestFaults) { Liars = 1, Lie = s_everythingFails });

        Assert.All(without.Values, verdict => Assert.Equal(KpiVerdict.Pass, verdict));
        Assert.Equal(without, with);
    }

    [Theory]
    [InlineData(0.1, new[] { "freshDisplayP95Ms", "lost", "burnRateSlow" })]
    [InlineData(0.2, new[] { "batchSuccess", "freshDisplayP95Ms", "lost", "burnRateFast", "burnRateSlow" })]
    public void OneNetworkThatLiesHidesNoFault(double faults, string[] failing)
    {
        var without = Verdicts(new Clients(200, faults));
        var with = Verdicts(new Clients(200, faults) { Liars = 1, Lie = s_nothingFails });

        Assert.All(failing, name => Assert.Equal(KpiVerdict.Fail, without[name]));
        Assert.Equal(without, with);
    }

    /// <summary>As late as a look that weighs nobody, over the same clients: it fails a release at 50 samples.</summary>
    [Theory]
    [InlineData("freshDisplayP95Ms", 0.1)]
    [InlineData("lost", 0.1)]
    [InlineData("burnRateSlow", 0.1)]
    [InlineData("batchSuccess", 0.2)]
    [InlineData("burnRateFast", 0.2)]
    public void VerdictComesAtMostTwiceAsLate(string name, double faults)
    {
        var clients = new Clients(200, faults);
        var (weighed, unweighed) = (0, 0);
        // Each step is one request of one network.
        for (var step = 1; weighed == 0 && step < 2_000; step++)
        {
            clients.Step();
            var triggers = clients.Judge();
            if (unweighed == 0 && clients.FailsUnweighed(name))
            {
                unweighed = step;
            }

            if (triggers.Single(trigger => trigger.Name == name).Verdict == KpiVerdict.Fail)
            {
                weighed = step;
            }
        }

        Assert.InRange(weighed, 1, 2 * unweighed);
    }

    /// <summary>A quarter of the quorum and one network in twenty, less the honest ones that complain by chance: what the table of docs/decisions/evidence-and-claims.md promises at least, whatever the trigger.</summary>
    [Theory]
    [InlineData(25, 4)]
    [InlineData(50, 4)]
    [InlineData(200, 3)]
    [InlineData(500, 18)]
    public void AttackerNeedsManyNetworks(int honest, int liarsMin) =>
        Assert.All(s_claims, name => Assert.InRange(LiarsFor(name, honest), liarsMin, honest));

    private static int LiarsFor(string name, int honest)
    {
        var (low, high) = (0, honest);
        while (high - low > 1)
        {
            var liars = (low + high) / 2;
            var fails = Verdicts(new Clients(honest, HonestFaults) { Liars = liars, Lie = s_everythingFails })[name] == KpiVerdict.Fail;
            (low, high) = fails ? (low, liars) : (liars, high);
        }

        return high;
    }

    private static Dictionary<string, KpiVerdict> Verdicts(Clients clients)
    {
        clients.Run();
        return clients.Judge().Where(trigger => s_claims.Contains(trigger.Name)).ToDictionary(trigger => trigger.Name, trigger => trigger.Verdict);
    }

    private sealed class Clients(int honest, double faults)
    {
        private readonly Random _random = new(1);
        private readonly NetworkVoices _voices = new();
        private NetworkCount _all;

        public int Liars { get; init; }

        public NetworkCount Lie { get; init; }

        /// <summary>Every honest network makes two requests a minute on average, each with a display and ten impressions.</summary>
        public void Run()
        {
            for (var step = 0; step < Minutes * honest * 2; step++)
            {
                Step();
            }

            for (var liar = 0; liar < Liars; liar++)
            {
                _voices.Add(s_from, 1024 - liar, Lie);
            }
        }

        public void Step()
        {
            var isFault = _random.NextDouble() < faults;
            var count = new NetworkCount(1, isFault ? 1 : 0, isFault ? 0 : 10, isFault ? 10 : 0, 1, isFault ? 1 : 0);
            _all += count;
            _voices.Add(s_from, 1 + _random.Next(honest), count);
        }

        public ImmutableArray<Trigger> Judge() => ReleaseTriggers.Judge(_ => new WatchWindow(KpiCounts.Zero, _voices), Quorum);

        public bool FailsUnweighed(string name)
        {
            var (all, bad, badMax) = name switch
            {
                "lost" => (_all.Attempts, (double)_all.Lost / (_all.Impressions + _all.Lost), ReleaseTriggers.LossMax),
                "freshDisplayP95Ms" => (_all.Displays, (double)_all.Late / _all.Displays, ReleaseTriggers.LateMax),
                "batchSuccess" => (_all.Attempts, (double)_all.Failed / _all.Attempts, 1 - ReleaseTriggers.BatchSuccessMin),
                "burnRateFast" => (_all.Attempts, (double)_all.Failed / _all.Attempts, ReleaseTriggers.FastBurn * ReleaseTriggers.ErrorBudget),
                _ => (_all.Attempts, (double)_all.Failed / _all.Attempts, ReleaseTriggers.SlowBurn * ReleaseTriggers.ErrorBudget),
            };
            return all >= ReleaseTriggers.SamplesMin && bad > badMax;
        }
    }
}

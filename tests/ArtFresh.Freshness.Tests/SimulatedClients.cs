using System.Collections.Immutable;

namespace ArtFresh.Freshness.Tests;

/// <summary>
/// Half an hour of a release's clients, minute by minute, by a generator with a fixed seed: honest networks of which a share of requests fails, and others that lie as hard
/// as what the server knows of them allows.
/// </summary>
internal sealed class SimulatedClients(int honest, double faults)
{
    public const double HonestFaults = 0.002;
    private const int Quorum = 20;
    private const int Minutes = 30;
    private const int StepsMax = 2_000;

    /// <summary>The triggers that judge claims.</summary>
    public static readonly string[] Claims = ["batchSuccess", "freshDisplayP95Ms", "lost", "burnRateFast", "burnRateSlow"];

    /// <summary>What a network can claim at most in a minute: it may open any number of sessions, so its counts know no bound but its share.</summary>
    public static readonly NetworkCount EverythingFails = new(1_000_000, 1_000_000, 1, 1_000_000, 1_000_000, 1_000_000);

    private static readonly DateOnly Day = new(2026, 1, 2);
    private readonly Random _random = new(1);
    private readonly NetworkVoices _voices = new();
    private NetworkCount _all;

    public int Liars { get; init; }

    public NetworkCount Lie { get; init; } = EverythingFails;

    /// <summary>How many lying networks fail a healthy release.</summary>
    public static int LiarsFor(string trigger, int honest)
    {
        var (low, high) = (0, honest);
        while (high - low > 1)
        {
            var liars = (low + high) / 2;
            var fails = new SimulatedClients(honest, HonestFaults) { Liars = liars }.Verdicts()[trigger] == KpiVerdict.Fail;
            (low, high) = fails ? (low, liars) : (liars, high);
        }

        return high;
    }

    /// <summary>After how many requests a fault fails a release, by networks and by a look that weighs nobody and fails at 50 samples; 0 for never.</summary>
    public static (int Weighed, int Unweighed) RequestsUntilFail(string trigger, int honest, double faults)
    {
        var clients = new SimulatedClients(honest, faults);
        var (weighed, unweighed) = (0, 0);
        for (var step = 1; (weighed == 0 || unweighed == 0) && step < StepsMax; step++)
        {
            clients.Step();
            unweighed = unweighed == 0 && clients.FailsUnweighed(trigger) ? step : unweighed;
            weighed = weighed > 0 ? weighed : clients.Judge().Single(judged => judged.Name == trigger).Verdict == KpiVerdict.Fail ? step : 0;
        }

        return (weighed, unweighed);
    }

    /// <summary>The verdicts on claims after half an hour. Every honest network makes two requests a minute on average.</summary>
    public Dictionary<string, KpiVerdict> Verdicts()
    {
        for (var step = 0; step < Minutes * honest * 2; step++)
        {
            Step();
        }

        for (var liar = 0; liar < Liars; liar++)
        {
            _voices.Add(Day, 1024 - liar, Lie);
        }

        return Judge().Where(trigger => Claims.Contains(trigger.Name)).ToDictionary(trigger => trigger.Name, trigger => trigger.Verdict);
    }

    /// <summary>One request of one honest network, with a display and ten impressions.</summary>
    private void Step()
    {
        var isFault = _random.NextDouble() < faults;
        var count = new NetworkCount(1, isFault ? 1 : 0, isFault ? 0 : 10, isFault ? 10 : 0, 1, isFault ? 1 : 0);
        _all += count;
        _voices.Add(Day, 1 + _random.Next(honest), count);
    }

    private ImmutableArray<Trigger> Judge() => ReleaseTriggers.Judge(_ => new WatchWindow(KpiCounts.Zero, _voices), Quorum);

    private bool FailsUnweighed(string name)
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

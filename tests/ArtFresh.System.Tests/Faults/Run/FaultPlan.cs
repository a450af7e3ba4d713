using System.Globalization;

namespace ArtFresh.SystemTests.Faults;

/// <summary>What is done to the cluster.</summary>
internal enum Harm
{
    /// <summary>SIGKILL to a silo, and a new one in its place.</summary>
    KillSilo,

    /// <summary>SIGKILL to a front end, and a new one in its place.</summary>
    KillFrontEnd,

    /// <summary>SIGSTOP to a silo for longer than the others wait before they take it for dead, then SIGCONT.</summary>
    FreezeSilo,

    /// <summary>Two silos cannot reach each other; both reach everybody else.</summary>
    CutSilos,

    /// <summary>What two silos say to each other takes a while.</summary>
    SlowSilos,

    /// <summary>A silo cannot reach the database.</summary>
    CutDatabase,

    /// <summary>What a silo and the database say to each other takes a while.</summary>
    SlowDatabase,

    /// <summary>The database does what a silo asks, and the answer is lost with the connection.</summary>
    LoseDatabaseAnswer,

    /// <summary>A front end does what a listener asks, and the answer is lost with the connection.</summary>
    LoseFrontEndAnswer,

    /// <summary>PostgreSQL ends its sessions and starts again.</summary>
    RestartDatabase,

    /// <summary>PostgreSQL crashes and starts again.</summary>
    CrashDatabase,

    /// <summary>SIGTERM to each process in turn, and a new one in its place before the next.</summary>
    RollAll,

    /// <summary>All silos but one are stopped by SIGTERM, and after a while started again.</summary>
    ScaleInAndOut,
}

/// <summary>One thing done to the cluster, and the pause before it.</summary>
/// <param name="Target">Number of the silo or front end, or of the first of two silos.</param>
/// <param name="Other">Number of the second of two silos.</param>
internal sealed record FaultStep(TimeSpan Pause, Harm Harm, int Target, int Other)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"after {Pause.TotalSeconds:0.0} s: {Harm} {Target}{(Other == Target ? "" : $" {Other}")}");
}

/// <summary>What is done to a cluster, and when: a function of the seed and the time alone, so that a run can be repeated.</summary>
internal static class FaultPlan
{
    private const double PauseSecondsMin = 0.5;

    /// <summary>How often each harm is done in ten minutes, and how long it takes about.</summary>
    private static readonly (Harm Harm, int InTenMinutes, double Seconds)[] Shares =
    [
        (Harm.KillSilo, 20, 5),
        (Harm.KillFrontEnd, 4, 3),
        (Harm.FreezeSilo, 5, 15),
        (Harm.CutSilos, 5, 9),
        (Harm.SlowSilos, 3, 4),
        (Harm.CutDatabase, 3, 5),
        (Harm.SlowDatabase, 3, 4),
        (Harm.LoseDatabaseAnswer, 12, 0.5),
        (Harm.LoseFrontEndAnswer, 12, 0.5),
        (Harm.RestartDatabase, 3, 3),
        (Harm.CrashDatabase, 3, 3),
        (Harm.RollAll, 2, 25),
        (Harm.ScaleInAndOut, 2, 18),
    ];

    /// <summary>Every harm at least once, in an order that the seed gives, over about <paramref name="minutes"/>.</summary>
    public static IReadOnlyList<FaultStep> Make(double minutes, int seed, int silos, int frontEnds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minutes);
        ArgumentOutOfRangeException.ThrowIfLessThan(silos, 2);
        var counts = Shares.Select(share => (share.Harm, share.Seconds, Count: Math.Max(1, (int)Math.Round(share.InTenMinutes * minutes / 10)))).ToArray();
        var busy = counts.Sum(share => share.Count * share.Seconds);
        var steps = counts.Sum(share => share.Count);
        var pause = Math.Max(PauseSecondsMin, ((minutes * 60) - busy) / steps);
        var random = new Random(seed);
        var harms = counts.SelectMany(share => Enumerable.Repeat(share.Harm, share.Count)).ToArray();
        random.Shuffle(harms);
        return [.. harms.Select(harm => Step(harm, random.Next(), TimeSpan.FromSeconds(pause * (0.5 + random.NextDouble())), random, silos, frontEnds))];
    }

    /// <summary>The same harms again and again, to one process after the other, for a fault that was planted: whichever holds the grains is hit.</summary>
    public static IReadOnlyList<FaultStep> Repeat(IReadOnlyList<Harm> harms, int times, int seed, int silos, int frontEnds)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Repeat(harms, times).SelectMany(round => round)
                .Select((harm, i) => Step(harm, i, TimeSpan.FromSeconds(1), random, silos, frontEnds)),
        ];
    }

    private static FaultStep Step(Harm harm, int process, TimeSpan pause, Random random, int silos, int frontEnds)
    {
        var target = process % (harm is Harm.KillFrontEnd or Harm.LoseFrontEndAnswer ? frontEnds : silos);
        var other = harm is Harm.CutSilos or Harm.SlowSilos ? (target + 1 + random.Next(silos - 1)) % silos : target;
        return new FaultStep(pause, harm, target, other);
    }
}

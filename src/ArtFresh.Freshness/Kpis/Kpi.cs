namespace ArtFresh.Freshness;

/// <summary>How a KPI stands against its target.</summary>
public enum KpiVerdict : byte
{
    /// <summary>Nothing was observed that it could be computed from. Not a pass.</summary>
    Inconclusive = 0,

    /// <summary>The target is met.</summary>
    Pass = 1,

    /// <summary>The target is missed.</summary>
    Fail = 2,
}

/// <summary>One key performance indicator.</summary>
/// <param name="Name">Its name on the wire, camelCase.</param>
/// <param name="Numerator">The exact count above the line.</param>
/// <param name="Denominator">The exact count below the line; 0 makes the verdict inconclusive.</param>
/// <param name="Value">Numerator / denominator, or milliseconds where the name says so; null if nothing was observed.</param>
/// <param name="Target">What the value is held against, in its own unit.</param>
/// <param name="Verdict">How it stands.</param>
public readonly record struct Kpi(string Name, long Numerator, long Denominator, double? Value, double Target, KpiVerdict Verdict)
{
    /// <summary>A count that must be 0; one that is not fails even where there is nothing to divide it by.</summary>
    internal static Kpi None(string name, long numerator, long denominator)
    {
        var kpi = Judged(name, numerator, denominator, Ratio(numerator, denominator), 0, value => value == 0);
        return numerator > 0 ? kpi with { Verdict = KpiVerdict.Fail } : kpi;
    }

    /// <summary>A ratio that must be 1.</summary>
    internal static Kpi All(string name, long numerator, long denominator) =>
        Judged(name, numerator, denominator, Ratio(numerator, denominator), 1, value => value == 1);

    /// <summary>A ratio that is only watched: harmless, whatever it is.</summary>
    internal static Kpi Watched(string name, long numerator, long denominator) =>
        Judged(name, numerator, denominator, Ratio(numerator, denominator), 1, _ => true);

    /// <summary>A ratio that must stay under its target.</summary>
    internal static Kpi Under(string name, long numerator, long denominator, double target) =>
        Judged(name, numerator, denominator, Ratio(numerator, denominator), target, value => value < target);

    /// <summary>A ratio that must be over its target.</summary>
    internal static Kpi Over(string name, long numerator, long denominator, double target) =>
        Judged(name, numerator, denominator, Ratio(numerator, denominator), target, value => value > target);

    /// <summary>A quantile in milliseconds that must stay under its target; numerator and denominator are its rank and the number of samples.</summary>
    internal static Kpi QuantileUnder(string name, DisplayHistogram times, double p, double targetMs) =>
        Judged(name, (long)Math.Ceiling(p * times.Total), times.Total, times.Quantile(p), targetMs, value => value < targetMs);

    private static Kpi Judged(string name, long numerator, long denominator, double? value, double target, Func<double, bool> passes) =>
        new(name, numerator, denominator, value, target, value switch
        {
            null => KpiVerdict.Inconclusive,
            { } known when passes(known) => KpiVerdict.Pass,
            _ => KpiVerdict.Fail,
        });

    private static double? Ratio(long numerator, long denominator) => denominator == 0 ? null : (double)numerator / denominator;
}

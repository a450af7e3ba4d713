namespace ArtFresh.Freshness;

/// <summary>Whether a KPI meets its target.</summary>
public enum KpiVerdict : byte
{
    /// <summary>There are too few observations. Not a pass.</summary>
    Inconclusive = 0,

    /// <summary>The target is met.</summary>
    Pass = 1,

    /// <summary>The target is missed.</summary>
    Fail = 2,

    /// <summary>Clients say that the target is missed: of several networks, or of the only one.</summary>
    Doubt = 3,
}

/// <summary>The unit of a KPI.</summary>
public enum KpiUnit : byte
{
    /// <summary>Numerator / denominator.</summary>
    Share = 0,

    /// <summary>The numerator itself: it must be 0, however large the denominator.</summary>
    Count = 1,

    /// <summary>Milliseconds.</summary>
    Milliseconds = 2,

    /// <summary>A multiple of a reference, such as a burn rate.</summary>
    Multiple = 3,
}

/// <summary>How a KPI's value must compare to its target.</summary>
public enum KpiRelation : byte
{
    /// <summary>Equal to the target.</summary>
    Exactly = 0,

    /// <summary>Less than the target.</summary>
    Under = 1,

    /// <summary>More than the target.</summary>
    Over = 2,

    /// <summary>Any value passes: the KPI is for information.</summary>
    Any = 3,
}

/// <summary>What a figure is made of.</summary>
public enum FigureSource : byte
{
    /// <summary>What the server itself did or saw.</summary>
    Evidence = 0,

    /// <summary>What clients say: anybody can say anything.</summary>
    Claim = 1,
}

/// <summary>One key performance indicator.</summary>
/// <param name="Name">Its name on the wire, camelCase.</param>
/// <param name="Numerator">The exact numerator.</param>
/// <param name="Denominator">The exact denominator; 0 makes the verdict inconclusive.</param>
/// <param name="Value">Numerator / denominator, or milliseconds if that is the unit; null if nothing was observed.</param>
/// <param name="Target">The target, in the KPI's unit.</param>
/// <param name="Verdict">Whether the value meets the target.</param>
/// <param name="Unit">The unit of value and target.</param>
/// <param name="Relation">How the value must compare to the target.</param>
/// <param name="Source">What it is made of; a figure with one part of claims is a claim.</param>
public readonly record struct Kpi(string Name, long Numerator, long Denominator, double? Value, double Target, KpiVerdict Verdict, KpiUnit Unit, KpiRelation Relation, FigureSource Source = FigureSource.Evidence)
{
    /// <summary>Whether it stands for a promise: a fail keeps back what is told to the public, and heads the operators' page.</summary>
    public bool IsPromise { get; init; }

    /// <summary>The same figure, made of what clients say: it cannot fail.</summary>
    internal Kpi AsClaim() => this with { Source = FigureSource.Claim, Verdict = Verdict == KpiVerdict.Fail ? KpiVerdict.Doubt : Verdict };

    /// <summary>A count that must be 0. Another count fails even if the denominator is 0.</summary>
    internal static Kpi None(string name, long numerator, long denominator)
    {
        var kpi = Share(name, numerator, denominator, 0, KpiRelation.Exactly) with { Unit = KpiUnit.Count };
        return numerator > 0 ? kpi with { Verdict = KpiVerdict.Fail } : kpi;
    }

    /// <summary>A ratio that must be 1.</summary>
    internal static Kpi All(string name, long numerator, long denominator) => Share(name, numerator, denominator, 1, KpiRelation.Exactly);

    /// <summary>A ratio for information: any value is harmless.</summary>
    internal static Kpi Watched(string name, long numerator, long denominator) => Share(name, numerator, denominator, 1, KpiRelation.Any);

    /// <summary>A ratio that must stay under its target.</summary>
    internal static Kpi Under(string name, long numerator, long denominator, double target) => Share(name, numerator, denominator, target, KpiRelation.Under);

    /// <summary>A ratio that must be over its target.</summary>
    internal static Kpi Over(string name, long numerator, long denominator, double target) => Share(name, numerator, denominator, target, KpiRelation.Over);

    /// <summary>A quantile in milliseconds that must stay under its target; numerator and denominator are its rank and the number of samples.</summary>
    internal static Kpi QuantileUnder(string name, DisplayHistogram times, double p, double targetMs) =>
        Judged(name, (long)Math.Ceiling(p * times.Total), times.Total, times.Quantile(p), targetMs, KpiUnit.Milliseconds, KpiRelation.Under);

    private static Kpi Share(string name, long numerator, long denominator, double target, KpiRelation relation) =>
        Judged(name, numerator, denominator, denominator == 0 ? null : (double)numerator / denominator, target, KpiUnit.Share, relation);

    private static Kpi Judged(string name, long numerator, long denominator, double? value, double target, KpiUnit unit, KpiRelation relation) =>
        new(name, numerator, denominator, value, target, value is { } known ? VerdictOf(known, target, relation) : KpiVerdict.Inconclusive, unit, relation);

    private static KpiVerdict VerdictOf(double value, double target, KpiRelation relation)
    {
        var passes = relation switch
        {
            KpiRelation.Exactly => value == target,
            KpiRelation.Under => value < target,
            KpiRelation.Over => value > target,
            KpiRelation.Any => true,
            _ => throw new ArgumentOutOfRangeException(nameof(relation), relation, "Unknown relation."),
        };
        return passes ? KpiVerdict.Pass : KpiVerdict.Fail;
    }
}

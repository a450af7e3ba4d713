namespace ArtFresh.Contracts;

/// <summary>A point of the circumplex model of affect: how pleasant (valence) and how lively (energy), each in [0, 1].</summary>
[GenerateSerializer, Immutable, Alias("mood")]
public readonly record struct Mood([property: Id(0)] double Valence, [property: Id(1)] double Energy)
{
    /// <summary>The middle of the plane, for requests without a mood.</summary>
    public static Mood Neutral { get; } = new(0.5, 0.5);

    /// <summary>Whether both coordinates are numbers in [0, 1].</summary>
    public bool IsValid => Valence is >= 0 and <= 1 && Energy is >= 0 and <= 1;
}

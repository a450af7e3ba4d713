namespace ArtFresh.Art;

/// <summary>
/// The compositional pattern-producing network (Stanley, "Compositional pattern producing networks", 2007) that a genome expands to, as
/// <see cref="Length"/> rows of four floats, in the order that the browser's shader takes them. Every number comes from integer random numbers by
/// additions, multiplications, divisions and square roots in double precision, rounded once: the browser's copy is equal to the last bit.
/// </summary>
public sealed class GenomeNetwork
{
    internal const int InputCount = 12;
    internal const int HiddenCount = 12;
    internal const int WarpSteps = 4;
    internal const int SiteCountMax = 24;
    internal const int ShapeCountMax = 12;

    // Offsets, in rows of four floats.
    internal const int Camera = 0;
    internal const int Folds = 1;
    internal const int Warp = 3;
    internal const int Shape = 11;
    internal const int Sites = 14;
    internal const int Periodic = 38;
    internal const int Weights1 = 42;
    internal const int Bias1 = 78;
    internal const int Weights2 = 81;
    internal const int Bias2 = 117;
    internal const int Weights3 = 120;
    internal const int Bias3 = 144;
    internal const int Activations1 = 145;
    internal const int Activations2 = 146;
    internal const int Gains = 147;
    internal const int Colour = 148;
    internal const int Light = 149;
    internal const int Stops = 150;
    internal const int StopCount = 5;
    internal const int Accent = 155;

    /// <summary>Rows of four floats in a network.</summary>
    public const int Length = 156;

    private readonly float[] _values;

    private GenomeNetwork(GenomeFamily family, float[] values) => (Family, _values) = (family, values);

    /// <summary>The family whose formulas feed the network.</summary>
    public GenomeFamily Family { get; }

    /// <summary>All parameters, <see cref="Length"/> rows of four.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The network of a genome: the same for the same genome, everywhere.</summary>
    public static GenomeNetwork Expand(FamilyGenome genome)
    {
        ArgumentNullException.ThrowIfNull(genome);
        return new GenomeNetwork(genome.Family, new GenomeExpansion(genome).Run());
    }
}

using Lanes = System.Numerics.Vector<float>;

namespace ArtFresh.Art;

/// <summary>What a family's formulas say of a register of points; the network reads all five and corrects tone, tint and glow.</summary>
internal struct FormSample
{
    /// <summary>Place on the palette: -1 its darkest stop, 1 its lightest.</summary>
    public Lanes Tone;

    /// <summary>Turn of the hue, about [-1, 1].</summary>
    public Lanes Tint;

    /// <summary>Height of the relief that the light falls on.</summary>
    public Lanes Height;

    /// <summary>Share of the accent colour, [0, 1].</summary>
    public Lanes Glow;

    /// <summary>Shadow, [0, 1].</summary>
    public Lanes Shade;
}

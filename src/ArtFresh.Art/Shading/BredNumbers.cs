namespace ArtFresh.Art;

/// <summary>Offsets of a bred picture's numbers, in rows of four floats, as the shaders know them.</summary>
internal static class BredNumbers
{
    public const int Camera = 0;
    public const int Folds = 1;
    public const int Warp = 2;
    public const int WarpSteps = 3;
    public const int Shape = 8;
    public const int ShapeCountMax = 12;
    public const int Colour = 11;
    public const int Light = 12;
    public const int Material = 13;
    public const int Place = 14;
    public const int Stops = 15;
    public const int Accent = 20;

    /// <summary>Rows that come of the genome.</summary>
    public const int Length = 21;

    /// <summary>The row of the drawing: a pixel's width, and half the picture's width and height.</summary>
    public const int Pixel = Length;
}

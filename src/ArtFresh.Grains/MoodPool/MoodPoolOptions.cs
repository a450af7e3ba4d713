namespace ArtFresh.Grains.MoodPool;

/// <summary>Which of the fresh artworks of a mood come first.</summary>
public enum ArtPreference
{
    /// <summary>Imported and generated ones in turns; more are made when both are spent.</summary>
    Mixed,

    /// <summary>Imported ones, of whatever mood, the nearest first; generated ones when all are spent.</summary>
    Catalogue,

    /// <summary>Generated ones; imported ones where none can be made.</summary>
    Generated,
}

/// <summary>How pools keep art in stock, and how long requests wait for more.</summary>
public sealed class MoodPoolOptions
{
    /// <summary>How often a pool reads new artworks that no message announced, because the message was lost.</summary>
    public TimeSpan RefreshDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Artworks of a slow generator that a pool keeps in stock beyond the last one requested.</summary>
    public int SlowStock { get; set; } = 8;

    /// <summary>Whether a slow generator's art waits until an operator has looked at it.</summary>
    public bool SlowHeld { get; set; }

    /// <summary>
    /// How long a request waits once for art of its mood to be drawn. It then takes what is drawn, or else art of neighbouring pools.
    /// </summary>
    public TimeSpan NeuralDeadline { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request waits for a slow generator before the neural one replaces it.</summary>
    public TimeSpan SlowDeadline { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a request waits in total. It then gets the art that there is, and is refused if there is none.</summary>
    public TimeSpan FreshDeadline { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Pictures requested from a slow generator in a day (UTC).</summary>
    public int PaintedPerDay { get; set; } = 1_000;

    /// <summary>The part of <see cref="PaintedPerDay"/> that one network may use.</summary>
    public int PaintedPerDayAndNetwork { get; set; } = 200;

    /// <summary>The part of <see cref="PaintedPerDay"/> that one listener may use.</summary>
    public int PaintedPerDayAndListener { get; set; } = 100;

    /// <summary>Which artworks come first.</summary>
    public ArtPreference Prefer { get; set; }

    /// <summary>Version of the genomes that are made, 1 or 2.</summary>
    public int GenomeVersion { get; set; } = 1;

    /// <summary>Whether imported artworks without a licence are left out.</summary>
    public bool LicenceRequired { get; set; }

    /// <summary>Whether a listener is served one of several pictures that look alike, and a genome that looks like one of their last ones later.</summary>
    public bool LookAlikesOnce { get; set; } = true;

    /// <summary>The time after a request's start until which one more wait ends within <see cref="FreshDeadline"/>.</summary>
    internal TimeSpan LastWait => FreshDeadline - NeuralDeadline;
}

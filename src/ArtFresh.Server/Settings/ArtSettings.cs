using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using ArtFresh.Art;
using ArtFresh.Grains.MoodPool;

namespace ArtFresh.Server;

/// <summary>Which artworks are served.</summary>
public sealed record ArtSettings
{
    /// <summary>Within each the newest come first.</summary>
    [Description("Which art comes first: catalogue (imported art of any mood, and generated art when a listener has had it all), mixed (in turns; more is made when both are spent), generated (imported art where none can be made)")]
    public ArtPreference Prefer { get; init; }

    /// <summary>All versions are drawn.</summary>
    [Description("The version of the genomes that are made, 1 or 2: 2 has 58 more structures, takes the server about four times as long to draw, and needs that no release that knows 1 alone runs on the ledger again")]
    [Range(1, 2)]
    public int GenomeVersion { get; init; } = 1;

    /// <summary>Generated art has none and needs none.</summary>
    [Description("Whether imported artworks for which no licence is known are left out")]
    public bool LicenceRequired { get; init; }

    /// <summary>Pictures are compared by their perceptual hash, genomes by their <see cref="GenomeLook"/>.</summary>
    [Description("Whether an imported picture, or one of an images API, is left out for a listener who has had one that looks like it, and generated art that looks like one of their last 500 served later")]
    public bool LookAlikesOnce { get; init; } = true;
}

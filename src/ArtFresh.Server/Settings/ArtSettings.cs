using System.ComponentModel;

namespace ArtFresh.Server;

/// <summary>Which artworks are served.</summary>
public sealed record ArtSettings
{
    /// <summary>Generated art has none and needs none.</summary>
    [Description("Whether imported artworks for which no licence is known are left out")]
    public bool LicenceRequired { get; init; }
}

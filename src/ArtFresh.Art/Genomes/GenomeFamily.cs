namespace ArtFresh.Art;

/// <summary>The twelve families of forms that a genome's network is fed with.</summary>
public enum GenomeFamily
{
    /// <summary>Circular waves from three sources, interfering.</summary>
    Ripple,

    /// <summary>Rings of overlapping petals around a heart.</summary>
    Rosette,

    /// <summary>Ranges of hills in mist, one behind the other, under a sun or a moon.</summary>
    Ridge,

    /// <summary>Ink drawn across water, with thin bright veins.</summary>
    Marble,

    /// <summary>Panes of coloured glass held by dark lead.</summary>
    Glass,

    /// <summary>Curtains of light over a dark sky.</summary>
    Aurora,

    /// <summary>Translucent discs and thin rings.</summary>
    Orbit,

    /// <summary>Lit folds of cloth.</summary>
    Silk,

    /// <summary>Planes of light that cross each other.</summary>
    Prism,

    /// <summary>Ribbons going over and under.</summary>
    Weave,

    /// <summary>Billows of glowing gas, and stars.</summary>
    Nebula,

    /// <summary>Layers of cut paper, like the contour lines of a map.</summary>
    Terrace,
}

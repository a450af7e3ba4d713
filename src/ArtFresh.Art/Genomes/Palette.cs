namespace ArtFresh.Art;

/// <summary>The curated palettes; the colours of each stand in the recipes, as five stops from dark to light and one accent.</summary>
public enum Palette
{
    Dusk,
    Dawn,
    Ember,
    Lagoon,
    Abyss,
    Glacier,
    Moss,
    Orchid,
    Noir,
    Nocturne,
    Sakura,
    Citrus,
    Carnival,
    Terracotta,
    Tempest,
    Neon,
    Verdigris,
    Royal,
}

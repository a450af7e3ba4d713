namespace ArtFresh.Art;

/// <summary>Titles for pictures that nobody has named: adjectives by mood, colours by palette, nouns by family.</summary>
public static class GenomeTitles
{
    // The seed also drives the picture; titles draw from a stream of their own.
    private const ulong Stream = 0x7469746C65730000;

    private static readonly string[] CalmDark = Words(
        "Hushed Drowned Sunken Veiled Forgotten Lonely Silent Fading Distant Hollow Pale Frozen Buried Weary Midnight Orphaned Shrouded Unlit Wintering Waning "
        + "Solemn Mourning Sleepless Nameless Abandoned Cold Deep Withheld Vanished Unspoken Slow Lingering Lightless Ashen Muted Sombre Submerged Darkened Bereft Whisperless");

    private static readonly string[] CalmBright = Words(
        "Gentle Quiet Tender Drifting Dreaming Soft Mellow Sunlit Serene Floating Lulled Honeyed Patient Blessed Kindly Easy Dewy Sheltered Resting Unhurried "
        + "Tranquil Morning Summer Warm Feathered Breathing Whispered Cloudless Sleeping Weightless Golden Homeward Untroubled Loving Clear Balmy Hallowed Peaceful Still Early");

    private static readonly string[] LivelyDark = Words(
        "Restless Shattered Burning Broken Feral Wild Thundering Raging Fractured Haunted Jagged Storming Falling Bitter Savage Electric Howling Severed Furious Reckless "
        + "Fevered Splintered Breaking Colliding Defiant Charged Sharpened Tangled Torn Unforgiven Turbulent Volatile Untamed Racing Clashing Iron Relentless Roaring Stricken Seething");

    private static readonly string[] LivelyBright = Words(
        "Dancing Radiant Soaring Blazing Leaping Laughing Bright Brilliant Racing Glittering Jubilant Dazzling Spinning Singing Rising Wild Ecstatic Joyous Kindled Gleaming "
        + "Sparkling Fearless Festive Exultant Flying Flaring Bursting Rushing Vivid Young Boundless Whirling Bold Glowing Thrilling Shining Triumphant Ringing Playful Lucky");

    private static readonly Dictionary<GenomeFamily, string[]> Nouns = new()
    {
        [GenomeFamily.Ripple] = Words("Rain Pond Ripples Echo Raindrops Lagoon Shallows Surface Waterline Fountain Rainfall Mirror Pool Resonance Tide Waterlight Harbour Current Undertow Reverie"),
        [GenomeFamily.Rosette] = Words("Dahlia Lotus Bloom Corolla Petals Garden Blossom Rosette Camellia Peony Chrysanthemum Anemone Mandala Zinnia Crown Flower Lily Wreath Magnolia Unfolding"),
        [GenomeFamily.Ridge] = Words("Hills Range Valley Horizon Summit Highlands Peaks Mountains Pass Ridges Foothills Skyline Uplands Moors Heights Country Passage Journey Crossing Vista"),
        [GenomeFamily.Marble] = Words("Marble Ink Onyx Agate Vein River Delta Current Strata Confluence Quarry Tributary Alabaster Meander Smoke Fault Seam Spill Estuary Malachite"),
        [GenomeFamily.Glass] = Words("Window Cathedral Chapel Lantern Mosaic Skylight Panes Nave Oriel Vault Atrium Beacon Clerestory Lamp Cloister Facets Casement Sanctuary Transom Kaleidoscope"),
        [GenomeFamily.Aurora] = Words("Aurora Curtain Polestar Sky Veil Nightfall Vigil North Solstice Firmament Lights Arctic Constellation Night Halo Radiance Canopy Twilight Northlight Watch"),
        [GenomeFamily.Orbit] = Words("Orbit Moons Eclipse Planets Satellites Ellipse Conjunction Spheres Transit Perigee Pendulum Rings Syzygy Cosmos Revolution Apogee Orrery Gravity Carousel Circles"),
        [GenomeFamily.Silk] = Words("Silk Satin Drapery Folds Ribbon Gown Velvet Caress Curtain Sail Banner Shawl Cascade Dune Embrace Veil Waltz Undulation Sheets Mantle"),
        [GenomeFamily.Prism] = Words("Prism Shards Spectrum Facet Angles Beam Refraction Blade Searchlights Splinters Planes Crystal Vertex Fracture Geometry Arrow Signal Rays Shatter Mirage"),
        [GenomeFamily.Weave] = Words("Tapestry Loom Basket Braid Lattice Weave Quilt Thread Tartan Mesh Plait Fabric Warp Nest Hammock Raffia Wickerwork Textile Strands Knot"),
        [GenomeFamily.Nebula] = Words("Nebula Starfield Cosmos Galaxy Stardust Supernova Corona Void Firestorm Genesis Starlight Quasar Cloud Remnant Universe Abyss Cluster Pulsar Heavens Andromeda"),
        [GenomeFamily.Terrace] = Words("Terraces Canyon Island Atoll Archipelago Contours Atlas Caldera Plateau Lagoon Mesa Reef Basin Coastline Topography Cove Shoreline Isles Amphitheatre Caverns"),
    };

    private static readonly Dictionary<Palette, string[]> Colours = new()
    {
        [Palette.Dusk] = Words("Plum Dusk Mulberry Apricot Evening Damson"),
        [Palette.Dawn] = Words("Rose Dawn Coral Peach Lilac Daybreak"),
        [Palette.Ember] = Words("Ember Scarlet Cinder Vermilion Crimson Fire"),
        [Palette.Lagoon] = Words("Turquoise Seafoam Lagoon Teal Mint Reef"),
        [Palette.Abyss] = Words("Ocean Cobalt Sapphire Fathom Ultramarine Marine"),
        [Palette.Glacier] = Words("Glacier Ice Frost Azure Snow Boreal"),
        [Palette.Moss] = Words("Moss Fern Olive Willow Sage Forest"),
        [Palette.Orchid] = Words("Orchid Violet Magenta Amethyst Iris Heather"),
        [Palette.Noir] = Words("Ivory Bone Obsidian Pearl Raven Ghost"),
        [Palette.Nocturne] = Words("Indigo Moonlit Twilight Lavender Wisteria Nocturne"),
        [Palette.Sakura] = Words("Sakura Cherry Blush Petal Quartz April"),
        [Palette.Citrus] = Words("Citron Lemon Saffron Marigold Lime Sunflower"),
        [Palette.Carnival] = Words("Carnival Fuchsia Tangerine Hibiscus Mango Fiesta"),
        [Palette.Terracotta] = Words("Terracotta Amber Copper Clay Sienna Desert"),
        [Palette.Tempest] = Words("Tempest Steel Slate Petrel Gale Thunder"),
        [Palette.Neon] = Words("Neon Ultraviolet Electric Magenta Arcade Plasma"),
        [Palette.Verdigris] = Words("Verdigris Jade Malachite Celadon Viridian Patina"),
        [Palette.Royal] = Words("Royal Lapis Cerulean Sapphire Regal Cornflower"),
    };

    /// <summary>A title of two or three words, such as "Hushed Indigo Valley": the same genome has the same title, others seldom do.</summary>
    public static string Of(Genome genome)
    {
        ArgumentNullException.ThrowIfNull(genome);
        var random = new SplitMix64(genome.Seed ^ Stream);

        // Near the middle of a scale either word fits: draw one, the nearer the likelier.
        var bright = genome.Mood.Valence + ((random.NextUnit() - 0.5) * 0.4) >= 0.5;
        var lively = genome.Mood.Energy + ((random.NextUnit() - 0.5) * 0.4) >= 0.5;
        var adjectives = (bright, lively) switch
        {
            (true, true) => LivelyBright,
            (true, false) => CalmBright,
            (false, true) => LivelyDark,
            (false, false) => CalmDark,
        };
        var adjective = Pick(ref random, adjectives);
        var colour = Pick(ref random, Colours[genome.Palette]);
        var noun = Pick(ref random, NounsOf(genome));
        return random.NextIndex(4) switch
        {
            0 => $"{adjective} {noun}",
            _ when colour == noun || colour == adjective => $"{adjective} {noun}",
            1 => $"{colour} {noun}",
            _ => $"{adjective} {colour} {noun}",
        };
    }

    private static string[] NounsOf(Genome genome) => genome switch
    {
        FamilyGenome family => Nouns[family.Family],
        BredGenome bred => StructureNouns.Of(bred.Structure),
        _ => throw new NotSupportedException($"No nouns for {genome}."),
    };

    private static string[] Words(string text) => text.Split(' ');

    private static string Pick(ref SplitMix64 random, string[] words) => words[random.NextIndex(words.Length)];
}

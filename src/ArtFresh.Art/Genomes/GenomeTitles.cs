namespace ArtFresh.Art;

/// <summary>Titles for pictures that nobody has named: a quality that fits the mood, and a thing that fits the family.</summary>
public static class GenomeTitles
{
    // Four corners of the plane of moods; a genome draws from the corner that it lies in, and now and then from next door.
    private static readonly string[][] Qualities =
    [
        ["Hushed", "Wintering", "Unlit", "Sunken", "Ashen", "Solitary", "Slow", "Moonless", "Faded", "Patient", "Cold", "Distant", "Buried", "Silent", "Drowsing", "Grey", "Leaden", "Forgotten", "Still", "Veiled"],
        ["Tender", "Honeyed", "Drifting", "Open", "Gentle", "Luminous", "Warm", "Early", "Unhurried", "Clear", "Golden", "Weightless", "Soft", "Blushing", "Mild", "Sheltered", "Waking", "Quiet", "Amber", "Blossoming"],
        ["Restless", "Torn", "Electric", "Feral", "Thunderous", "Iron", "Burning", "Broken", "Midnight", "Urgent", "Jagged", "Haunted", "Molten", "Stormbound", "Fevered", "Black", "Breakneck", "Savage", "Smoking", "Wild"],
        ["Dancing", "Radiant", "Leaping", "Dazzling", "Carnival", "Laughing", "Bright", "Whirling", "Sunstruck", "Brimming", "Singing", "Blazing", "Jubilant", "Glittering", "Headlong", "Electric", "Ringing", "Festive", "Soaring", "Vivid"],
    ];

    private static readonly Dictionary<GenomeFamily, string[]> Things = new()
    {
        [GenomeFamily.Ripple] = ["Rain on the Lake", "Tidewater", "Echo", "Pond", "Undertow", "Skipping Stone", "Harbour", "Drizzle", "Ripples", "Still Water"],
        [GenomeFamily.Rosette] = ["Dahlia", "Rosette", "Mandala", "Chrysanthemum", "Lotus", "Anemone", "Corolla", "Garland", "Peony", "Rose Window"],
        [GenomeFamily.Ridge] = ["Foothills", "Far Range", "Valley", "Horizon", "Pass", "Highlands", "Lowlands", "Dunes", "Morning Hills", "Watershed"],
        [GenomeFamily.Marble] = ["Vein", "Marble", "Ink", "Delta", "Riverbed", "Agate", "Confluence", "Quarry", "Meander", "Letter"],
        [GenomeFamily.Glass] = ["Window", "Chapel", "Mosaic", "Pane", "Lantern", "Nave", "Kaleidoscope", "Clerestory", "Greenhouse", "Facets"],
        [GenomeFamily.Aurora] = ["Aurora", "Northern Sky", "Curtain", "Solstice", "Polar Night", "Vigil", "Afterglow", "Skyfire", "Borealis", "Far North"],
        [GenomeFamily.Orbit] = ["Orbit", "Eclipse", "Transit", "Moons", "Conjunction", "Perigee", "Satellite", "Syzygy", "Planetarium", "Carousel"],
        [GenomeFamily.Silk] = ["Silk", "Curtain Call", "Drapery", "Fold", "Sail", "Robe", "Canopy", "Velvet", "Banner", "Wake"],
        [GenomeFamily.Prism] = ["Prism", "Crossing", "Spectrum", "Refraction", "Beam", "Skylight", "Splinter", "Blade", "Angle", "Searchlight"],
        [GenomeFamily.Weave] = ["Loom", "Weave", "Basket", "Tapestry", "Lattice", "Braid", "Warp and Weft", "Plaid", "Trellis", "Mesh"],
        [GenomeFamily.Nebula] = ["Nebula", "Nursery of Stars", "Stardust", "Deep Field", "Cloudbank", "Milky Way", "Ember Cloud", "Far Light", "Firmament", "Drift"],
        [GenomeFamily.Terrace] = ["Terraces", "Contour", "Canyon", "Atlas", "Paper Hills", "Strata", "Archipelago", "Basin", "Mesa", "Shoreline"],
    };

    private static readonly string[] Times =
        ["at Dusk", "at Dawn", "in May", "in November", "after Rain", "before Sleep", "in Blue", "by Candlelight", "at Noon", "in Passing", "Remembered", "Revisited"];

    /// <summary>The title of a genome: the same for the same genome, two to five words.</summary>
    public static string Of(Genome genome)
    {
        ArgumentNullException.ThrowIfNull(genome);
        // Apart from the stream that the picture is drawn from, so that looks and title are not tied.
        var random = new SplitMix64(genome.Seed ^ 0x7469746C65);
        var corner = (genome.Mood.Valence >= 0.5 ? 1 : 0) + (genome.Mood.Energy >= 0.5 ? 2 : 0);
        if (random.NextIndex(6) == 0)
        {
            corner ^= 1 << random.NextIndex(2);
        }

        var quality = Pick(ref random, Qualities[corner]);
        var thing = Pick(ref random, Things[genome.Family]);
        return random.NextIndex(4) == 0 ? $"{thing} {Pick(ref random, Times)}" : $"{quality} {thing}";
    }

    private static string Pick(ref SplitMix64 random, string[] words) => words[random.NextIndex(words.Length)];
}

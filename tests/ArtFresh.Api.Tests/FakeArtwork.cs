using ArtFresh.Contracts;

namespace ArtFresh.Api.Tests;

/// <summary>An artwork by its id: the first was never seen, one is imported with a credit, one is withdrawn, and those past the known ones do not exist.</summary>
public sealed class FakeArtwork(FakeCluster cluster, long artworkId) : IArtworkGrain
{
    public static DateTimeOffset CreatedAt { get; } = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    /// <summary>The artwork with a credit.</summary>
    public const long ImportedId = 21;

    public List<int> WidthsDrawn { get; } = [];

    public static Artwork Make(long id, Mood mood) => new(id, "neural", $"genome-{id}", null, mood, CreatedAt, $"Title {id}", null);

    public async Task<ArtworkViews?> Describe()
    {
        await cluster.EnterAsync();
        return artworkId switch
        {
            > FakeCluster.KnownArtworksMax => null,
            1 => new ArtworkViews(Make(1, Mood.Neutral), null, 0, null),
            WithdrawnId => new ArtworkViews(Make(artworkId, Mood.Neutral), null, 0, null, ArtworkState.Withdrawn),
            ImportedId => new ArtworkViews(
                new Artwork(
                    ImportedId, Artwork.Imported, null, "hash", Mood.Neutral, CreatedAt, "Title 21", "Ada Painter",
                    new ArtworkCredit("CC BY 4.0", "https://pictures.test/1", "Boats", "digitalArt", "original")),
                null, 0, null),
            _ => new ArtworkViews(Make(artworkId, Mood.Neutral), CreatedAt.AddHours(1), 3, CreatedAt.AddHours(2)),
        };
    }

    /// <summary>The artwork that is withdrawn.</summary>
    public const long WithdrawnId = 22;

    /// <summary>The artwork whose picture has to wait because its network has too many waiting.</summary>
    public const long CrowdedId = 23;

    /// <summary>The artwork whose picture has to wait because everybody has too many waiting.</summary>
    public const long SaturatedId = 24;

    /// <summary>The artwork whose picture takes half of what a network may leave unread.</summary>
    public const long LargeId = 25;

    public async Task<Picture?> DrawPicture(int width)
    {
        await cluster.EnterAsync();
        if (artworkId > FakeCluster.KnownArtworksMax)
        {
            return null;
        }
        if (artworkId == WithdrawnId)
        {
            return new Picture([], "", Outcome: PictureOutcome.Withdrawn);
        }
        if (artworkId is CrowdedId or SaturatedId)
        {
            return new Picture([], "", TimeSpan.FromSeconds(7), Outcome: artworkId == CrowdedId ? PictureOutcome.Crowded : PictureOutcome.Saturated);
        }
        WidthsDrawn.Add(width);
        if (artworkId == LargeId)
        {
            return new Picture(new byte[16 * 1024 * 1024], "image/png");
        }
        return new Picture([1, 2, 3, (byte)artworkId], "image/webp", Content: Picture.ContentOf(Make(artworkId, Mood.Neutral)));
    }
}

using System.Globalization;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Grains.Artworks;
using ArtFresh.Ledger;

namespace ArtFresh.Grains.MoodPool;

/// <summary>Generates art by an images API, and stores the pictures by their content hash.</summary>
public sealed class ImagesArtist(ImagesApiClient api, PictureStore pictures, WithdrawnArtworks withdrawn, IHeldPictures held, LookAlikeFinder looks) : ISlowArtist
{
    /// <inheritdoc/>
    public bool IsAvailable => api.IsAvailable;

    /// <inheritdoc/>
    public bool IsExpectedWithin(TimeSpan time) => api.IsExpectedWithin(time);

    /// <inheritdoc/>
    public async Task<NewArtwork> PaintAsync(int pool, Mood mood, CancellationToken cancellationToken)
    {
        var image = await api.GenerateAsync(mood, musicHint: null, cancellationToken);
        if (withdrawn.FindLookAlike(image.Print) is { } twin)
        {
            throw new ArtGenerationException(ArtGenerationFault.Refused, $"The picture looks like artwork {twin}, which is withdrawn.");
        }

        if (await RefusedPictures.FindAsync(held, image.ContentHash, image.Print, cancellationToken) is { } refused)
        {
            throw new ArtGenerationException(ArtGenerationFault.Refused, $"The picture is, or looks like, held picture {refused}, which an operator has refused.");
        }

        var original = image.Original is { } received ? await pictures.SaveOriginalAsync(received, cancellationToken) : null;
        var hash = await pictures.SaveAsync(image.Picture, cancellationToken);
        var seed = ulong.Parse(image.ContentHash.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var title = GenomeGenerator.TitleOf(GenomeGenerator.Draw(mood, seed));
        return new NewArtwork(pool, mood, image.Model, null, hash, image.ContentHash, unchecked((long)image.Print.Hash), title, null, image.Prompt,
            original is null ? null : new ArtworkCredit(OriginalHash: original), await looks.FindAsync(image.Print, cancellationToken));
    }
}

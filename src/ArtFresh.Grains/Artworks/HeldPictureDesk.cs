using System.Globalization;
using ArtFresh.Art;
using ArtFresh.Contracts;
using ArtFresh.Ledger;
using Orleans.Concurrency;

namespace ArtFresh.Grains.Artworks;

/// <summary>Shows operators the pictures that wait, and does what they decide: for a server, or for a command beside it.</summary>
/// <param name="readPicture">Reads a stored picture by its hash; null if it does not exist.</param>
public sealed class HeldPictureDesk(
    IHeldPictures held, ILedger ledger, LookAlikeFinder looks, Func<string, CancellationToken, Task<byte[]?>> readPicture, TimeProvider clock)
{
    private const int PicturesPerEntry = 32;

    /// <summary>Approves or refuses a picture. An approved one is an artwork when this returns.</summary>
    /// <returns>False if there is no such picture, or that was decided before.</returns>
    public async Task<bool> DecideAsync(long heldId, bool isApproved, string actor, string reason, CancellationToken cancellationToken)
    {
        // Also what a fault left behind after an approval.
        var isDecided = await held.FindAsync(heldId, cancellationToken) is { } picture
            && await held.DecideAsync(
                heldId, isApproved,
                new OperatorAct(
                    clock.GetUtcNow(), actor, isApproved ? "approve" : "refuse", null,
                    string.Create(CultureInfo.InvariantCulture, $"held picture {heldId}, {picture.Artwork.Title} ({picture.Artwork.ContentHash}): {reason}")),
                cancellationToken);
        await EnterApprovedAsync(cancellationToken);
        return isDecided;
    }

    /// <summary>Enters what is approved as artworks. Entering it twice changes nothing, because content is known by its hash.</summary>
    private async Task EnterApprovedAsync(CancellationToken cancellationToken)
    {
        while (await held.ReadAsync(HeldState.Approved, 0, PicturesPerEntry, cancellationToken) is { Count: > 0 } approved)
        {
            foreach (var picture in approved)
            {
                // Each by itself, because they may look like one another.
                var bytes = await readPicture(picture.Artwork.PictureHash!, cancellationToken);
                var artwork = picture.Artwork with { LookAlikes = await looks.FindAsync(bytes is null ? null : PicturePrint.Of(bytes), cancellationToken) };
                await ledger.EnterAsync([new ArtworksMade([artwork], clock.GetUtcNow())], cancellationToken);
            }

            await held.EndAsync([.. approved.Select(picture => picture.HeldId)], cancellationToken);
        }
    }
}

/// <summary>What operators have refused is taken in no more, nor what looks like it.</summary>
public static class RefusedPictures
{
    /// <summary>The refused picture with this content, or whose look-alike has this print; null if there is none.</summary>
    public static async Task<long?> FindAsync(IHeldPictures held, string contentHash, PicturePrint print, CancellationToken cancellationToken) =>
        await held.FindContentAsync(contentHash, cancellationToken) is { State: HeldState.Refused } same
            ? same.HeldId
            : LookAlikes.Of((await held.ReadRefusedAsync(cancellationToken)).Select(picture => (picture.HeldId, (long?)picture.PerceptualHash))).Find(print);
}

/// <inheritdoc cref="IHeldPicturesGrain"/>
[GrainType("held-pictures"), StatelessWorker, Reentrant]
public sealed class HeldPicturesGrain(IHeldPictures held, ILedger ledger, LookAlikeFinder looks, PictureStore pictures, TimeProvider clock) : Grain, IHeldPicturesGrain
{
    /// <inheritdoc/>
    public async Task<HeldPage> Read(long afterHeldId, int count)
    {
        CallLimits.CheckHeldPage(afterHeldId, count);
        var read = await held.ReadAsync(HeldState.Waiting, afterHeldId, count, CancellationToken.None);
        return new HeldPage([.. read.Select(Describe)], await held.CountWaitingAsync(CancellationToken.None));
    }

    /// <inheritdoc/>
    public async Task<Picture?> DrawPicture(long heldId, int width)
    {
        CallLimits.CheckPictureWidth(width);
        return await held.FindAsync(heldId, CancellationToken.None) is { Artwork.PictureHash: { } hash }
            && await pictures.ReadScaledAsync(hash, width, Task.Run, CancellationToken.None) is { } bytes
                ? new Picture(bytes, PictureSignature.MediaTypeOf(PictureSignature.FormatOf(bytes)))
                : null;
    }

    /// <inheritdoc/>
    public Task<bool> Decide(long heldId, bool isApproved, string actor, string reason)
    {
        CallLimits.CheckReason(reason);
        return new HeldPictureDesk(held, ledger, looks, pictures.ReadAsync, clock).DecideAsync(heldId, isApproved, actor, reason, CancellationToken.None);
    }

    private static HeldPicture Describe(HeldArtwork picture)
    {
        var artwork = picture.Artwork;
        var isImported = artwork.Generator == Artwork.Imported;
        return new HeldPicture(
            picture.HeldId, artwork.Generator, artwork.Mood, picture.HeldAt, artwork.Title, artwork.Author,
            isImported ? artwork.Credit! with { Source = artwork.Source } : artwork.Credit, isImported ? null : artwork.Source);
    }
}

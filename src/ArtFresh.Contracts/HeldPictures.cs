using System.Collections.Immutable;

namespace ArtFresh.Contracts;

/// <summary>A picture that waits until an operator has looked at it, or was refused.</summary>
/// <param name="HeldId">Its number in the queue; it is no artwork's id.</param>
/// <param name="Generator">As an artwork's.</param>
/// <param name="Credit">As an artwork's.</param>
/// <param name="Prompt">What the images API was asked for; null for an imported picture.</param>
[GenerateSerializer, Immutable, Alias("held-picture")]
public sealed record HeldPicture(
    [property: Id(0)] long HeldId,
    [property: Id(1)] string Generator,
    [property: Id(2)] Mood Mood,
    [property: Id(3)] DateTimeOffset HeldAt,
    [property: Id(4)] string Title,
    [property: Id(5)] string? Author,
    [property: Id(6)] ArtworkCredit? Credit,
    [property: Id(7)] string? Prompt);

/// <summary>A page of the queue.</summary>
/// <param name="Pictures">In the order in which they came.</param>
/// <param name="Waiting">How many wait in all.</param>
[GenerateSerializer, Immutable, Alias("held-page")]
public sealed record HeldPage([property: Id(0)] ImmutableArray<HeldPicture> Pictures, [property: Id(1)] long Waiting);

/// <summary>The queue of pictures that wait for an operator. The key is 0.</summary>
[GrainInterfaceType("held-pictures"), Alias("held-pictures-grain")]
public interface IHeldPicturesGrain : IGrainWithIntegerKey
{
    /// <summary>Waiting pictures after an id.</summary>
    /// <param name="count">1 to <see cref="Limits.HeldPicturesMax"/>.</param>
    [Alias("read")] Task<HeldPage> Read(long afterHeldId, int count);

    /// <summary>A picture, waiting or refused, at most <paramref name="width"/> pixels across; null if there is none.</summary>
    [Alias("draw-picture")] Task<Picture?> DrawPicture(long heldId, int width);

    /// <summary>Enters a picture as an artwork, or refuses it, and writes it to the audit. What was refused may be approved later.</summary>
    /// <returns>False if there is no such picture, or that was decided before.</returns>
    [Alias("decide")] Task<bool> Decide(long heldId, bool isApproved, string actor, string reason);
}

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace ArtFresh.Contracts;

/// <summary>What a client needs to show one piece of art.</summary>
/// <param name="ArtworkId">Dense id minted by the ledger, from 1.</param>
/// <param name="Generator">Who made it: <c>neural</c>, <c>import</c> or the model of an images API.</param>
/// <param name="Genome">Text of the genome when the art is drawn from one, else null.</param>
/// <param name="PictureHash">Lower-case hex SHA-256 of the stored picture when there is one, else null.</param>
/// <param name="Mood">The mood that it suits.</param>
/// <param name="CreatedAt">When the ledger minted its id.</param>
/// <param name="Title">A short title.</param>
/// <param name="Author">Its author, if known.</param>
/// <param name="Credit">Where it comes from and on what terms, as far as its import recorded it; null if it recorded nothing.</param>
[GenerateSerializer, Immutable, Alias("artwork")]
public sealed record Artwork(
    [property: Id(0)] long ArtworkId,
    [property: Id(1)] string Generator,
    [property: Id(2)] string? Genome,
    [property: Id(3)] string? PictureHash,
    [property: Id(4)] Mood Mood,
    [property: Id(5)] DateTimeOffset CreatedAt,
    [property: Id(6)] string Title,
    [property: Id(7)] string? Author,
    [property: Id(8)] ArtworkCredit? Credit = null)
{
    /// <summary>The generator of imported artworks.</summary>
    public const string Imported = "import";

    /// <summary>How it was made, as a code of IPTC's vocabulary; null if that is not known.</summary>
    public string? DigitalSourceType =>
        Genome is not null ? DigitalSourceTypes.Algorithmic
        : Credit?.DigitalSourceType ?? (Generator == Imported ? null : DigitalSourceTypes.TrainedAlgorithmic);
}

/// <summary>Where an artwork comes from and on what terms. A missing part is null.</summary>
/// <param name="Licence">A name or an address.</param>
/// <param name="Source">An address or another text that says where it was found.</param>
/// <param name="Collection">The collection that it was imported with.</param>
/// <param name="DigitalSourceType">A code of <see cref="DigitalSourceTypes"/> that the file or the catalogue states.</param>
/// <param name="OriginalHash">SHA-256 of the file that an images API sent, which is stored as it came because it has Content Credentials (C2PA).</param>
[GenerateSerializer, Immutable, Alias("artwork-credit")]
public sealed record ArtworkCredit(
    [property: Id(0)] string? Licence = null,
    [property: Id(1)] string? Source = null,
    [property: Id(2)] string? Collection = null,
    [property: Id(3)] string? DigitalSourceType = null,
    [property: Id(4)] string? OriginalHash = null);

/// <summary>Codes of IPTC's Digital Source Type (cv.iptc.org/newscodes/digitalsourcetype), by which pictures say how they were made.</summary>
public static class DigitalSourceTypes
{
    /// <summary>Made by an algorithm that was not trained on pictures: neural genomes.</summary>
    public const string Algorithmic = "algorithmicMedia";

    /// <summary>Made by a model that was trained on pictures: an images API.</summary>
    public const string TrainedAlgorithmic = "trainedAlgorithmicMedia";

    /// <summary>What stands before a code in XMP.</summary>
    public const string Vocabulary = "http://cv.iptc.org/newscodes/digitalsourcetype/";

    private const int CodeLengthMax = 64;

    /// <summary>The code of a value, which may be the code itself or the vocabulary's address of it; null if it is neither.</summary>
    public static string? CodeOf(string? value)
    {
        var code = value?.Trim() ?? "";
        code = code[(code.LastIndexOf('/') + 1)..];
        return code.Length is > 0 and <= CodeLengthMax && code.All(char.IsAsciiLetter) ? code : null;
    }
}

/// <summary>Whether an artwork is served.</summary>
[GenerateSerializer]
public enum ArtworkState
{
    /// <summary>It is served.</summary>
    Live,

    /// <summary>It is taken down: served, shown and drawn no more.</summary>
    Withdrawn,
}

/// <summary>An artwork and who has seen it.</summary>
/// <param name="ViewedAt">Time of its first committed impression by anyone; null until then.</param>
/// <param name="ViewCount">Committed impressions that are added up so far: all but those of the last minute, or of the last hour with a million artworks.</param>
/// <param name="LastViewedAt">Time of the last impression that is added up.</param>
/// <param name="State">Whether it is served.</param>
[GenerateSerializer, Immutable, Alias("artwork-views")]
public sealed record ArtworkViews(
    [property: Id(0)] Artwork Artwork,
    [property: Id(1)] DateTimeOffset? ViewedAt,
    [property: Id(2)] long ViewCount,
    [property: Id(3)] DateTimeOffset? LastViewedAt,
    [property: Id(4)] ArtworkState State = ArtworkState.Live);

/// <summary>What came of a request for a picture.</summary>
[GenerateSerializer]
public enum PictureOutcome
{
    /// <summary>The picture, or the time to wait for it.</summary>
    Drawn,

    /// <summary>The artwork is withdrawn; there are no bytes.</summary>
    Withdrawn,

    /// <summary>The caller's network has as many pictures waiting as can be drawn in time; there are no bytes but a time to wait.</summary>
    Crowded,

    /// <summary>Other networks together have as many waiting; there are no bytes but a time to wait.</summary>
    Saturated,
}

/// <summary>One picture file.</summary>
/// <param name="MediaType">For example <c>image/webp</c>.</param>
/// <param name="RetryAfter">Not null if the picture was not drawn, because the network's quota of pixels is spent or too many wait: there are no bytes, and this is the time to wait.</param>
/// <param name="Content">Tells what is drawn: see <see cref="ContentOf"/>. Null from a silo of the release before.</param>
/// <param name="Outcome">Whether there are bytes.</param>
[GenerateSerializer, Immutable, Alias("picture")]
public sealed record Picture(
    [property: Id(0)] byte[] Bytes,
    [property: Id(1)] string MediaType,
    [property: Id(2)] TimeSpan? RetryAfter = null,
    [property: Id(3)] string? Content = null,
    [property: Id(4)] PictureOutcome Outcome = PictureOutcome.Drawn)
{
    /// <summary>A hash of the genome or file that an artwork is drawn from. Pictures with the same one and the same width are the same.</summary>
    public static string ContentOf(Artwork artwork) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(artwork.Genome ?? artwork.PictureHash ?? "")).AsSpan(0, 12));
}

/// <summary>
/// Whether the caller knows outcomes without bytes. In the <c>RequestContext</c>, as <see cref="CallerNetwork"/>; a caller of the release before sets nothing, and would
/// take such a picture for an empty one.
/// </summary>
public static class KnownOutcomes
{
    /// <summary>Key in the <c>RequestContext</c>. The value is true.</summary>
    public const string Key = "artfresh-picture-outcomes";
}

/// <summary>The caller's network, for the quotas of drawing. In Orleans' <c>RequestContext</c> rather than an argument, so that grains of the previous release can be called.</summary>
public static class CallerNetwork
{
    /// <summary>Key in the <c>RequestContext</c>. The value is a <see cref="ulong"/>: the network's hash under the day's key, or 0 while it is unknown.</summary>
    public const string Key = "artfresh-network";
}

/// <summary>The listener for whom a pool is asked, whose share pays for pictures of the images API. In the <c>RequestContext</c>, as <see cref="CallerNetwork"/>.</summary>
public static class CallerListener
{
    /// <summary>Key in the <c>RequestContext</c>. The value is the listener's id.</summary>
    public const string Key = "artfresh-listener";
}

/// <summary>One artwork: when it was first viewed, how often, and its picture. The key is the artwork's id.</summary>
[GrainInterfaceType("artwork"), Alias("artwork-grain")]
public interface IArtworkGrain : IGrainWithIntegerKey
{
    /// <summary>The artwork and its views, or null when there is no such artwork.</summary>
    [Alias("describe")] Task<ArtworkViews?> Describe();

    /// <summary>The picture, <paramref name="width"/> pixels across, or null when there is no such artwork.</summary>
    [Alias("draw-picture")] Task<Picture?> DrawPicture(int width);
}

/// <summary>Consecutive artworks of a pool in order of creation.</summary>
/// <param name="NextPosition">The position after the last artwork, where the next stretch begins.</param>
[GenerateSerializer, Immutable, Alias("pool-stretch")]
public sealed record PoolStretch(
    [property: Id(0)] ImmutableArray<Artwork> Artworks,
    [property: Id(1)] int NextPosition);

/// <summary>Artworks at positions of a pool.</summary>
/// <param name="Artworks">Those that may be served, in the order of the request.</param>
/// <param name="Count">Positions in the pool.</param>
[GenerateSerializer, Immutable, Alias("pool-positions")]
public sealed record PoolPositions(
    [property: Id(0)] ImmutableArray<Artwork> Artworks,
    [property: Id(1)] int Count);

/// <summary>The artworks of one cell of the mood grid, in order of creation; has more made before it runs dry. The key is the cell.</summary>
[GrainInterfaceType("mood-pool"), Alias("mood-pool")]
public interface IMoodPoolGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Up to <paramref name="count"/> artworks from <paramref name="position"/> on; fewer at the pool's end. A call near the end starts making more artworks, without waiting
    /// for them.
    /// </summary>
    [Alias("read-stretch")] Task<PoolStretch> ReadStretch(int position, int count);

    /// <summary>
    /// As <see cref="ReadStretch"/>, but first makes artworks until at least one lies at <paramref name="position"/>; empty if that takes too long.
    /// </summary>
    [Alias("make-stretch")] Task<PoolStretch> MakeStretch(int position, int count, Mood mood);

    /// <summary>The artworks at positions; passes over those beyond the pool's end.</summary>
    /// <param name="positions">None asks how many there are.</param>
    /// <param name="left">How many positions the listener has left after these: with few the pool starts making more, without waiting for them.</param>
    [Alias("read-positions")] Task<PoolPositions> ReadPositions(ImmutableArray<int> positions, int left);

    /// <summary>The position of the pool's first artwork with a higher id.</summary>
    [Alias("position-after")] Task<int> PositionAfter(long artworkId);
}

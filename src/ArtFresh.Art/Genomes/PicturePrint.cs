using System.Numerics;
using NetVips;

namespace ArtFresh.Art;

/// <summary>What a picture is compared by with others whose perceptual hash alone is kept.</summary>
/// <param name="Hash">The perceptual hash.</param>
/// <param name="Clear">
/// The bits of the hash that stand out from noise. A mirrored drawing has only a quarter of them: the others are decided by rounding, differ in each copy, and say nothing.
/// </param>
public readonly record struct PicturePrint(ulong Hash, ulong Clear)
{
    private const int Side = 64;

    /// <summary>With fewer clear bits, such as of a stripe, pictures that have nothing in common would be look-alikes.</summary>
    private const int ClearMin = 16;

    /// <summary>The print of a picture file; null if it is damaged.</summary>
    public static PicturePrint? Of(byte[] picture)
    {
        try
        {
            using var pixels = PictureDecoder.DecodeOpaque(picture, sideMin: 1);
            return Of(pixels);
        }
        catch (PictureRejectedException)
        {
            return null;
        }
    }

    /// <summary>Whether a picture with this perceptual hash is a look-alike: of 64 clear bits as many may differ as <see cref="PerceptualHash.LookAlikeDistanceMax"/>, and of fewer less.</summary>
    public bool IsLookAlike(ulong hash) => DistanceMax is { } most && BitOperations.PopCount((Hash ^ hash) & Clear) <= most;

    /// <summary>In how many of its clear bits a look-alike may differ; null if the picture has too few to be compared.</summary>
    internal int? DistanceMax => BitOperations.PopCount(Clear) is var clear && clear >= ClearMin ? PerceptualHash.LookAlikeDistanceMax * clear / 64 : null;

    /// <summary>The print of an 8-bit sRGB image without transparency.</summary>
    internal static PicturePrint Of(Image pixels)
    {
        using var small = pixels.ThumbnailImage(Side, height: Side, size: Enums.Size.Force);
        using var rgba = small.Bandjoin(255);
        return new PicturePrint(PerceptualHash.Of(rgba.WriteToMemory<byte>(), Side, Side, out var clear), clear);
    }
}

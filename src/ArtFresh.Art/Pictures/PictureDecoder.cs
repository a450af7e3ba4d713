using NetVips;

namespace ArtFresh.Art;

/// <summary>Decodes an untrusted PNG, JPEG or WebP into sRGB pixels; checks its header before decoding its body.</summary>
internal static class PictureDecoder
{
    /// <summary>Maximum number of pixels that a picture's header may declare (64 MP); a decoded pixel takes four bytes.</summary>
    public const long PixelsMax = 64L * 1024 * 1024;

    /// <summary>Maximum side of a stored picture, in pixels.</summary>
    public const int SideMax = 1024;

    /// <summary>Decodes <paramref name="bytes"/>, upright (EXIF orientation) and scaled down to <see cref="SideMax"/>, never up.</summary>
    /// <returns>An image in memory: 8 bits, sRGB, three bands, or four if it has transparency. The caller disposes of it.</returns>
    /// <exception cref="PictureRejectedException">It is not PNG, JPEG or WebP, has too many pixels, has a side that is too short, or is damaged.</exception>
    public static Image Decode(byte[] bytes, int sideMin)
    {
        VipsSandbox.Enter();
        if (PictureSignature.FormatOf(bytes) is PictureFormat.Unknown or PictureFormat.Svg)
        {
            throw new PictureRejectedException("It is not a PNG, JPEG or WebP picture.");
        }

        try
        {
            using (var header = Image.NewFromBuffer(bytes, access: Enums.Access.Sequential))
            {
                CheckSize(header.Width, header.Height, sideMin);
            }

            // Passed to the loader, because libvips' thumbnailer does not pass its own fail_on to a loader from memory.
            using var scaled = Image.ThumbnailBuffer(bytes, SideMax, optionString: "[fail_on=error]", height: SideMax, size: Enums.Size.Down, outputProfile: "srgb");
            using var colour = scaled.Colourspace(Enums.Interpretation.Srgb);
            using var eightBits = colour.Format == Enums.BandFormat.Uchar ? colour.Copy() : colour.Cast(Enums.BandFormat.Uchar);
            return eightBits.CopyMemory();
        }
        catch (VipsException broken)
        {
            throw new PictureRejectedException($"The picture is damaged: {FirstLine(broken)}", broken);
        }
    }

    /// <summary>Like <see cref="Decode"/>, with transparency flattened onto a background that suits the picture.</summary>
    public static Image DecodeOpaque(byte[] bytes, int sideMin)
    {
        var picture = Decode(bytes, sideMin);
        if (!picture.HasAlpha())
        {
            return picture;
        }

        using (picture)
        {
            using var flat = picture.Flatten(background: Ground.Of(picture));
            return flat.CopyMemory();
        }
    }

    /// <summary>Whether all pixels have one colour, within the tolerance of lossy compression.</summary>
    public static bool IsBlank(Image picture)
    {
        const double NoiseMax = 0.75;
        return Enumerable.Range(0, picture.Bands).All(band =>
        {
            using var one = picture.ExtractBand(band);
            return one.Deviate() < NoiseMax;
        });
    }

    /// <summary>The last line of libvips' message, limited in length.</summary>
    public static string FirstLine(VipsException fault)
    {
        var lines = fault.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var said = lines.Length > 1 ? lines[1] : lines.FirstOrDefault() ?? "no reason given";
        return said.Length > 200 ? said[..200] : said;
    }

    private static void CheckSize(int width, int height, int sideMin)
    {
        if ((long)width * height > PixelsMax)
        {
            throw new PictureRejectedException($"The picture declares {width} x {height} pixels; the limit is {PixelsMax} pixels.");
        }

        if (width < sideMin || height < sideMin)
        {
            throw new PictureRejectedException($"The picture has {width} x {height} pixels; each side must have at least {sideMin}.");
        }
    }
}

using NetVips;

namespace ArtFresh.Art;

/// <summary>
/// Draws an SVG to pixels with librsvg, which runs no scripts and, given bytes without an address, loads no external resources. Crops empty margins and
/// centres the drawing on a plain background; a drawing that fills its page stays as it is.
/// </summary>
internal static class SvgRasteriser
{
    private const int ProbeSide = 256;

    // Limits the page on which a tiny drawing is enlarged: 64 MB of pixels.
    private const int PageSideMax = 4096;

    /// <summary>Of the page on which a drawing without one is looked for, in its units: many times a usual page, and a small drawing still shows on a pixel.</summary>
    private const double WidestSide = 16_384;
    private const int PageRounds = 3;
    private const double MarginShare = 0.07;
    private const double ShapeMax = 2;
    private const byte AlphaVisible = 8;

    // A page whose size is not a whole number of pixels has a half-covered line at its edge.
    private const double FullPageCovered = 0.985;

    /// <summary>Draws <paramref name="svg"/>. <see cref="SvgDocument"/> must have checked it.</summary>
    /// <returns>An image in memory: 8 bits, sRGB, no transparency, the longest side at most <see cref="PictureDecoder.SideMax"/>. The caller disposes of it.</returns>
    /// <exception cref="PictureRejectedException">librsvg cannot draw it, or it is empty.</exception>
    public static Image Draw(byte[] svg)
    {
        VipsSandbox.Enter();
        try
        {
            svg = SvgText.WithEffectsInside(svg);
            svg = SvgText.HasNoPage(svg) ? WithPage(svg) : svg;
            var pageSide = PageSide(svg);
            using var probe = Load(svg, ProbeSide / pageSide);
            var (left, top, right, bottom, covered) = Visible(probe);
            if (covered >= FullPageCovered)
            {
                return FullPage(svg, pageSide);
            }

            var side = Math.Max(right - left, bottom - top);
            var contentSide = PictureDecoder.SideMax * (1 - (2 * MarginShare));
            var pageScaled = Math.Min(PageSideMax, contentSide / side * ProbeSide);

            // Evaluated lazily, so that librsvg draws only the tiles that the crop needs.
            using var page = Image.SvgloadBuffer(svg, scale: pageScaled / pageSide);
            var zoom = pageScaled / ProbeSide;
            using var content = Crop(page, left * zoom, top * zoom, right * zoom, bottom * zoom);
            var tight = Visible(content);
            using var trimmed = Crop(content, tight.Left, tight.Top, tight.Right, tight.Bottom);
            return OnGround(trimmed, Ground.Of(trimmed));
        }
        catch (VipsException broken)
        {
            throw new PictureRejectedException($"librsvg cannot draw it: {PictureDecoder.FirstLine(broken)}", broken);
        }
    }

    /// <summary>The drawing on a page that holds all of it: found on one that holds nearly every drawing, and then on smaller ones.</summary>
    private static byte[] WithPage(byte[] svg)
    {
        var (x, y, side) = (-WidestSide / 2, -WidestSide / 2, WidestSide);
        for (var round = 0; round < PageRounds; round++)
        {
            var page = SvgText.WithPage(svg, x, y, side);
            using var probe = Load(page, PictureDecoder.SideMax / side);
            var (left, top, right, bottom, _) = Visible(probe);
            var unit = side / PictureDecoder.SideMax;
            (x, y, side) = (x + (left * unit), y + (top * unit), Math.Max(right - left, bottom - top) * unit);
        }

        return SvgText.WithPage(svg, x, y, side);
    }

    private static double PageSide(byte[] svg)
    {
        using var page = Image.SvgloadBuffer(svg, access: Enums.Access.Sequential);
        return Math.Max(page.Width, page.Height);
    }

    private static Image Load(byte[] svg, double scale)
    {
        using var lazy = Image.SvgloadBuffer(svg, scale: scale);
        return lazy.CopyMemory();
    }

    private static Image FullPage(byte[] svg, double pageSide)
    {
        using var page = Load(svg, PictureDecoder.SideMax / pageSide);
        using var flat = page.Flatten(background: Ground.Of(page));

        // librsvg rounds the size of a page up.
        using var bounded = flat.ExtractArea(0, 0, Math.Min(flat.Width, PictureDecoder.SideMax), Math.Min(flat.Height, PictureDecoder.SideMax));
        return bounded.CopyMemory();
    }

    /// <summary>The bounding box of the visible part plus one pixel on each side, and the opaque share of the page.</summary>
    private static (int Left, int Top, int Right, int Bottom, double Covered) Visible(Image image)
    {
        // Read once, because Image.Width calls libvips each time.
        var (width, height) = (image.Width, image.Height);
        var pixels = image.WriteToMemory<byte>();
        var (left, top, right, bottom, opaque) = (width, height, -1, -1, 0);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var alpha = pixels[(((y * width) + x) * 4) + 3];
                opaque += alpha > 250 ? 1 : 0;
                if (alpha >= AlphaVisible)
                {
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
                }
            }
        }

        if (right < 0)
        {
            throw new PictureRejectedException("The drawing is empty.");
        }

        return (Math.Max(0, left - 1), Math.Max(0, top - 1), Math.Min(width, right + 2), Math.Min(height, bottom + 2), (double)opaque / pixels.Length * 4);
    }

    private static Image Crop(Image page, double left, double top, double right, double bottom)
    {
        var x = Math.Clamp((int)left, 0, page.Width - 1);
        var y = Math.Clamp((int)top, 0, page.Height - 1);
        var width = Math.Clamp((int)Math.Ceiling(right) - x, 1, page.Width - x);
        var height = Math.Clamp((int)Math.Ceiling(bottom) - y, 1, page.Height - y);
        using var content = page.ExtractArea(x, y, width, height);
        return content.CopyMemory();
    }

    private static Image OnGround(Image content, double[] ground)
    {
        var side = Math.Max(content.Width, content.Height);
        var margin = (int)Math.Min(side * MarginShare / (1 - (2 * MarginShare)), (PictureDecoder.SideMax - side) / 2.0);
        var width = content.Width + (2 * margin);
        var height = content.Height + (2 * margin);
        width = Math.Max(width, (int)(height / ShapeMax));
        height = Math.Max(height, (int)(width / ShapeMax));
        using var flat = content.Flatten(background: ground);
        using var canvas = flat.Embed((width - content.Width) / 2, (height - content.Height) / 2, width, height, extend: Enums.Extend.Background, background: ground);
        return canvas.CopyMemory();
    }
}

using System.Text.RegularExpressions;
using System.Xml;
using NetVips;

namespace ArtFresh.Art;

/// <summary>
/// The credit in a raster picture's own metadata: XMP, then EXIF, then PNG text (W3C PNG, section 11.3.3: keywords Title, Author and Copyright; Source is the device).
/// </summary>
internal static partial class RasterMetadata
{
    private const int ExifLengthMax = 2048;
    private const int XmpBytesMax = 1024 * 1024;

    /// <summary>Reads the metadata of a PNG, JPEG or WebP; a damaged or missing part is null.</summary>
    public static DescriptiveMetadata Read(byte[] bytes)
    {
        VipsSandbox.Enter();
        try
        {
            using var header = Image.NewFromBuffer(bytes, access: Enums.Access.Sequential);
            var fields = header.GetFields();
            return Xmp(header, fields)
                .Or(new DescriptiveMetadata(Exif(header, fields, "exif-ifd0-ImageDescription"), Exif(header, fields, "exif-ifd0-Artist"), DescriptiveMetadata.LicenceIn(Exif(header, fields, "exif-ifd0-Copyright"))))
                .Or(new DescriptiveMetadata(PngText(header, fields, "Title"), PngText(header, fields, "Author"), DescriptiveMetadata.LicenceIn(PngText(header, fields, "License") ?? PngText(header, fields, "Copyright")), PngText(header, fields, "URL")));
        }
        catch (VipsException)
        {
            return DescriptiveMetadata.None;
        }
    }

    private static DescriptiveMetadata Xmp(Image header, string[] fields)
    {
        if (!fields.Contains("xmp-data") || header.Get("xmp-data") is not byte[] { Length: > 0 and <= XmpBytesMax } packet)
        {
            return DescriptiveMetadata.None;
        }

        var gatherer = new RdfGatherer();
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(packet), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (xml.Read())
            {
                gatherer.Take(xml);
            }
        }
        catch (XmlException)
        {
            // A packet may be truncated or padded with zeros: keep the parts before that.
        }

        return gatherer.Gathered;
    }

    // libvips gives an EXIF text as "text (text, ASCII, 5 components, 5 bytes)".
    private static string? Exif(Image header, string[] fields, string field)
    {
        if (!fields.Contains(field) || header.Get(field) is not string text)
        {
            return null;
        }

        var bounded = text[..Math.Min(text.Length, ExifLengthMax)];
        return DescriptiveMetadata.Tidy(ExifText().Match(bounded) is { Success: true } match ? match.Groups[1].Value : bounded);
    }

    [GeneratedRegex(@"^(.*) \(\1, [A-Za-z]+, \d+ components, \d+ bytes\)\z", RegexOptions.Singleline)]
    private static partial Regex ExifText();

    // libvips names a PNG text chunk "png-comment-3-Title".
    private static string? PngText(Image header, string[] fields, string keyword)
    {
        var field = fields.FirstOrDefault(field => field.StartsWith("png-comment-", StringComparison.Ordinal) && field.EndsWith("-" + keyword, StringComparison.OrdinalIgnoreCase));
        return field is null ? null : DescriptiveMetadata.Tidy(header.Get(field) as string);
    }
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace ArtFresh.Art;

/// <summary>Brings an SVG's text into a form that librsvg draws: in UTF-8, with a page, and with nothing on the root that it draws wrongly.</summary>
internal static partial class SvgText
{
    private const int DeclarationBytes = 256;

    /// <summary>librsvg applies those of the root in pixels, whatever size the drawing is scaled to.</summary>
    private static readonly string[] Effects = ["clip-path", "mask", "filter"];

    static SvgText() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The document in UTF-8, where it declares an older encoding such as windows-1251 or ISO 8859-2; the same bytes otherwise.</summary>
    /// <exception cref="PictureRejectedException">The declared encoding does not exist.</exception>
    public static byte[] InUtf8(byte[] svg)
    {
        var declared = Declaration().Match(Encoding.Latin1.GetString(svg, 0, Math.Min(svg.Length, DeclarationBytes)));
        if (!declared.Success || declared.Groups[1].Value is not { } name || name.StartsWith("utf-", StringComparison.OrdinalIgnoreCase))
        {
            return svg;
        }

        try
        {
            var text = Encoding.GetEncoding(name).GetString(svg);
            var place = declared.Groups[1];
            return Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, place.Index), "utf-8", text.AsSpan(place.Index + place.Length)));
        }
        catch (ArgumentException)
        {
            throw new PictureRejectedException($"The drawing declares an encoding that does not exist: {name}.");
        }
    }

    /// <summary>
    /// Whether the drawing has no page of its own: no <c>viewBox</c>, and not both of <c>width</c> and <c>height</c>. librsvg then begins the page at 0,0, and cuts off what lies
    /// left and above.
    /// </summary>
    public static bool HasNoPage(byte[] svg)
    {
        using var xml = XmlReader.Create(new MemoryStream(svg), SvgDocument.Reading);
        return xml.MoveToContent() == XmlNodeType.Element
            && xml.GetAttribute("viewBox") is null && !(IsLength(xml.GetAttribute("width")) && IsLength(xml.GetAttribute("height")));
    }

    /// <summary>The drawing with a square page.</summary>
    /// <param name="left">The page's left edge, in the drawing's units.</param>
    /// <param name="top">The page's top edge.</param>
    /// <param name="side">The page's side.</param>
    public static byte[] WithPage(byte[] svg, double left, double top, double side)
    {
        var document = Load(svg);
        var root = document.Root!;
        root.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"{left} {top} {side} {side}"));
        root.SetAttributeValue("width", string.Create(CultureInfo.InvariantCulture, $"{side}"));
        root.SetAttributeValue("height", string.Create(CultureInfo.InvariantCulture, $"{side}"));
        root.SetAttributeValue("x", null);
        root.SetAttributeValue("y", null);
        return Save(document);
    }

    /// <summary>The drawing with its root's clip, mask and filter on a group around all that it shows; the same bytes if the root has none.</summary>
    public static byte[] WithEffectsInside(byte[] svg)
    {
        using (var xml = XmlReader.Create(new MemoryStream(svg), SvgDocument.Reading))
        {
            if (xml.MoveToContent() != XmlNodeType.Element
                || !Array.Exists(Effects, effect => xml.GetAttribute(effect) is not null || xml.GetAttribute("style")?.Contains(effect, StringComparison.OrdinalIgnoreCase) == true))
            {
                return svg;
            }
        }

        var document = Load(svg);
        var root = document.Root!;
        var group = new XElement(root.Name.Namespace + "g", root.Nodes());
        foreach (var effect in Effects.Where(effect => root.Attribute(effect) is not null))
        {
            group.SetAttributeValue(effect, root.Attribute(effect)!.Value);
            root.SetAttributeValue(effect, null);
        }

        var styles = (root.Attribute("style")?.Value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).ToLookup(IsEffect);
        group.SetAttributeValue("style", styles[true].Any() ? string.Join(';', styles[true]) : null);
        root.SetAttributeValue("style", styles[false].Any() ? string.Join(';', styles[false]) : null);
        root.ReplaceNodes(group);
        return Save(document);

        static bool IsEffect(string declaration) => Effects.Contains(declaration.Split(':')[0].Trim(), StringComparer.OrdinalIgnoreCase);
    }

    private static XDocument Load(byte[] svg)
    {
        using var xml = XmlReader.Create(new MemoryStream(svg), SvgDocument.Reading);
        var document = XDocument.Load(xml, LoadOptions.PreserveWhitespace);
        document.DocumentType?.Remove();
        return document;
    }

    private static byte[] Save(XDocument document)
    {
        using var bytes = new MemoryStream();
        document.Save(bytes, SaveOptions.DisableFormatting);
        return bytes.ToArray();
    }

    private static bool IsLength(string? text) => text is not null && !text.Contains('%', StringComparison.Ordinal);

    [GeneratedRegex("""^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")]
    private static partial Regex Declaration();
}

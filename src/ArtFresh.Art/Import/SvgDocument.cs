using System.Xml;

namespace ArtFresh.Art;

/// <summary>Checks an SVG's text (root element, size, nesting) before it is drawn, and reads its metadata.</summary>
internal static class SvgDocument
{
    /// <summary>Maximum size of an SVG in bytes.</summary>
    public const int BytesMax = 8 * 1024 * 1024;

    private const int ElementsMax = 200_000;
    private const int DepthMax = 256;
    private const string SvgNamespace = "http://www.w3.org/2000/svg";

    // Real drawings declare entities for namespace addresses, about a hundred characters each; an entity bomb needs millions.
    private const int CharactersFromEntitiesMax = 64 * 1024;

    /// <summary>Entities are expanded within a limit, and nothing outside is loaded.</summary>
    public static XmlReaderSettings Reading { get; } = new()
    {
        DtdProcessing = DtdProcessing.Parse,
        XmlResolver = null,
        MaxCharactersFromEntities = CharactersFromEntitiesMax,
        MaxCharactersInDocument = BytesMax,
    };

    /// <summary>
    /// Checks the document and gathers its metadata: Dublin Core first, then the root's own <c>title</c>. Loads no external resources. A drawing with text that no installed font
    /// has is refused, because it would be drawn as boxes.
    /// </summary>
    /// <exception cref="PictureRejectedException">Not well-formed, not SVG, over a limit, or with text that cannot be drawn.</exception>
    public static DescriptiveMetadata Inspect(byte[] bytes)
    {
        if (bytes.Length > BytesMax)
        {
            throw new PictureRejectedException($"The drawing has {bytes.Length} bytes; the limit is {BytesMax}.");
        }

        try
        {
            using var xml = XmlReader.Create(new MemoryStream(bytes), Reading);
            return Inspect(xml);
        }
        catch (XmlException broken)
        {
            throw new PictureRejectedException($"The drawing is not well-formed XML: {Shorten(broken.Message)}", broken);
        }
    }

    private static DescriptiveMetadata Inspect(XmlReader xml)
    {
        var rdf = new RdfGatherer();
        var drawn = new DrawnText();
        string? ownTitle = null;
        var elements = 0;
        var inOwnTitle = false;
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element)
            {
                CheckElement(xml, ++elements);
                inOwnTitle = xml is { Depth: 1, LocalName: "title", NamespaceURI: SvgNamespace or "" } && ownTitle is null;
            }
            else if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && inOwnTitle)
            {
                ownTitle = DescriptiveMetadata.Tidy(xml.Value);
                inOwnTitle = false;
            }

            rdf.Take(xml);
            drawn.Take(xml);
        }

        drawn.RefuseUnknown();
        return rdf.Gathered.Or(new DescriptiveMetadata(ownTitle, null, null));
    }

    private static void CheckElement(XmlReader xml, int elements)
    {
        if (elements == 1 && xml is not { LocalName: "svg", NamespaceURI: SvgNamespace or "" })
        {
            throw new PictureRejectedException($"The document is not SVG: its root is <{Shorten(xml.Name)}>.");
        }

        if (elements > ElementsMax)
        {
            throw new PictureRejectedException($"The drawing has more than {ElementsMax} elements.");
        }

        if (xml.Depth > DepthMax)
        {
            throw new PictureRejectedException($"The drawing nests deeper than {DepthMax} elements.");
        }
    }

    private static string Shorten(string text) => text.Length > 160 ? text[..160] : text;
}

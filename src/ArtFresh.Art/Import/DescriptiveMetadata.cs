using System.Text;
using System.Xml;

namespace ArtFresh.Art;

/// <summary>Metadata of a file; a missing part is null.</summary>
internal sealed record DescriptiveMetadata(string? Title, string? Author, string? Licence)
{
    private const int LengthMax = 200;

    public static DescriptiveMetadata None { get; } = new(null, null, null);

    /// <summary>Cleans a text for display: one line, no control characters, at most 200 characters; null if nothing is left.</summary>
    public static string? Tidy(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var tidy = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (tidy.Length >= LengthMax)
            {
                break;
            }

            if (Rune.IsWhiteSpace(rune))
            {
                if (tidy.Length > 0 && tidy[^1] != ' ')
                {
                    tidy.Append(' ');
                }
            }
            else if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.Format)
            {
                tidy.Append(rune.ToString());
            }
        }

        var line = tidy.ToString().Trim();
        return line.Length == 0 ? null : line;
    }

    /// <summary>Fills missing parts from another file's metadata.</summary>
    public DescriptiveMetadata Or(DescriptiveMetadata other) => new(Title ?? other.Title, Author ?? other.Author, Licence ?? other.Licence);
}

/// <summary>
/// Gathers Dublin Core (elements 1.1) and Creative Commons terms from RDF/XML, as SVG files carry it in <c>metadata</c> (cc:Work) and XMP packets
/// (ISO 16684-1) in rdf:Description. Takes one XML node after the other; the first text that is not empty wins.
/// </summary>
internal sealed class DublinCoreGatherer
{
    private const string DublinCore = "http://purl.org/dc/elements/1.";
    private readonly Stack<(string Name, bool IsDublinCore)> _path = new();
    private string? _title;
    private string? _author;
    private string? _licence;

    public DescriptiveMetadata Gathered => new(_title, _author, _licence);

    /// <summary>Processes the current node of <paramref name="xml"/>.</summary>
    public void Take(XmlReader xml)
    {
        switch (xml.NodeType)
        {
            case XmlNodeType.Element:
                TakeLicence(xml);
                if (!xml.IsEmptyElement)
                {
                    _path.Push((xml.LocalName, xml.NamespaceURI.StartsWith(DublinCore, StringComparison.Ordinal)));
                }

                break;
            case XmlNodeType.EndElement:
                _path.Pop();
                break;
            case XmlNodeType.Text or XmlNodeType.CDATA:
                TakeText(xml.Value);
                break;
        }
    }

    private void TakeLicence(XmlReader xml)
    {
        if (_licence is null && xml.LocalName == "license" && xml.NamespaceURI.Contains("/cc/", StringComparison.Ordinal) | xml.NamespaceURI.Contains("creativecommons.org", StringComparison.Ordinal))
        {
            _licence = DescriptiveMetadata.Tidy(xml.GetAttribute("resource", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"));
        }
    }

    private void TakeText(string text)
    {
        // The outermost Dublin Core element decides: the dc:title inside a dc:creator or dc:publisher is a person's name.
        string? term = null;
        foreach (var (name, isDublinCore) in _path)
        {
            term = isDublinCore ? name : term;
        }

        if (term == "title")
        {
            _title ??= DescriptiveMetadata.Tidy(text);
        }
        else if (term == "creator")
        {
            _author ??= DescriptiveMetadata.Tidy(text);
        }
    }
}

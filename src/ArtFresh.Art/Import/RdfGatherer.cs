using System.Xml;

namespace ArtFresh.Art;

/// <summary>
/// Gathers a picture's credit from RDF/XML, as SVG files carry it in <c>metadata</c> (cc:Work) and XMP packets (ISO 16684-1) in rdf:Description: Dublin Core (elements 1.1),
/// Creative Commons, XMP Rights, Photoshop and IPTC Extension, each property as an element or an attribute. Takes one XML node after the other; the first value that is not
/// empty wins.
/// </summary>
internal sealed class RdfGatherer
{
    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private const string DublinCore = "http://purl.org/dc/elements/1.";
    private const string XmpRights = "http://ns.adobe.com/xap/1.0/rights/";
    private const string Photoshop = "http://ns.adobe.com/photoshop/1.0/";
    private const string IptcExtension = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";

    private readonly Stack<(string Name, Property Property)> _path = new();
    private readonly Dictionary<Property, string> _found = [];

    private enum Property
    {
        None,
        Other,
        Title,
        Author,
        Source,
        Licence,
        LicencePage,
        UsageTerms,
        Rights,
        DigitalSourceType,
    }

    public DescriptiveMetadata Gathered => new(
        Found(Property.Title),
        Found(Property.Author),
        Found(Property.Licence) ?? Found(Property.LicencePage) ?? Found(Property.UsageTerms) ?? DescriptiveMetadata.LicenceIn(Found(Property.Rights)),
        Found(Property.Source),
        Found(Property.DigitalSourceType));

    /// <summary>Processes the current node of <paramref name="xml"/>.</summary>
    public void Take(XmlReader xml)
    {
        switch (xml.NodeType)
        {
            case XmlNodeType.Element:
                TakeElement(xml);
                break;
            case XmlNodeType.EndElement:
                _path.Pop();
                break;
            case XmlNodeType.Text or XmlNodeType.CDATA:
                TakeText(xml.Value);
                break;
        }
    }

    private static Property PropertyOf(string space, string name) => (space, name) switch
    {
        _ when space.StartsWith(DublinCore, StringComparison.Ordinal) => name switch
        {
            "title" => Property.Title,
            "creator" => Property.Author,
            "source" => Property.Source,
            "rights" => Property.Rights,
            _ => Property.Other,
        },
        (_, "license") when space.Contains("/cc/", StringComparison.Ordinal) || space.Contains("creativecommons.org", StringComparison.Ordinal) => Property.Licence,
        (XmpRights, "WebStatement") => Property.LicencePage,
        (XmpRights, "UsageTerms") => Property.UsageTerms,
        (Photoshop, "Source") => Property.Source,
        (IptcExtension, "DigitalSourceType") => Property.DigitalSourceType,
        _ => Property.None,
    };

    private string? Found(Property property) => _found.GetValueOrDefault(property);

    private void Note(Property property, string? value)
    {
        if (property is not (Property.None or Property.Other) && DescriptiveMetadata.Tidy(value) is { } text)
        {
            _found.TryAdd(property, text);
        }
    }

    private void TakeElement(XmlReader xml)
    {
        var property = PropertyOf(xml.NamespaceURI, xml.LocalName);
        Note(property, xml.GetAttribute("resource", Rdf));
        var (name, isEmpty) = (xml.LocalName, xml.IsEmptyElement);
        if (name == "Description" && xml.NamespaceURI == Rdf && xml.MoveToFirstAttribute())
        {
            do
            {
                Note(PropertyOf(xml.NamespaceURI, xml.LocalName), xml.Value);
            }
            while (xml.MoveToNextAttribute());
            xml.MoveToElement();
        }

        if (!isEmpty)
        {
            _path.Push((name, property));
        }
    }

    private void TakeText(string text)
    {
        // The outermost property decides: the dc:title inside a dc:creator or dc:publisher is a person's name.
        var outermost = Property.None;
        var isAgent = false;
        foreach (var (name, property) in _path)
        {
            outermost = property == Property.None ? outermost : property;
            isAgent |= name == "Agent";
        }

        // Drawings name the holder of the rights in dc:rights.
        if (!(outermost == Property.Rights && isAgent))
        {
            Note(outermost, text);
        }
    }
}

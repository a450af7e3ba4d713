using System.Text;
using System.Xml;
using ArtFresh.Contracts;

namespace ArtFresh.Art;

/// <summary>An artwork's credit as an XMP packet: Dublin Core, XMP Rights, and IPTC's Digital Source Type, by which generated pictures say that they are.</summary>
internal static class CreditPacket
{
    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private const string DublinCore = "http://purl.org/dc/elements/1.1/";
    private const string Xmp = "http://ns.adobe.com/xap/1.0/";
    private const string XmpRights = "http://ns.adobe.com/xap/1.0/rights/";
    private const string IptcExtension = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";

    private static readonly XmlWriterSettings Settings = new() { OmitXmlDeclaration = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };

    public static byte[] Of(Artwork artwork)
    {
        using var packet = new MemoryStream();
        packet.Write("<?xpacket begin='\uFEFF' id='W5M0MpCehiHzreSzNTczkc9d'?>"u8);
        using (var xml = XmlWriter.Create(packet, Settings))
        {
            xml.WriteStartElement("x", "xmpmeta", "adobe:ns:meta/");
            xml.WriteStartElement("rdf", "RDF", Rdf);
            xml.WriteStartElement("rdf", "Description", Rdf);
            xml.WriteAttributeString("rdf", "about", Rdf, "");
            Write(xml, artwork);
        }

        packet.Write("<?xpacket end='r'?>"u8);
        return packet.ToArray();
    }

    private static void Write(XmlWriter xml, Artwork artwork)
    {
        if (artwork.DigitalSourceType is { } type)
        {
            xml.WriteElementString("Iptc4xmpExt", "DigitalSourceType", IptcExtension, DigitalSourceTypes.Vocabulary + type);
        }

        if (artwork.Generator != Artwork.Imported)
        {
            xml.WriteElementString("xmp", "CreatorTool", Xmp, artwork.DigitalSourceType == DigitalSourceTypes.Algorithmic ? "ArtFresh" : $"ArtFresh, {Clean(artwork.Generator)}");
        }

        if (artwork.DigitalSourceType == DigitalSourceTypes.TrainedAlgorithmic)
        {
            xml.WriteElementString("Iptc4xmpExt", "AISystemUsed", IptcExtension, Clean(artwork.Generator));
        }

        WriteList(xml, "title", "Alt", artwork.Title);
        WriteList(xml, "creator", "Seq", artwork.Author);
        WriteLicence(xml, artwork.Credit?.Licence);
        if (artwork.Credit?.Source is { } source)
        {
            xml.WriteElementString("dc", "source", DublinCore, Clean(source));
        }
    }

    private static void WriteLicence(XmlWriter xml, string? licence)
    {
        if (licence is not null && Uri.TryCreate(licence, UriKind.Absolute, out var page) && page.Scheme is "http" or "https")
        {
            xml.WriteElementString("xmpRights", "WebStatement", XmpRights, Clean(licence));
        }
        else
        {
            WriteList(xml, "rights", "Alt", licence);
        }
    }

    private static void WriteList(XmlWriter xml, string name, string kind, string? text)
    {
        if (text is null)
        {
            return;
        }

        xml.WriteStartElement("dc", name, DublinCore);
        xml.WriteStartElement("rdf", kind, Rdf);
        xml.WriteStartElement("rdf", "li", Rdf);
        if (kind == "Alt")
        {
            xml.WriteAttributeString("xml", "lang", null, "x-default");
        }

        xml.WriteString(Clean(text));
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>Without characters that XML cannot hold.</summary>
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Where(rune => rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value)));
}

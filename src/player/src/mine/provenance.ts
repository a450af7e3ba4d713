import type { Artwork } from "artfresh";
import { titleOfArtwork } from "../screen/words.js";
import { linkOf } from "./share.js";

/** How a picture came to be, by IPTC's vocabulary (cv.iptc.org/newscodes/digitalsourcetype); undefined for what an operator imported. */
function sourceTypeOf({ generator }: Artwork): string | undefined {
  if (generator === "import") return undefined;
  // Genomes are formulas without training; whatever else generates is the model of an images API.
  const type = generator === "neural" ? "algorithmicMedia" : "trainedAlgorithmicMedia";
  return `http://cv.iptc.org/newscodes/digitalsourcetype/${type}`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** What is known of an artwork, by the keywords of PNG texts: title, author, when and by what it was made, where it comes from, and all of it as XMP. */
export function provenanceOf(artwork: Artwork): Record<string, string> {
  const { author, createdAt, generator, genome } = artwork;
  const title = titleOfArtwork(artwork);
  const source = linkOf(artwork);
  const type = sourceTypeOf(artwork);
  const words = [
    `Generator: ${generator}`,
    genome ? `Genome: ${genome}` : "",
    artwork.id < 0 ? "" : `No. ${artwork.id}`,
  ];
  const texts: Record<string, string | undefined> = {
    Title: title,
    Author: author,
    Description: words.filter(Boolean).join("; "),
    "Creation Time": createdAt,
    Software: "ArtFresh",
    Source: source,
    "XML:com.adobe.xmp": xmpOf({
      "dc:title": `<rdf:Alt><rdf:li xml:lang="x-default">${escaped(title)}</rdf:li></rdf:Alt>`,
      "dc:creator": author && `<rdf:Seq><rdf:li>${escaped(author)}</rdf:li></rdf:Seq>`,
      "dc:source": source && escaped(source),
      "xmp:CreateDate": createdAt && escaped(createdAt),
      "xmp:CreatorTool": escaped(`ArtFresh (${generator})`),
      "Iptc4xmpExt:DigitalSourceType": type,
    }),
  };
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => !!entry[1]));
}

/** An XMP packet (ISO 16684-1) of these properties, whose values are XML. */
function xmpOf(properties: Readonly<Record<string, string | undefined>>): string {
  const elements = Object.entries(properties).map(([name, value]) =>
    value ? `<${name}>${value}</${name}>` : "",
  );
  return [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"',
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">',
    ...elements,
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>',
  ].join("");
}

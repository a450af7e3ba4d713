import type { Artwork } from "artfresh";
import { titleOfArtwork } from "../screen/words.js";
import { linkOf } from "./share.js";

/** How a picture came to be, by IPTC's vocabulary (cv.iptc.org/newscodes/digitalsourcetype), as the server says; undefined where nobody knows. */
function sourceTypeOf({ generator, digitalSourceType }: Artwork): string | undefined {
  // The server says nothing of art that this page made: genomes are formulas without training.
  const type = digitalSourceType ?? (generator === "neural" ? "algorithmicMedia" : undefined);
  return type && `http://cv.iptc.org/newscodes/digitalsourcetype/${type}`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const alternative = (text: string): string =>
  `<rdf:Alt><rdf:li xml:lang="x-default">${escaped(text)}</rdf:li></rdf:Alt>`;

/** What is known of an artwork, by the keywords of PNG texts: title, author, licence, when and by what it was made, where it comes from, and all of it as XMP. */
export function provenanceOf(artwork: Artwork): Record<string, string> {
  const { author, createdAt, generator, genome, licence } = artwork;
  const title = titleOfArtwork(artwork);
  const address = linkOf(artwork);
  const source = artwork.source ?? address;
  const isPage = !!licence && /^https?:/.test(licence);
  const type = sourceTypeOf(artwork);
  const words = [
    `Generator: ${generator}`,
    genome ? `Genome: ${genome}` : "",
    artwork.id < 0 ? "" : `No. ${artwork.id}`,
  ];
  const texts: Record<string, string | undefined> = {
    Title: title,
    Author: author,
    Copyright: licence,
    Description: words.filter(Boolean).join("; "),
    "Creation Time": createdAt,
    Software: "ArtFresh",
    Source: address,
    "XML:com.adobe.xmp": xmpOf({
      "dc:title": alternative(title),
      "dc:creator": author && `<rdf:Seq><rdf:li>${escaped(author)}</rdf:li></rdf:Seq>`,
      "dc:source": source && escaped(source),
      "dc:rights": licence && !isPage ? alternative(licence) : undefined,
      "xmpRights:WebStatement": isPage ? escaped(licence) : undefined,
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
    ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"',
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">',
    ...elements,
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>',
  ].join("");
}

import type { Artwork } from "artfresh";
import { beforeEach, expect, it, vi } from "vitest";
import { withTexts } from "../src/mine/png.js";
import { provenanceOf } from "../src/mine/provenance.js";
import { fileNameOf } from "../src/mine/savePicture.js";

beforeEach(() => {
  vi.stubGlobal("location", { origin: "https://art.example" });
});

const artwork: Artwork = {
  id: 7,
  imageUrl: "/art/7.png",
  genome: "1-agate-00ff-dusk-500-250",
  mood: { valence: 0.5, energy: 0.25 },
  createdAt: "2026-01-02T03:04:05Z",
  generator: "neural",
  title: "Ember & <Drift>",
};

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

it("texts stand after the header of the picture, in UTF-8, with the sums that readers check", async () => {
  // One grey pixel, and the chunks as another program makes them.
  const header = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55";
  const rest = "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082";
  const title = "00000011695458745469746c65000000000053c3bcc39f6573614ba534";
  const author = "0000000c69545874417574686f720000000000412d368b87";
  const file = await withTexts(new Blob([bytesOf(header + rest)]), { Title: "Süßes", Author: "A" });
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytesOf(header + title + author + rest));
  expect(file.type).toBe("image/png");
});

it("a picture says what made it, when, and where it comes from", () => {
  const { "XML:com.adobe.xmp": xmp, ...texts } = provenanceOf(artwork);
  expect(texts).toEqual({
    Title: "Ember & <Drift>",
    Description: "Generator: neural; Genome: 1-agate-00ff-dusk-500-250; No. 7",
    "Creation Time": "2026-01-02T03:04:05Z",
    Software: "ArtFresh",
    Source: "https://art.example/artwork/7",
  });
  expect(xmp).toContain("Ember &#38; &#60;Drift&#62;");
  expect(xmp).toContain("<dc:source>https://art.example/artwork/7</dc:source>");
  expect(xmp).toContain("digitalsourcetype/algorithmicMedia</Iptc4xmpExt:DigitalSourceType>");
  expect(xmp).not.toContain("dc:creator");
});

it("a model's picture is said to be trained, and an imported one nothing that nobody knows", () => {
  const model = provenanceOf({
    ...artwork,
    generator: "some-model-2",
    genome: null,
    digitalSourceType: "trainedAlgorithmicMedia",
  })["XML:com.adobe.xmp"];
  expect(model).toContain("digitalsourcetype/trainedAlgorithmicMedia<");
  const imported = provenanceOf({ ...artwork, generator: "import", genome: null, author: "A. Painter" });
  expect(imported.Author).toBe("A. Painter");
  expect(imported["XML:com.adobe.xmp"]).toContain("<rdf:li>A. Painter</rdf:li>");
  expect(imported["XML:com.adobe.xmp"]).not.toContain("DigitalSourceType>");
});

it("an imported picture takes its licence, source and kind along", () => {
  const imported = { ...artwork, generator: "import", genome: null, source: "https://museum.example/7" };
  const page = provenanceOf({
    ...imported,
    licence: "https://creativecommons.org/licenses/by/4.0/",
    digitalSourceType: "digitalArt",
  });
  expect([page.Copyright, page.Source]).toEqual([
    "https://creativecommons.org/licenses/by/4.0/",
    "https://art.example/artwork/7",
  ]);
  const xmp = page["XML:com.adobe.xmp"];
  expect(xmp).toContain("<dc:source>https://museum.example/7</dc:source>");
  expect(xmp).toContain(
    "<xmpRights:WebStatement>https://creativecommons.org/licenses/by/4.0/</xmpRights:WebStatement>",
  );
  expect(xmp).toContain("digitalsourcetype/digitalArt<");
  const named = provenanceOf({ ...imported, licence: "CC0 & more" })["XML:com.adobe.xmp"];
  expect(named).toContain(
    '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">CC0 &#38; more</rdf:li></rdf:Alt></dc:rights>',
  );
});

it("art of this page has no address yet", () => {
  expect(provenanceOf({ ...artwork, id: -3 })).not.toHaveProperty("Source");
});

it("a file is named after number and title", () => {
  expect(fileNameOf(artwork)).toBe("artfresh-7-ember-drift.png");
  expect(fileNameOf({ ...artwork, id: -1, title: "Ünder / Över" })).toBe("artfresh-u-nder-o-ver.png");
});

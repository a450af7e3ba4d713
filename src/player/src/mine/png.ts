const SIGNATURE_AND_HEADER_BYTES = 8 + 25;
const POLYNOMIAL = 0xedb88320;

/** By byte, its CRC-32 (PNG specification, third edition, annex D). */
const CRCS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRCS[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** An international text chunk (iTXt), uncompressed and without language. */
function textChunk(keyword: string, text: string): Uint8Array<ArrayBuffer> {
  const data = new TextEncoder().encode(`iTXt${keyword}\0\0\0\0\0${text}`);
  const chunk = new Uint8Array(data.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length - 4);
  chunk.set(data, 4);
  view.setUint32(data.length + 4, crcOf(data));
  return chunk;
}

/** The picture with texts by keyword, after its header: readers then find them without the whole file. */
export async function withTexts(png: Blob, texts: Readonly<Record<string, string>>): Promise<Blob> {
  const bytes = new Uint8Array(await png.arrayBuffer());
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  const [head, rest] = [
    bytes.subarray(0, SIGNATURE_AND_HEADER_BYTES),
    bytes.subarray(SIGNATURE_AND_HEADER_BYTES),
  ];
  return new Blob([head, ...chunks, rest], { type: "image/png" });
}

// What the player's page loads before it is asked for more, minified and gzipped. Exits 1 above a ceiling.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const weigh = (content) => gzipSync(content, { level: 9 }).length;
const { output } = await build({
  configFile: fileURLToPath(new URL("vite.config.ts", import.meta.url)),
  logLevel: "error",
  build: { write: false },
});
const file = (name) => output.find(({ fileName }) => fileName === name);
const entry = output.find(({ isEntry, facadeModuleId }) => isEntry && facadeModuleId.endsWith("/index.html"));

/** The entry, and what it imports without being asked. */
const first = new Set();
const visit = (chunk) => {
  if (first.has(chunk)) return;
  first.add(chunk);
  for (const name of chunk.imports) visit(file(name));
};
visit(entry);
/** Reads songs ahead and hears what plays: loaded with the first sound. */
const listens = (chunk) =>
  !first.has(chunk) &&
  Object.keys(chunk.modules ?? {}).some((id) => /player\/src\/(listening|song)\//.test(id));
/** Breeds genomes of version 2: loaded with the first of them, where there is a graphics processor. A structure's shader is loaded with its first picture. */
const isOf = (part) => (chunk) =>
  Object.keys(chunk.modules ?? {}).some((id) => id.includes(`player/src/art/${part}`));
const [breeds, isStructure] = [isOf("bred.ts"), isOf("bred/structures/")];
const isFirst = (chunk) => first.has(chunk) || chunk.name === "ops";
const styles = new Set([...first].flatMap(({ viteMetadata }) => [...viteMetadata.importedCss]));
const sum = (contents) => contents.reduce((total, content) => total + weigh(content), 0);

const later = output.filter((chunk) => chunk.type === "chunk" && !isFirst(chunk));
const kib = 1024;
const rows = [
  // Of them 0.5 KiB that compile the programs of bred pictures beside the page: each is drawn by a program of its own.
  ["code", sum([...first].map(({ code }) => code)), 37.75 * kib],
  ["styles", sum([...styles].map((name) => file(name).source)), 4.75 * kib],
  ["code loaded with the first sound", sum(later.filter(listens).map(({ code }) => code)), 10.5 * kib],
  // The rooms of songs, of sources and of the listener's own, and of the client the journal, accounts and art without a network.
  [
    "code loaded later",
    sum(
      later
        .filter((chunk) => !listens(chunk) && !breeds(chunk) && !isStructure(chunk))
        .map(({ code }) => code),
    ),
    16.75 * kib,
  ],
  ["code loaded with the first bred picture", sum(later.filter(breeds).map(({ code }) => code)), 11.5 * kib],
  ["the largest structure", Math.max(...later.filter(isStructure).map(({ code }) => weigh(code))), 2 * kib],
];
for (const [what, size, ceiling] of rows) {
  const isOver = size > ceiling;
  if (isOver) process.exitCode = 1;
  console.log(`the player: ${what}: ${size} of ${ceiling} bytes${isOver ? ": TOO LARGE" : ""}`);
}

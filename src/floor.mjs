// Refuses what the oldest browsers lack that the client and the player run in: `browserslist` in package.json.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const { browserslist } = JSON.parse(readFileSync(`${here}package.json`, "utf8"));
const floor = browserslist.map((line) => /^(\w+) >= ([\d.]+)$/.exec(line).slice(1));

/** Younger, and used only where it is there. By file, or for all. */
const guarded = {
  "artfresh-js/src/durable/deadMansSwitch.ts": ["fetchLater"],
  "artfresh-js/src/core/whenActive.ts": ["prerendering"],
  // Safari prefixes them up to 16.3, and the player then asks for these.
  "player/src/screen/fullScreen.ts": [
    "exitFullscreen",
    "fullscreenElement",
    "fullscreenEnabled",
    "requestFullscreen",
  ],
  "player/src/screen/wakeLock.ts": ["wakeLock", "released"],
  "player/src/mine/share.ts": ["share"],
  "player/src/sound/sound.ts": ["outputLatency"],
  // A member of the recipes.
  "player/src/art/genome.ts": ["layout"],
  // Coarser where it is ignored.
  "player/src/mine/savePicture.ts": ["imageSmoothingQuality"],
  "player/src/stage/picture.ts": ["imageSmoothingQuality"],
};

async function check() {
  const [{ parse }, { transformSync }] = await Promise.all([import("acorn"), import("esbuild")]);
  const data = JSON.parse(
    readFileSync(fileURLToPath(import.meta.resolve("@mdn/browser-compat-data")), "utf8"),
  );
  const isYounger = ({ version_added: added, prefix, flags }, version) =>
    !added || added === "preview" || prefix || flags || numberOf(added.replace("≤", "")) > numberOf(version);
  const lacks = ({ support }) =>
    floor.some(([browser, version]) =>
      [support[browser] ?? []].flat().every((one) => isYounger(one, version)),
    );

  /** Whether all that has this name is younger than the floor. */
  const names = new Map();
  const statics = new Map();
  const learn = (owner, parts) => {
    for (const [key, part] of Object.entries(parts)) {
      if (key === "__compat" || !part.__compat) continue;
      const name = key.replace(/_(static|event)$/, "");
      const isLacking = lacks(part.__compat);
      if (key.endsWith("_static") || !data.api[owner]) statics.set(`${owner}.${name}`, isLacking);
      if (!key.endsWith("_event")) names.set(name, (names.get(name) ?? true) && isLacking);
    }
  };
  for (const [name, parts] of Object.entries(data.api)) learn(name, parts);
  for (const [name, parts] of Object.entries(data.javascript.builtins)) {
    learn(name, parts);
    for (const inner of Object.values(parts)) if (inner !== parts.__compat) learn(name, inner);
  }
  const globals = new Map(
    Object.entries({ ...data.api, ...data.javascript.builtins }).flatMap(([name, { __compat }]) =>
      __compat ? [[name, lacks(__compat)]] : [],
    ),
  );

  const files = ["artfresh-js/src", "player/src"].flatMap(sources);
  const texts = new Map(files.map((file) => [file, readFileSync(here + file, "utf8")]));
  // The compiler knows whose `at` is whose, and holds the language's own methods to the floor (`lib`): this is for those of browsers.
  const own = new Set(
    [...texts.values()].flatMap((text) =>
      [...text.matchAll(/(?:^|[{,(]|readonly|async|get|set|#)\s*(\w+)\??\s*[:(<,}=]/gm)].map(
        ([, name]) => name,
      ),
    ),
  );

  const faults = [];
  for (const [file, text] of texts) {
    const { code } = transformSync(text, { loader: file.endsWith("x") ? "tsx" : "ts", target: "esnext" });
    const allowed = guarded[file] ?? [];
    const refuse = (name) => allowed.includes(name.split(".").pop()) || faults.push(`${file}: ${name}`);
    const visit = (node) => {
      if (Array.isArray(node)) return node.forEach(visit);
      if (typeof node?.type !== "string") return;
      if (node.type === "MemberExpression" && !node.computed && node.property.type === "Identifier") {
        const { name } = node.property;
        const whole = `${node.object.name}.${name}`;
        const isLacking =
          node.object.name === "globalThis" ? globals.get(name) : !own.has(name) && names.get(name);
        if (statics.get(whole) || isLacking) refuse(whole);
      }
      if (node.type === "NewExpression" && globals.get(node.callee.name)) refuse(node.callee.name);
      // `addEventListener(…, { signal })` came with Chrome 90, which no name shows.
      if (node.type === "CallExpression" && node.callee.property?.name === "addEventListener")
        for (const { key } of node.arguments[2]?.properties ?? [])
          if (key?.name === "signal") refuse("addEventListener.signal");
      // Of the syntax of ES2022, which is what everything is built for, they lack these; top-level await is used by no module that is imported.
      if (
        node.type === "StaticBlock" ||
        (node.type === "BinaryExpression" && node.left.type === "PrivateIdentifier")
      )
        refuse(node.type);
      Object.values(node).forEach(visit);
    };
    visit(parse(code, { ecmaVersion: "latest", sourceType: "module", allowAwaitOutsideFunction: false }));
  }
  for (const fault of faults) console.log(`${fault} is younger than ${browserslist.join(", ")}`);
  if (faults.length) process.exitCode = 1;
}

const numberOf = (version) => {
  const [major, minor = 0] = version.split(".").map(Number);
  return major + minor / 1000;
};

const sources = (folder) =>
  readdirSync(here + folder, { recursive: true })
    .filter((name) => /(?<!\.d)\.tsx?$/.test(name))
    .map((name) => join(folder, name));

await check();

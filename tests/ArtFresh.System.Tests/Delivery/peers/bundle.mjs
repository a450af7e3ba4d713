// Bundles each SDK with the lines that use it. Usage: node bundle.mjs OUTPUT-FOLDER
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "../../../../src/node_modules/vite/dist/node/index.js";

const here = fileURLToPath(new URL("./sdks/", import.meta.url));
for (const file of readdirSync(here))
  await build({
    configFile: false,
    logLevel: "error",
    root: here,
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      outDir: process.argv[2],
      emptyOutDir: false,
      rolldownOptions: { output: { codeSplitting: false } },
      lib: { entry: `${here}${file}`, formats: ["es"], fileName: () => file },
    },
  });

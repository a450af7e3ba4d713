import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const config: UserConfig = defineConfig({
  root: here("."),
  resolve: {
    alias: [
      { find: /^artfresh$/, replacement: here("../artfresh-js/src/index.ts") },
      { find: /^artfresh\/stock$/, replacement: here("../artfresh-js/src/stock.ts") },
    ],
  },
  build: {
    target: "es2022",
    outDir: here("../ArtFresh.Server/wwwroot"),
    emptyOutDir: true,
    rolldownOptions: { input: [here("index.html"), here("ops.html"), here("privacy.html")] },
    // The page's Content-Security-Policy has no data: sources for scripts, styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

export default config;

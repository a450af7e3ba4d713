import { fileURLToPath } from "node:url";
import { compile } from "svelte/compiler";
import { configDefaults, defineConfig, type ViteUserConfig } from "vitest/config";
import player from "./player/vite.config.ts";

/** Components of Svelte, for the tests of its binding. */
const svelte = {
  name: "svelte",
  transform: (code: string, id: string) =>
    id.endsWith(".svelte") ? compile(code, { filename: id, generate: "client" }).js : null,
};

const config: ViteUserConfig = defineConfig({
  plugins: [svelte],
  // The client's sources rather than its package, which need not be built.
  resolve: player.resolve ?? {},
  test: {
    // By default Node is given the renderer of servers.
    alias: [
      {
        find: /^svelte$/,
        replacement: fileURLToPath(
          import.meta.resolve("svelte/package.json").replace("package.json", "src/index-client.js"),
        ),
      },
    ],
    server: { deps: { inline: ["svelte"] } },
    // Some tests listen to minutes of sound or build a bundle: on a busy machine that takes a while.
    testTimeout: 120_000,
    setupFiles: ["./olderEngine.ts"],
    exclude: [...configDefaults.exclude, "**/.stryker-tmp/**"],
    coverage: {
      include: ["artfresh-js/src/**", "player/src/**"],
      reporter: ["text-summary", "json-summary"],
      reportsDirectory: "../TestResults/coverage/browser",
    },
  },
});

export default config;

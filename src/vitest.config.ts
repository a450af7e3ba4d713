import { configDefaults, defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
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

import { configDefaults, defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  // Some tests listen to minutes of sound or build a bundle: on a busy machine that takes a while.
  test: { testTimeout: 120_000, exclude: [...configDefaults.exclude, "**/.stryker-tmp/**"] },
});

export default config;

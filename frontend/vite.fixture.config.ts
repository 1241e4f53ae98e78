import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The editor's development page, built into a folder of its own: `npm run fixture`. */
export default defineConfig({
  root: fileURLToPath(new URL("dev", import.meta.url)),
  base: "./",
  build: { outDir: "../.vite/fixture", emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false } },
  worker: { format: "es" },
});

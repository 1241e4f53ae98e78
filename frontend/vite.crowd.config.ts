import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The script of task frames, one classic file per language (`--mode en`, `--mode de`), beside the pages' own build:
 * a sandboxed frame has an opaque origin, which may import no modules without CORS and start no worker by address.
 */
export default defineConfig(({ mode }) => ({
  base: "/static/",
  build: {
    outDir: "dist",
    emptyOutDir: false,
    copyPublicDir: false,
    manifest: `.vite/crowd-${mode}.json`,
    target: "es2022",
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { "crowd-html-elements": source(mode === "en" ? "src/crowd/main.ts" : `src/crowd/main.${mode}.ts`) },
      output: { format: "iife", codeSplitting: false, entryFileNames: `assets/[name]-${mode}-[hash].js` },
    },
  },
  resolve: {
    alias: [{ find: /^\.\/make-worker$/, replacement: source("src/crowd/inline-worker.ts") }],
  },
  worker: { format: "iife" },
}));

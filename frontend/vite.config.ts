import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const django = "http://127.0.0.1:8000";

// In development the browser talks to Vite: what is not one of its modules (pages, API, Django's own
// static files) goes to Django. The Host header stays, so that Django's CSRF and Origin checks hold.
const notVite = "^/(?!static/(@|src/|dev/|node_modules/|\\.vite/))";

export default defineConfig({
  base: "/static/",
  build: {
    manifest: true,
    outDir: "dist",
    target: "es2022",
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        portal: source("src/portal/main.ts"),
        editor: source("src/editor/main.ts"),
        admin: source("src/admin/main.ts"),
        // A language other than English: a script of its own, that pages in this language load first.
        "locale-de": source("src/locales/de.ts"),
      },
    },
  },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/ws": { target: django, ws: true },
      [notVite]: { target: django },
    },
  },
  test: { environment: "node", include: ["src/**/*.spec.ts"] },
});

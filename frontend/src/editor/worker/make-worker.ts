/** A worker of the page's own origin. The bundle for task frames has one of its own (crowd/inline-worker.ts). */
export function makePixelWorker(name: string): Worker {
  return new Worker(new URL("./pixel-worker.ts", import.meta.url), { type: "module", name });
}

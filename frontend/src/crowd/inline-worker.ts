/** Stands in for editor/worker/make-worker.ts (vite.crowd.config.ts): an opaque origin may start no worker by address. */
import PixelWorker from "../editor/worker/pixel-worker?worker&inline";

export function makePixelWorker(name: string): Worker {
  return new PixelWorker({ name });
}

import type { IndexedImage } from "../codec/png";
import type { Spans } from "./flood-fill";
import type { PixelCall, PixelReply, PixelRequest } from "./messages";
import type { PixelWork, Raster } from "./pixel-work";
import type { Region } from "./regions";

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Pixel work in a worker of its own; buffers are transferred both ways. */
export class WorkerPixelWork implements PixelWork {
  readonly #worker = new Worker(new URL("./pixel-worker.ts", import.meta.url), { type: "module", name: "pixels" });
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<PixelReply>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.ok) waiting?.resolve(data.result);
      else waiting?.reject(new Error(data.message));
    };
    this.#worker.onerror = (event) => this.#fail(new Error(event.message || "the pixel worker could not start"));
  }

  floodFill(raster: Raster, x: number, y: number): Promise<Spans> {
    return this.#call<Spans>({ kind: "floodFill", raster, x, y }, [raster.data.buffer]);
  }

  unlabeledRegions(raster: Raster): Promise<Region[]> {
    return this.#call<Region[]>({ kind: "unlabeledRegions", raster }, [raster.data.buffer]);
  }

  encode(raster: Raster, palette: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call<Uint8Array<ArrayBuffer>>({ kind: "encode", raster, palette }, [raster.data.buffer]);
  }

  decode(bytes: Uint8Array<ArrayBuffer>): Promise<IndexedImage> {
    return this.#call<IndexedImage>({ kind: "decode", bytes }, [bytes.buffer]);
  }

  dispose(): void {
    this.#worker.terminate();
    this.#fail(new Error("the editor was closed"));
  }

  #call<T>(call: PixelCall, transfer: Transferable[]): Promise<T> {
    const request: PixelRequest = { id: this.#next++, call };
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: resolve as (result: unknown) => void, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

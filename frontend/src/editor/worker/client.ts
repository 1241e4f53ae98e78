import type { IndexedImage } from "../codec/png";
import type { TileChange } from "../document/journal";
import type { LabelMap } from "../document/label-map";
import { makePixelWorker } from "./make-worker";
import { MirrorSource } from "./mirror";
import type { PixelCall, PixelReply, PixelRequest } from "./messages";
import type { PixelWork, Raster } from "./pixel-work";
import type { Disputed } from "./disputed";
import type { Region } from "./regions";
import type { RefineCall } from "./refine";
import type { WandCall } from "./wand";

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One worker and the calls it has not answered. */
class Lane {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  constructor(name: string) {
    this.#worker = makePixelWorker(name);
    this.#worker.onmessage = ({ data }: MessageEvent<PixelReply>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.ok) waiting?.resolve(data.result);
      else waiting?.reject(new Error(data.message));
    };
    this.#worker.onerror = (event) => this.#fail(new Error(event.message || "the pixel worker could not start"));
  }

  call<T>(call: PixelCall, transfer: Transferable[]): Promise<T> {
    const request: PixelRequest = { id: this.#next++, call };
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: resolve as (result: unknown) => void, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  end(): void {
    this.#worker.terminate();
    this.#fail(new Error("the editor was closed"));
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

/**
 * Pixel work in two workers, so that a tool never waits for a draft being packed; buffers are transferred both
 * ways. The second one starts with the first draft.
 */
export class WorkerPixelWork implements PixelWork {
  readonly #tools = new Lane("pixels");
  #packing: Lane | null = null;
  #mirror: MirrorSource | null = null;
  #document = 0;
  /** The image whose copy the worker for tools has. */
  #image: ImageBitmap | null = null;

  fill(raster: Raster, x: number, y: number, value: number): Promise<TileChange[]> {
    return this.#tools.call<TileChange[]>({ kind: "fill", raster, x, y, value }, [raster.data.buffer]);
  }

  rest(raster: Raster, value: number): Promise<TileChange[]> {
    return this.#tools.call<TileChange[]>({ kind: "rest", raster, value }, [raster.data.buffer]);
  }

  refine(raster: Raster, refine: RefineCall): Promise<TileChange[]> {
    return this.#tools.call<TileChange[]>({ kind: "refine", raster, refine }, [raster.data.buffer]);
  }

  nearest(raster: Raster): Promise<TileChange[]> {
    return this.#tools.call<TileChange[]>({ kind: "nearest", raster }, [raster.data.buffer]);
  }

  async wand(raster: Raster, image: ImageBitmap, wand: WandCall): Promise<TileChange[]> {
    const copy = await this.#copyOf(image);
    return this.#tools.call<TileChange[]>({ kind: "wand", raster, image: copy, wand }, copy === null ? [raster.data.buffer] : [raster.data.buffer, copy]);
  }

  unlabeledRegions(raster: Raster): Promise<Region[]> {
    return this.#tools.call<Region[]>({ kind: "unlabeledRegions", raster }, [raster.data.buffer]);
  }

  strayRegions(raster: Raster): Promise<Region[]> {
    return this.#tools.call<Region[]>({ kind: "strayRegions", raster }, [raster.data.buffer]);
  }

  disputed(bytes: Uint8Array<ArrayBuffer>): Promise<Disputed> {
    return this.#tools.call<Disputed>({ kind: "disputed", bytes }, [bytes.buffer]);
  }

  region(raster: Raster, x: number, y: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#tools.call<Uint8Array<ArrayBuffer>>({ kind: "region", raster, x, y }, [raster.data.buffer]);
  }

  encode(map: LabelMap, palette: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    this.#packing ??= new Lane("packing");
    if (this.#mirror?.map !== map) {
      this.#mirror = new MirrorSource(map);
      this.#document++;
    }
    const changed = this.#mirror.take();
    const { width, height } = map;
    return this.#packing.call<Uint8Array<ArrayBuffer>>(
      { kind: "encode", document: this.#document, width, height, changed, palette },
      [changed.pixels.buffer, changed.tiles.buffer],
    );
  }

  decode(bytes: Uint8Array<ArrayBuffer>): Promise<IndexedImage> {
    return this.#tools.call<IndexedImage>({ kind: "decode", bytes }, [bytes.buffer]);
  }

  dispose(): void {
    this.#tools.end();
    this.#packing?.end();
    this.#packing = this.#mirror = this.#image = null;
  }

  /** A copy to give away, null when the worker has had one. */
  async #copyOf(image: ImageBitmap): Promise<ImageBitmap | null> {
    if (this.#image === image) return null;
    const copy = await createImageBitmap(image);
    if (this.#image === image) return null;
    this.#image = image;
    return copy;
  }
}

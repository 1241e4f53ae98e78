import type { AnswerLayer, ReviewSheet, Transport } from "../transport/transport";
import type { PixelWork } from "../worker/pixel-work";

/** A mask that can be looked at and taken from. */
export interface Side {
  readonly id: string;
  /** A, B, C; null: the consolidated result. */
  readonly answer: AnswerLayer | null;
  /** Null where there is no mask: the answer says that the photo cannot be labeled. */
  readonly available: boolean;
}

export const RESULT = "consolidated";
/** Decoded masks stay in memory up to so many pixels in all. */
const KEEP_PIXELS = 300_000_000;

export function sidesOf(sheet: ReviewSheet): Side[] {
  const result: Side[] = sheet.consolidated === null ? [] : [{ id: RESULT, answer: null, available: true }];
  return [...result, ...sheet.answers.map((answer) => ({ id: answer.id, answer, available: answer.kind !== "impossible" }))];
}

/** The rasters of the sides: loaded when first looked at, kept while there is room. */
export class SideStore {
  readonly #rasters = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(
    readonly sheet: ReviewSheet,
    readonly size: { readonly width: number; readonly height: number },
    readonly ports: { readonly transport: Transport; readonly pixels: PixelWork },
    start: Uint8Array<ArrayBuffer> | null,
  ) {
    if (start !== null) this.#rasters.set(RESULT, Promise.resolve(start));
  }

  /** One class index per pixel; rejects when the layer cannot be loaded, and then may be asked again. */
  raster(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#rasters.get(id);
    if (known !== undefined) {
      this.#rasters.delete(id);
      this.#rasters.set(id, known); // the last one used goes last
      return known;
    }
    const loading = this.#load(id);
    this.#rasters.set(id, loading);
    loading.catch(() => this.#rasters.delete(id));
    const pixels = this.size.width * this.size.height;
    for (const old of this.#rasters.keys()) {
      if (this.#rasters.size * pixels <= KEEP_PIXELS) break;
      if (old !== RESULT && old !== id) this.#rasters.delete(old);
    }
    return loading;
  }

  async #load(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const { width, height } = this.size;
    const url = id === RESULT ? this.sheet.consolidated?.url : this.sheet.answers.find((answer) => answer.id === id)?.url;
    if (url === undefined || url === null) return new Uint8Array(width * height); // “nothing to label here”
    const mask = await this.ports.pixels.decode(await this.ports.transport.loadMask(url));
    if (mask.width !== width || mask.height !== height) throw new Error("the layer is not of the photo's size");
    return mask.data;
  }
}

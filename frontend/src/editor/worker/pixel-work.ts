import { decodePng, encodePng, type IndexedImage } from "../codec/png";
import type { TileChange } from "../document/journal";
import type { LabelMap } from "../document/label-map";
import { readDisputed, type Disputed } from "./disputed";
import { regionMask, unlabeledRegions, type Region } from "./regions";
import { nearestChange, refineChange, type RefineCall } from "./refine";
import { strayRegions } from "./stray";
import { wandChange, type WandCall } from "./wand";
import { fillChange, restChange } from "./whole-image";

/** A raster on its way to the worker: the buffer is given away with it. */
export interface Raster {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What takes longer than a frame. Rasters and bytes passed in are used up. */
export interface PixelWork {
  /** The connected region around (x, y) given to `value`, for `LabelMap.adopt`. */
  fill(raster: Raster, x: number, y: number, value: number): Promise<TileChange[]>;
  /** All unlabeled pixels given to `value`, for `LabelMap.adopt`. */
  rest(raster: Raster, value: number): Promise<TileChange[]>;
  /** A region or a class grown, shrunk, without holes or specks, for `LabelMap.adopt`. */
  refine(raster: Raster, call: RefineCall): Promise<TileChange[]>;
  /** All unlabeled pixels given to their nearest class, for `LabelMap.adopt`. */
  nearest(raster: Raster): Promise<TileChange[]>;
  /** The pixels that look like one and are connected with it, for `LabelMap.adopt`. */
  wand(raster: Raster, image: ImageBitmap, call: WandCall): Promise<TileChange[]>;
  unlabeledRegions(raster: Raster): Promise<Region[]>;
  /** Labeled regions that are not the largest of their class, smallest first. */
  strayRegions(raster: Raster): Promise<Region[]>;
  /** A disagreement layer (PNG): its values, smaller copies of them, and its regions. */
  disputed(bytes: Uint8Array<ArrayBuffer>): Promise<Disputed>;
  /** 1 for the pixels of the disputed region around (x, y); `raster` holds disagreement. */
  region(raster: Raster, x: number, y: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The document as it is at the call, as PNG. */
  encode(map: LabelMap, palette: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  decode(bytes: Uint8Array<ArrayBuffer>): Promise<IndexedImage>;
  dispose(): void;
}

/** The work itself, on the calling thread: what the worker runs, and specs. */
export class InlinePixelWork implements PixelWork {
  /** The image asked about last; reading it out takes longer than most that is done with it. */
  #colors: Uint8ClampedArray | null = null;

  async fill({ data, width, height }: Raster, x: number, y: number, value: number): Promise<TileChange[]> {
    return Promise.resolve(fillChange(data, width, height, x, y, value));
  }

  async rest({ data, width, height }: Raster, value: number): Promise<TileChange[]> {
    return Promise.resolve(restChange(data, width, height, value));
  }

  async refine(raster: Raster, call: RefineCall): Promise<TileChange[]> {
    return Promise.resolve(refineChange(raster, call));
  }

  async nearest(raster: Raster): Promise<TileChange[]> {
    return Promise.resolve(nearestChange(raster));
  }

  /** `image` null: the one of the last call. */
  async wand(raster: Raster, image: ImageBitmap | null, call: WandCall): Promise<TileChange[]> {
    return Promise.resolve(wandChange(raster, this.#read(image), call));
  }

  async unlabeledRegions({ data, width, height }: Raster): Promise<Region[]> {
    return Promise.resolve(unlabeledRegions(data, width, height));
  }

  async strayRegions({ data, width, height }: Raster): Promise<Region[]> {
    return Promise.resolve(strayRegions(data, width, height));
  }

  async disputed(bytes: Uint8Array<ArrayBuffer>): Promise<Disputed> {
    return readDisputed(await decodePng(bytes));
  }

  async region({ data, width, height }: Raster, x: number, y: number): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(regionMask(data.map((value) => (value === 0 ? 1 : 0)), width, height, x, y));
  }

  async encode({ data, width, height }: Pick<LabelMap, "data" | "width" | "height">, palette: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return encodePng(data, width, height, palette);
  }

  async decode(bytes: Uint8Array<ArrayBuffer>): Promise<IndexedImage> {
    return decodePng(bytes);
  }

  dispose(): void {
    this.#colors = null;
  }

  #read(image: ImageBitmap | null): Uint8ClampedArray {
    if (image !== null) {
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
      context?.drawImage(image, 0, 0);
      this.#colors = context?.getImageData(0, 0, image.width, image.height).data ?? null;
    }
    if (this.#colors === null) throw new Error("the image cannot be read");
    return this.#colors;
  }
}

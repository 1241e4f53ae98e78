import { TILE } from "../document/constants";
import type { LabelMap } from "../document/label-map";
import type { Rect } from "../document/rect";

/** Tiles of a document as they are now: their numbers, and their pixels one tile after the other. */
export interface TilePixels {
  readonly tiles: Int32Array<ArrayBuffer>;
  readonly pixels: Uint8Array<ArrayBuffer>;
}

function tileRect(tile: number, width: number, height: number): Rect {
  const across = Math.ceil(width / TILE);
  const [x0, y0] = [(tile % across) * TILE, Math.floor(tile / across) * TILE];
  return { x0, y0, x1: Math.min(width, x0 + TILE), y1: Math.min(height, y0 + TILE) };
}

/**
 * What of a document a copy elsewhere has not seen yet. A stroke on a large photo then costs a copy of the tiles
 * it touched, not of the whole raster, each time a draft is packed.
 */
export class MirrorSource {
  readonly #stale: Uint8Array;

  constructor(readonly map: LabelMap) {
    this.#stale = new Uint8Array(map.tilesAcross * map.tilesDown).fill(1);
    map.subscribe(({ x0, y0, x1, y1 }) => {
      const last = Math.floor((x1 - 1) / TILE);
      for (let row = Math.floor(y0 / TILE); row <= Math.floor((y1 - 1) / TILE); row++) {
        this.#stale.fill(1, row * map.tilesAcross + Math.floor(x0 / TILE), row * map.tilesAcross + last + 1);
      }
    });
  }

  /** The tiles changed since the last call; all of them at first. */
  take(): TilePixels {
    const { map } = this;
    const tiles = Int32Array.from([...this.#stale.keys()].filter((tile) => this.#stale[tile] === 1));
    this.#stale.fill(0);
    let size = 0;
    for (const tile of tiles) {
      const { x0, y0, x1, y1 } = map.tileRect(tile);
      size += (x1 - x0) * (y1 - y0);
    }
    const pixels = new Uint8Array(size);
    let at = 0;
    for (const tile of tiles) at += map.copyTile(tile, pixels.subarray(at)).length;
    return { tiles, pixels };
  }
}

/** The copy: one index per pixel, row-major. */
export class MirrorCopy {
  readonly data: Uint8Array<ArrayBuffer>;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.data = new Uint8Array(width * height);
  }

  put({ tiles, pixels }: TilePixels): void {
    let at = 0;
    for (const tile of tiles) {
      const { x0, y0, x1, y1 } = tileRect(tile, this.width, this.height);
      for (let y = y0; y < y1; y++, at += x1 - x0) this.data.set(pixels.subarray(at, at + x1 - x0), y * this.width + x0);
    }
  }
}

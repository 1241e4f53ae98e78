import { TILE } from "../document/constants";
import type { LabelMap } from "../document/label-map";
import type { Disposer } from "../disposer";

/** Whether a document still is what it began as. Only tiles touched since the last question are looked at. */
export class StartComparison {
  readonly #stale: Uint8Array;
  readonly #differs: Uint8Array;
  readonly dispose: Disposer;

  constructor(
    readonly map: LabelMap,
    readonly start: Uint8Array,
  ) {
    this.#stale = new Uint8Array(map.tilesAcross * map.tilesDown).fill(1);
    this.#differs = new Uint8Array(this.#stale.length);
    this.dispose = map.subscribe(({ x0, y0, x1, y1 }) => {
      for (let row = Math.floor(y0 / TILE); row <= Math.floor((y1 - 1) / TILE); row++) {
        const first = row * map.tilesAcross;
        this.#stale.fill(1, first + Math.floor(x0 / TILE), first + Math.floor((x1 - 1) / TILE) + 1);
      }
    });
  }

  get changed(): boolean {
    for (let tile = 0; tile < this.#stale.length; tile++) {
      if (this.#stale[tile] === 1) this.#differs[tile] = this.#tileDiffers(tile) ? 1 : 0;
    }
    this.#stale.fill(0);
    return this.#differs.includes(1);
  }

  #tileDiffers(tile: number): boolean {
    const { data, width } = this.map;
    const { x0, y0, x1, y1 } = this.map.tileRect(tile);
    for (let y = y0; y < y1; y++) {
      for (let at = y * width + x0; at < y * width + x1; at++) if (data[at] !== this.start[at]) return true;
    }
    return false;
  }
}

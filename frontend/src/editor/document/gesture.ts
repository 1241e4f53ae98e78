import { BACKGROUND, TILE } from "./constants";
import type { Change } from "./history";
import { diffTiles, type TileChange } from "./journal";
import type { LabelMap } from "./label-map";
import { union, type Rect } from "./rect";

/**
 * `over`: every pixel is painted. `unlabeled`: pixels that already have a class keep it. A number: only pixels of the
 * class with this index are painted.
 */
export type PaintMode = "over" | "unlabeled" | number;

/** Whether a pixel of the class `before` may be painted in this mode. */
export function mayPaint(mode: PaintMode, before: number): boolean {
  return mode === "over" || before === (mode === "unlabeled" ? BACKGROUND : mode);
}

/** The mode for erasing: what is unlabeled already needs no eraser, so only a class narrows it down. */
export function erasing(mode: PaintMode): PaintMode {
  return typeof mode === "number" ? mode : "over";
}

const after = new Uint8Array(TILE * TILE);

/**
 * One undo step in the making. It writes straight into the document and keeps a copy of each tile before
 * its first touch; `commit` turns the copies into runs, `cancel` puts them back.
 */
export class Gesture {
  readonly #before = new Map<number, Uint8Array>();
  #unseen: Rect | null = null;
  #dirty: Rect | null = null;
  #open = true;
  /** 1 for the indices that may be painted; null: all of them. */
  readonly #may: Uint8Array | null;

  /** `locked`: 1 for each index whose pixels stay, as at the gesture's start. */
  constructor(
    readonly map: LabelMap,
    readonly mode: PaintMode,
    locked: Uint8Array,
    readonly onEnd: (change: Change | null) => void,
  ) {
    const may = locked.map((lock, index) => (lock === 0 && mayPaint(mode, index) ? 1 : 0));
    this.#may = may.includes(0) ? may : null;
  }

  get open(): boolean {
    return this.#open;
  }

  /** Paints pixels `x0 <= x < x1` of row `y`, clipped to the map. */
  span(y: number, x0: number, x1: number, value: number): void {
    const { width, height, data } = this.map;
    if (!this.#open || y < 0 || y >= height) return;
    const from = x0 < 0 ? 0 : x0;
    const to = x1 > width ? width : x1;
    if (from >= to) return;
    this.#touch(y, from, to);
    const start = y * width + from;
    const end = y * width + to;
    const may = this.#may;
    if (may === null) data.fill(value, start, end);
    else for (let at = start; at < end; at++) if (may[data[at]] === 1) data[at] = value;
    this.#unseen = union(this.#unseen, { x0: from, y0: y, x1: to, y1: y + 1 });
  }

  /** Paints `value` where `mask` (row-major over `box`) is not zero. `box` may reach over the map's edge. */
  mask(box: Rect, mask: Uint8Array, value: number): void {
    const across = box.x1 - box.x0;
    for (let y = box.y0; y < box.y1; y++) {
      const row = (y - box.y0) * across;
      let x = 0;
      while (x < across) {
        while (x < across && mask[row + x] === 0) x++;
        const start = x;
        while (x < across && mask[row + x] !== 0) x++;
        if (x > start) this.span(y, box.x0 + start, box.x0 + x, value);
      }
    }
  }

  /** Tells the map's listeners what was painted since the last call. */
  flush(): void {
    if (this.#unseen === null) return;
    this.#dirty = union(this.#dirty, this.#unseen);
    const dirty = this.#unseen;
    this.#unseen = null;
    this.map.notify(dirty);
  }

  /** Ends the gesture as one undo step; nothing is recorded when no pixel changed. */
  commit(): void {
    if (!this.#open) return;
    this.flush();
    this.#open = false;
    const tiles: TileChange[] = [];
    let bytes = 0;
    for (const [tile, before] of this.#before) {
      const runs = diffTiles(before, this.map.copyTile(tile, after));
      if (runs === null) continue;
      tiles.push({ tile, runs });
      bytes += runs.byteLength;
    }
    this.#before.clear();
    this.onEnd(tiles.length === 0 || this.#dirty === null ? null : { tiles, bytes, dirty: this.#dirty });
  }

  /** Puts every touched pixel back. */
  cancel(): void {
    if (!this.#open) return;
    this.#open = false;
    const { data, width } = this.map;
    for (const [tile, before] of this.#before) {
      const { x0, y0, x1, y1 } = this.map.tileRect(tile);
      for (let y = y0, at = 0; y < y1; y++, at += x1 - x0) {
        data.set(before.subarray(at, at + x1 - x0), y * width + x0);
      }
    }
    this.#before.clear();
    const dirty = this.#unseen === null ? this.#dirty : union(this.#dirty, this.#unseen);
    if (dirty !== null) this.map.notify(dirty);
    this.onEnd(null);
  }

  #touch(y: number, from: number, to: number): void {
    const row = Math.floor(y / TILE) * this.map.tilesAcross;
    const last = row + Math.floor((to - 1) / TILE);
    for (let tile = row + Math.floor(from / TILE); tile <= last; tile++) {
      if (!this.#before.has(tile)) {
        this.#before.set(tile, this.map.copyTile(tile, new Uint8Array(TILE * TILE)));
      }
    }
  }
}

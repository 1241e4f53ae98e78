import type { Disposer } from "../disposer";
import { BACKGROUND, TILE } from "./constants";
import { Gesture, type PaintMode } from "./gesture";
import { History, type Change } from "./history";
import { readRuns, unlockedRuns, type TileChange } from "./journal";
import { isEmpty, union, type Rect } from "./rect";

export type ChangeListener = (dirty: Rect) => void;

/**
 * The editor's document: one class index per pixel, row-major, in one flat `Uint8Array`. Screen, draft,
 * submission and export are these bytes. It changes only through a gesture (one undo step each), undo, redo
 * and `replace`; listeners get the dirty rectangle.
 */
export class LabelMap {
  readonly data: Uint8Array<ArrayBuffer>;
  /** Pixels per class index, exact whenever no gesture is open. */
  readonly counts = new Uint32Array(256);
  /** 1 for each index whose pixels no gesture and no worked-out change touches; undo, redo and `replace` do. */
  readonly locked = new Uint8Array(256);
  readonly history = new History();
  readonly tilesAcross: number;
  readonly tilesDown: number;
  /** Grows with every committed change. */
  revision = 0;
  #gesture: Gesture | null = null;
  #waiting: (() => void)[] = [];
  readonly #listeners = new Set<ChangeListener>();

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.data = new Uint8Array(width * height);
    this.counts[BACKGROUND] = width * height;
    this.tilesAcross = Math.ceil(width / TILE);
    this.tilesDown = Math.ceil(height / TILE);
  }

  get bounds(): Rect {
    return { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }

  get unlabeled(): number {
    return this.counts[BACKGROUND];
  }

  get gestureOpen(): boolean {
    return this.#gesture !== null;
  }

  /** A copy that may be transferred to a worker. */
  snapshot(): Uint8Array<ArrayBuffer> {
    return this.data.slice();
  }

  subscribe(listener: ChangeListener): Disposer {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  notify(dirty: Rect): void {
    if (isEmpty(dirty)) return;
    for (const listener of this.#listeners) listener(dirty);
  }

  /** Opens the one gesture that may write; throws when another is open (a tool's error). */
  begin(mode: PaintMode, locked = this.locked): Gesture {
    if (this.#gesture !== null) throw new Error("a gesture is already open");
    this.#gesture = new Gesture(this, mode, locked, (change) => this.#close(change));
    return this.#gesture;
  }

  /** Runs `paint` as one gesture, after the open one if there is one. Resolves once it is committed. */
  async paint(mode: PaintMode, paint: (gesture: Gesture) => void, locked = this.locked): Promise<void> {
    await this.settled();
    const gesture = this.begin(mode, locked);
    try {
      paint(gesture);
    } catch (error) {
      gesture.cancel();
      throw error;
    }
    gesture.commit();
  }

  /**
   * One undo step that was worked out elsewhere (in a worker) for the document as it was at `revision`. Answers
   * false, and changes nothing, when the document is another by now. Pixels of locked classes are left out.
   */
  adopt(change: readonly TileChange[], revision: number): boolean {
    if (this.#gesture !== null || revision !== this.revision) return false;
    const tiles = this.locked.includes(1) ? this.#unlocked(change) : change;
    if (tiles.length === 0) return true;
    let dirty: Rect | null = null;
    let bytes = 0;
    for (const tile of tiles) {
      this.#apply(tile, "after");
      dirty = union(dirty, this.tileRect(tile.tile));
      bytes += tile.runs.byteLength;
    }
    this.history.push({ tiles, bytes, dirty: dirty ?? this.bounds });
    this.revision++;
    this.notify(dirty ?? this.bounds);
    return true;
  }

  #unlocked(change: readonly TileChange[]): TileChange[] {
    return change.flatMap(({ tile, runs }) => {
      const left = unlockedRuns(runs, this.locked);
      return left === null ? [] : [{ tile, runs: left }];
    });
  }

  /** Resolves when no gesture is open. */
  async settled(): Promise<void> {
    while (this.#gesture !== null) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Other bytes from outside (a draft): not undoable, and the history starts anew. */
  replace(raster: Uint8Array): void {
    if (raster.length !== this.data.length) throw new RangeError("raster and label map differ in size");
    this.#gesture?.cancel();
    this.data.set(raster);
    this.counts.fill(0);
    const { data, counts } = this;
    for (let at = 0; at < data.length; at++) counts[data[at]]++;
    this.history.clear();
    this.revision++;
    this.notify(this.bounds);
  }

  undo(): boolean {
    return this.#gesture === null && this.#travel(this.history.undo(), "before");
  }

  redo(): boolean {
    return this.#gesture === null && this.#travel(this.history.redo(), "after");
  }

  tileRect(tile: number): Rect {
    const x0 = (tile % this.tilesAcross) * TILE;
    const y0 = Math.floor(tile / this.tilesAcross) * TILE;
    return { x0, y0, x1: Math.min(x0 + TILE, this.width), y1: Math.min(y0 + TILE, this.height) };
  }

  /** Copies a tile's pixels, row by row, into the start of `into`; answers the part that was filled. */
  copyTile(tile: number, into: Uint8Array): Uint8Array {
    const { x0, y0, x1, y1 } = this.tileRect(tile);
    let at = 0;
    for (let y = y0; y < y1; y++, at += x1 - x0) {
      into.set(this.data.subarray(y * this.width + x0, y * this.width + x1), at);
    }
    return into.subarray(0, at);
  }

  #close(change: Change | null): void {
    this.#gesture = null;
    if (change !== null) {
      this.history.push(change);
      for (const tile of change.tiles) {
        readRuns(tile.runs, (_start, length, before, after) => {
          this.counts[before] -= length;
          this.counts[after] += length;
        });
      }
      this.revision++;
      this.notify(change.dirty);
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  #travel(change: Change | null, to: "before" | "after"): boolean {
    if (change === null) return false;
    let dirty: Rect | null = null;
    for (const tile of change.tiles) {
      this.#apply(tile, to);
      dirty = union(dirty, this.tileRect(tile.tile));
    }
    this.revision++;
    if (dirty !== null) this.notify(dirty);
    return true;
  }

  #apply({ tile, runs }: TileChange, to: "before" | "after"): void {
    const { x0, y0, x1 } = this.tileRect(tile);
    const across = x1 - x0;
    readRuns(runs, (start, length, before, after) => {
      const value = to === "before" ? before : after;
      this.counts[to === "before" ? after : before] -= length;
      this.counts[value] += length;
      let at = start;
      const end = start + length;
      while (at < end) {
        const row = Math.floor(at / across);
        const rowEnd = Math.min(end, (row + 1) * across);
        const offset = (y0 + row) * this.width + x0 - row * across;
        this.data.fill(value, offset + at, offset + rowEnd);
        at = rowEnd;
      }
    });
  }
}

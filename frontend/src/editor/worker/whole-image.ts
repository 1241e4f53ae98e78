import { BACKGROUND, TILE } from "../document/constants";
import { RunWriter, type TileChange } from "../document/journal";
import { floodFill, type Spans } from "./flood-fill";

/** Collects changes of whole rows into the runs of the tiles they cross. Rows must come in order. */
class TileRows {
  readonly tiles: TileChange[] = [];
  readonly #across: number;
  readonly #writers: RunWriter[];
  #band = 0;

  constructor(readonly width: number) {
    this.#across = Math.ceil(width / TILE);
    this.#writers = Array.from({ length: this.#across }, () => new RunWriter());
  }

  /** Pixels `first <= x < end` of row `y` change from `before` to `after`; in a row from left to right. */
  span(y: number, first: number, end: number, before: number, after: number): void {
    const band = Math.floor(y / TILE);
    if (band !== this.#band) this.#close(band);
    const line = y - band * TILE;
    const last = Math.floor((end - 1) / TILE);
    for (let tile = Math.floor(first / TILE); tile <= last; tile++) {
      const x0 = tile * TILE;
      const across = Math.min(TILE, this.width - x0);
      const from = Math.max(first, x0);
      this.#writers[tile].add(line * across + from - x0, Math.min(end, x0 + across) - from, before, after);
    }
  }

  take(): TileChange[] {
    this.#close(0);
    return this.tiles;
  }

  #close(next: number): void {
    this.#writers.forEach((writer, at) => {
      const runs = writer.take();
      if (runs !== null) this.tiles.push({ tile: this.#band * this.#across + at, runs });
    });
    this.#band = next;
  }
}

/** Indices of the spans (of three numbers each), row by row and from left to right. */
function inOrder(spans: Spans, height: number): Int32Array {
  const count = spans.length / 3;
  const starts = new Int32Array(height + 1);
  for (let at = 0; at < count; at++) starts[spans[at * 3] + 1]++;
  for (let y = 0; y < height; y++) starts[y + 1] += starts[y];
  const next = starts.slice();
  const order = new Int32Array(count);
  for (let at = 0; at < count; at++) order[next[spans[at * 3]]++] = at;
  for (let y = 0; y < height; y++) {
    if (starts[y + 1] - starts[y] > 1) order.subarray(starts[y], starts[y + 1]).sort((a, b) => spans[a * 3 + 1] - spans[b * 3 + 1]);
  }
  return order;
}

/** The region of equal value around (x, y), connected by edges, given to `value`: the change, tile by tile. `data` is used up. */
export function fillChange(data: Uint8Array, width: number, height: number, x: number, y: number, value: number): TileChange[] {
  const before = data[y * width + x];
  if (before === value) return [];
  const spans = floodFill(data, width, height, x, y);
  const rows = new TileRows(width);
  for (const at of inOrder(spans, height)) rows.span(spans[at * 3], spans[at * 3 + 1], spans[at * 3 + 2], before, value);
  return rows.take();
}

/** All unlabeled pixels given to `value`: the change, tile by tile. */
export function restChange(data: Uint8Array, width: number, height: number, value: number): TileChange[] {
  const rows = new TileRows(width);
  if (value === BACKGROUND) return [];
  for (let y = 0; y < height; y++) {
    const line = data.subarray(y * width, (y + 1) * width);
    for (let at = line.indexOf(BACKGROUND); at >= 0; at = line.indexOf(BACKGROUND, at)) {
      const first = at;
      while (at < width && line[at] === BACKGROUND) at++;
      rows.span(y, first, at, BACKGROUND, value);
    }
  }
  return rows.take();
}

/** What makes `before` into `after`, tile by tile. */
export function rasterChange(before: Uint8Array, after: Uint8Array, width: number, height: number): TileChange[] {
  const rows = new TileRows(width);
  for (let y = 0, start = 0; y < height; y++, start += width) {
    for (let x = 0; x < width; ) {
      const [old, now] = [before[start + x], after[start + x]];
      const first = x++;
      if (old === now) continue;
      while (x < width && before[start + x] === old && after[start + x] === now) x++;
      rows.span(y, first, x, old, now);
    }
  }
  return rows.take();
}

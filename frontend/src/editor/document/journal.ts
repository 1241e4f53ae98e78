/**
 * The run journal: what a gesture changed in one tile, as runs of equal (before, after) values over the
 * tile's own row-major order. A run is varint(pixels skipped), varint(length), before, after. Runs undo and
 * redo alike and are about fifty times smaller than tile copies.
 */

export interface TileChange {
  /** Index of the tile, row by row. */
  readonly tile: number;
  readonly runs: Uint8Array;
}

let scratch = new Uint8Array(4096);

function writeVarint(at: number, value: number): number {
  let rest = value;
  while (rest > 127) {
    scratch[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  scratch[at++] = rest;
  return at;
}

/**
 * Runs between two equally long tiles, or null when they are equal. Both arrays must start at a multiple of
 * four bytes of their buffers: equal stretches are skipped four pixels at a time.
 */
export function diffTiles(before: Uint8Array, after: Uint8Array): Uint8Array | null {
  const size = before.length;
  const words = size >> 2;
  const before32 = new Uint32Array(before.buffer, before.byteOffset, words);
  const after32 = new Uint32Array(after.buffer, after.byteOffset, words);
  let out = 0;
  let end = 0; // end of the last run
  let at = 0;
  while (at < size) {
    if ((at & 3) === 0) {
      let word = at >> 2;
      while (word < words && before32[word] === after32[word]) word++;
      at = word << 2;
      if (at >= size) break;
    }
    const old = before[at];
    const now = after[at];
    if (old === now) {
      at++;
      continue;
    }
    let stop = at + 1;
    const old32 = (old * 0x01010101) >>> 0;
    const now32 = (now * 0x01010101) >>> 0;
    while (stop < size && before[stop] === old && after[stop] === now) {
      stop++;
      if ((stop & 3) === 0) {
        let word = stop >> 2;
        while (word < words && before32[word] === old32 && after32[word] === now32) word++;
        stop = word << 2;
      }
    }
    if (out + 16 > scratch.length) {
      const larger = new Uint8Array(scratch.length * 2);
      larger.set(scratch);
      scratch = larger;
    }
    out = writeVarint(out, at - end);
    out = writeVarint(out, stop - at);
    scratch[out++] = old;
    scratch[out++] = now;
    end = at = stop;
  }
  return out === 0 ? null : scratch.slice(0, out);
}

/** Calls `visit` for each run with its start and length in the tile's row-major order. */
export function readRuns(
  runs: Uint8Array,
  visit: (start: number, length: number, before: number, after: number) => void,
): void {
  let at = 0;
  let position = 0;
  const readVarint = (): number => {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = runs[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
      shift += 7;
    }
  };
  while (at < runs.length) {
    position += readVarint();
    const length = readVarint();
    visit(position, length, runs[at++], runs[at++]);
    position += length;
  }
}

/** The runs without those that would change a locked index (1 in `locked`), or null when none are left. */
export function unlockedRuns(runs: Uint8Array, locked: Uint8Array): Uint8Array | null {
  const writer = new RunWriter();
  readRuns(runs, (start, length, before, after) => {
    if (locked[before] === 0) writer.add(start, length, before, after);
  });
  return writer.take();
}

/** Writes a tile's runs in ascending order; runs that touch and change the same values become one. */
export class RunWriter {
  #bytes: number[] = [];
  #end = 0;
  #start = 0;
  #length = 0;
  #before = 0;
  #after = 0;

  add(start: number, length: number, before: number, after: number): void {
    if (this.#length > 0 && start === this.#start + this.#length && before === this.#before && after === this.#after) {
      this.#length += length;
      return;
    }
    this.#flush();
    this.#start = start;
    this.#length = length;
    this.#before = before;
    this.#after = after;
  }

  /** The runs so far, or null when there are none; the writer is empty again. */
  take(): Uint8Array<ArrayBuffer> | null {
    this.#flush();
    const runs = this.#bytes.length === 0 ? null : Uint8Array.from(this.#bytes);
    this.#bytes = [];
    this.#end = 0;
    return runs;
  }

  #flush(): void {
    if (this.#length === 0) return;
    for (const number of [this.#start - this.#end, this.#length]) {
      let rest = number;
      for (; rest > 127; rest >>>= 7) this.#bytes.push((rest & 127) | 128);
      this.#bytes.push(rest);
    }
    this.#bytes.push(this.#before, this.#after);
    this.#end = this.#start + this.#length;
    this.#length = 0;
  }
}

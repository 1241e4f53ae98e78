/** Triples (row, first, end) of a filled region's spans; `first <= x < end`. */
export type Spans = Int32Array<ArrayBuffer>;

/** A growing list of whole numbers: plain arrays of millions of numbers are slow to make and to transfer. */
export class Numbers {
  #data = new Int32Array(3072);
  length = 0;

  push(...values: number[]): void {
    if (this.length + values.length > this.#data.length) {
      const larger = new Int32Array(this.#data.length * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    for (const value of values) this.#data[this.length++] = value;
  }

  pop(): number {
    return this.#data[--this.length];
  }

  at(index: number): number {
    return this.#data[index];
  }

  take(): Int32Array<ArrayBuffer> {
    return this.#data.slice(0, this.length);
  }
}

/** Below this length a loop finds the next pixel sooner than the built-in search. */
const SHORT = 32;

/**
 * The region of equal value around (x, y), connected by edges, as spans. `data` is used up: filled pixels
 * are changed so that they are not met again. A run is filled when it is found, so that each pixel is looked at
 * once by us and once, from the next row, by the browser's own search.
 */
export function floodFill(data: Uint8Array, width: number, height: number, x: number, y: number): Spans {
  const spans = new Numbers();
  const target = data[y * width + x];
  const done = target ^ 1;
  /** Positions of the spans (in `spans`) whose neighbours are still to be looked at. */
  const open = new Numbers();

  /** Fills the run of row `row` that holds `at`; answers its end. */
  const take = (row: number, at: number): number => {
    const start = row * width;
    let first = start + at;
    while (first > start && data[first - 1] === target) first--;
    let end = start + at + 1;
    const rowEnd = start + width;
    while (end < rowEnd && data[end] === target) end++;
    data.fill(done, first, end);
    open.push(spans.length);
    spans.push(row, first - start, end - start);
    return end - start;
  };

  /** The first pixel to fill in `from <= x < to` of a row, or -1. */
  const find = (row: number, from: number, to: number): number => {
    const start = row * width;
    if (to - from >= SHORT) {
      const at = data.subarray(start + from, start + to).indexOf(target);
      return at < 0 ? -1 : from + at;
    }
    for (let at = from; at < to; at++) if (data[start + at] === target) return at;
    return -1;
  };

  take(y, x);
  while (open.length > 0) {
    const span = open.pop();
    const [row, first, end] = [spans.at(span), spans.at(span + 1), spans.at(span + 2)];
    for (const next of [row - 1, row + 1]) {
      if (next < 0 || next >= height) continue;
      for (let at = find(next, first, end); at >= 0; at = find(next, at, end)) {
        at = take(next, at);
        if (at >= end) break;
      }
    }
  }
  return spans.take();
}

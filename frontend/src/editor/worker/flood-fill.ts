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

  take(): Int32Array<ArrayBuffer> {
    return this.#data.slice(0, this.length);
  }
}

/**
 * The region of equal value around (x, y), connected by edges, as spans. `data` is used up: filled pixels
 * are changed so that they are not met again.
 */
export function floodFill(data: Uint8Array, width: number, height: number, x: number, y: number): Spans {
  const spans = new Numbers();
  const target = data[y * width + x];
  const done = target ^ 1;
  const seeds = new Numbers();
  seeds.push(y * width + x);
  while (seeds.length > 0) {
    const seed = seeds.pop();
    if (data[seed] !== target) continue;
    const row = Math.floor(seed / width);
    const rowStart = row * width;
    const rowEnd = rowStart + width;
    let first = seed;
    while (first > rowStart && data[first - 1] === target) first--;
    let end = seed + 1;
    while (end < rowEnd && data[end] === target) end++;
    data.fill(done, first, end);
    spans.push(row, first - rowStart, end - rowStart);
    for (const step of [-width, width]) {
      if (step < 0 ? row === 0 : row === height - 1) continue;
      let inRun = false;
      for (let at = first + step; at < end + step; at++) {
        if (data[at] !== target) inRun = false;
        else if (!inRun) {
          seeds.push(at);
          inRun = true;
        }
      }
    }
  }
  return spans.take();
}

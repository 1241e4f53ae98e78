/** Gets row `y`: the squared distance of each pixel to the nearest marked one, and that pixel's position in the raster. */
export type DistanceSink = (y: number, squared: Float64Array, nearest: Int32Array) => void;

/**
 * Exact Euclidean distances (between pixel centres) to the marked pixels, row by row: the nearest one in each column
 * first, then along each row the lower envelope of the columns' parabolas. Time goes with the number of pixels, memory
 * is two or four bytes for each. Without a marked pixel nothing is told.
 */
export function distances(marked: Uint8Array, width: number, height: number, sink: DistanceSink): void {
  if (marked.indexOf(1) < 0) return;
  const rows = nearestRows(marked, width, height);
  const squared = new Float64Array(width);
  const nearest = new Int32Array(width);
  const hulls = new Int32Array(width);
  const begins = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    const depth = (x: number): number => (rows[start + x] - y) ** 2;
    let last = -1;
    for (let x = 0; x < width; x++) {
      if (rows[start + x] < 0) continue;
      let begin = -Infinity;
      while (last >= 0) {
        const other = hulls[last];
        begin = (x * x + depth(x) - other * other - depth(other)) / (2 * (x - other));
        if (begin > begins[last]) break;
        last--;
        begin = -Infinity;
      }
      hulls[++last] = x;
      begins[last] = begin;
    }
    for (let x = 0, at = 0; x < width; x++) {
      while (at < last && begins[at + 1] < x) at++;
      const column = hulls[at];
      squared[x] = (x - column) ** 2 + depth(column);
      nearest[x] = rows[start + column] * width + column;
    }
    sink(y, squared, nearest);
  }
}

/** The row of the nearest marked pixel in each pixel's column, -1 where the column has none. */
function nearestRows(marked: Uint8Array, width: number, height: number): Int16Array | Int32Array {
  const rows = height > 32767 ? new Int32Array(width * height) : new Int16Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) rows[at] = marked[at] === 1 ? y : y === 0 ? -1 : rows[at - width];
  }
  for (let y = height - 2, at = (height - 1) * width - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, at--) {
      const below = rows[at + width];
      if (below >= 0 && (rows[at] < 0 || Math.abs(below - y) < y - rows[at])) rows[at] = below;
    }
  }
  return rows;
}

/** The filter PNG calls Paeth: whichever of left, up and upper left is nearest to left + up - upper left. */
function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/**
 * Undoes the rows' filters in place; each row is a filter byte and `stride` bytes. A pixel takes one byte at
 * most, so the byte to the left is the one before. Answers false when a filter is unknown.
 */
export function unfilter(raw: Uint8Array, stride: number, height: number): boolean {
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1) + 1;
    const above = start - (stride + 1);
    const up = (x: number): number => (y === 0 ? 0 : raw[above + x]);
    const left = (x: number): number => (x === 0 ? 0 : raw[start + x - 1]);
    switch (raw[start - 1]) {
      case 0:
        break;
      case 1:
        for (let x = 1; x < stride; x++) raw[start + x] += raw[start + x - 1];
        break;
      case 2:
        if (y > 0) for (let x = 0; x < stride; x++) raw[start + x] += raw[above + x];
        break;
      case 3:
        for (let x = 0; x < stride; x++) raw[start + x] += (left(x) + up(x)) >> 1;
        break;
      case 4:
        for (let x = 0; x < stride; x++) {
          raw[start + x] += paeth(left(x), up(x), y === 0 || x === 0 ? 0 : raw[above + x - 1]);
        }
        break;
      default:
        return false;
    }
  }
  return true;
}

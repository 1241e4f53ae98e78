import { firstCentre, type SpanSink } from "./spans";

/**
 * The pixels whose centres lie within `radius` of the segment (ax, ay)-(bx, by), one span per row between
 * `top` and `bottom` (half-open rows). A capsule is convex, so each row's pixels are one run: from the
 * leftmost to the rightmost point of its two discs and the band between them.
 */
export function capsuleSpans(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  radius: number,
  top: number,
  bottom: number,
  sink: SpanSink,
): void {
  const first = Math.max(top, firstCentre(Math.min(ay, by) - radius));
  const last = Math.min(bottom - 1, Math.floor(Math.max(ay, by) + radius - 0.5));
  const length = Math.hypot(bx - ax, by - ay);
  // The band's corners, in order around it.
  const nx = length === 0 ? 0 : (-(by - ay) / length) * radius;
  const ny = length === 0 ? 0 : ((bx - ax) / length) * radius;
  const xs = [ax + nx, bx + nx, bx - nx, ax - nx];
  const ys = [ay + ny, by + ny, by - ny, ay - ny];
  for (let row = first; row <= last; row++) {
    const y = row + 0.5;
    let left = Infinity;
    let right = -Infinity;
    const disc = (cx: number, cy: number): void => {
      const square = radius * radius - (y - cy) * (y - cy);
      if (square < 0) return;
      const half = Math.sqrt(square);
      left = Math.min(left, cx - half);
      right = Math.max(right, cx + half);
    };
    disc(ax, ay);
    if (length > 0) {
      disc(bx, by);
      for (let corner = 0; corner < 4; corner++) {
        const next = (corner + 1) & 3;
        const y0 = ys[corner];
        const y1 = ys[next];
        if (y0 === y1 || y < Math.min(y0, y1) || y > Math.max(y0, y1)) continue;
        const x = xs[corner] + ((y - y0) / (y1 - y0)) * (xs[next] - xs[corner]);
        left = Math.min(left, x);
        right = Math.max(right, x);
      }
    }
    if (left <= right) {
      const x0 = firstCentre(left);
      const x1 = Math.floor(right - 0.5) + 1;
      if (x0 < x1) sink(row, x0, x1);
    }
  }
}

/**
 * Where a round brush of `diameter` pixels sits for a pointer at (x, y): small brushes snap to pixel centres
 * (odd) or corners (even), so that what the cursor outlines is what gets painted.
 */
export function snapBrush(x: number, y: number, diameter: number): [number, number] {
  if (diameter > 12) return [x, y];
  return diameter % 2 === 1 ? [Math.floor(x) + 0.5, Math.floor(y) + 0.5] : [Math.round(x), Math.round(y)];
}

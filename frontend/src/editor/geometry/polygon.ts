import { firstCentre, type SpanSink } from "./spans";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Fills a closed polygon by the even-odd rule: pixels whose centres are inside, as spans of rows
 * `top <= y < bottom`. The last vertex is joined to the first; fewer than three vertices fill nothing.
 */
export function polygonSpans(points: readonly Point[], top: number, bottom: number, sink: SpanSink): void {
  if (points.length < 3) return;
  const crossings = new Map<number, number[]>();
  for (let at = 0; at < points.length; at++) {
    const a = points[at];
    const b = points[(at + 1) % points.length];
    if (a.y === b.y) continue;
    const [low, high] = a.y < b.y ? [a, b] : [b, a];
    const first = Math.max(top, firstCentre(low.y));
    const end = Math.min(bottom, firstCentre(high.y));
    const slope = (high.x - low.x) / (high.y - low.y);
    for (let row = first; row < end; row++) {
      const x = low.x + (row + 0.5 - low.y) * slope;
      const inRow = crossings.get(row);
      if (inRow === undefined) crossings.set(row, [x]);
      else inRow.push(x);
    }
  }
  for (const [row, xs] of crossings) {
    xs.sort((a, b) => a - b);
    for (let at = 0; at + 1 < xs.length; at += 2) {
      const x0 = firstCentre(xs[at]);
      const x1 = firstCentre(xs[at + 1]);
      if (x0 < x1) sink(row, x0, x1);
    }
  }
}

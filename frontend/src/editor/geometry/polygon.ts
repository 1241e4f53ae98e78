import { firstCentre, type SpanSink } from "./spans";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `evenodd`: what a line encloses twice is outside. `nonzero`: what it winds around is inside. */
export type FillRule = "evenodd" | "nonzero";

interface Crossing {
  readonly x: number;
  readonly turn: 1 | -1;
}

/**
 * Fills a closed polygon: pixels whose centres are inside, as spans of rows `top <= y < bottom`. The last vertex
 * is joined to the first; fewer than three vertices fill nothing.
 */
export function polygonSpans(points: readonly Point[], top: number, bottom: number, sink: SpanSink, rule: FillRule = "evenodd"): void {
  if (points.length < 3) return;
  const crossings = new Map<number, Crossing[]>();
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
      const turn = a.y < b.y ? 1 : -1;
      if (inRow === undefined) crossings.set(row, [{ x, turn }]);
      else inRow.push({ x, turn });
    }
  }
  for (const [row, xs] of crossings) {
    xs.sort((a, b) => a.x - b.x);
    let [winding, start] = [0, 0];
    xs.forEach(({ x, turn }, at) => {
      if (winding === 0) start = x;
      winding = rule === "evenodd" ? (at + 1) % 2 : winding + turn;
      if (winding !== 0) return;
      const [x0, x1] = [firstCentre(start), firstCentre(x)];
      if (x0 < x1) sink(row, x0, x1);
    });
  }
}

import type { Rect } from "../document/rect";
import { firstCentre, type SpanSink } from "./spans";

/** The pixels of rows `top <= y < bottom` whose centres lie in the ellipse that touches the sides of `box`. */
export function ellipseSpans({ x0, y0, x1, y1 }: Rect, top: number, bottom: number, sink: SpanSink): void {
  const [rx, ry] = [(x1 - x0) / 2, (y1 - y0) / 2];
  if (rx <= 0 || ry <= 0) return;
  const [cx, cy] = [x0 + rx, y0 + ry];
  for (let row = Math.max(top, y0); row < Math.min(bottom, y1); row++) {
    const away = (row + 0.5 - cy) / ry;
    const half = rx * Math.sqrt(Math.max(0, 1 - away * away));
    const first = firstCentre(cx - half);
    const end = Math.floor(cx + half - 0.5) + 1;
    if (first < end) sink(row, first, end);
  }
}

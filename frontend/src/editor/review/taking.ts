import type { Gesture } from "../document/gesture";
import type { LabelMap } from "../document/label-map";
import type { Rect } from "../document/rect";
import { polygonSpans, type Point } from "../geometry/polygon";

/** Copies the pixels `x0 <= x < x1` of row `y` of another mask of the map's size into the gesture. */
export function copySpan(gesture: Gesture, { width, height }: LabelMap, source: Uint8Array, y: number, x0: number, x1: number): void {
  if (y < 0 || y >= height) return;
  const end = y * width + Math.min(width, x1);
  let at = y * width + Math.max(0, x0);
  while (at < end) {
    const start = at;
    const value = source[at];
    while (at < end && source[at] === value) at++;
    gesture.span(y, start - y * width, at - y * width, value);
  }
}

/** What `source` says where `mask` (row-major over `box`) is not zero becomes the document's, as one undo step. */
export function takeMask(map: LabelMap, source: Uint8Array, box: Rect, mask: Uint8Array): Promise<void> {
  const across = box.x1 - box.x0;
  return map.paint("over", (gesture) => {
    for (let y = box.y0; y < box.y1; y++) {
      const row = (y - box.y0) * across;
      for (let x = mask.indexOf(1, row); x >= 0 && x < row + across; x = mask.indexOf(1, x)) {
        const start = x;
        while (x < row + across && mask[x] === 1) x++;
        copySpan(gesture, map, source, y, box.x0 + start - row, box.x0 + x - row);
      }
    }
  });
}

/** The same within an outline. */
export function takeOutline(map: LabelMap, source: Uint8Array, outline: readonly Point[]): Promise<void> {
  return map.paint("over", (gesture) =>
    polygonSpans(outline, 0, map.height, (y, x0, x1) => copySpan(gesture, map, source, y, x0, x1)),
  );
}

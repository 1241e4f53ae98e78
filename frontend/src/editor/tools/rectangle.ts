import type { Gesture } from "../document/gesture";
import type { Rect } from "../document/rect";
import { BoxTool } from "./box";

export class RectangleTool extends BoxTool {
  protected override paint(gesture: Gesture, { x0, y0, x1, y1 }: Rect, value: number): void {
    for (let y = y0; y < y1; y++) gesture.span(y, x0, x1, value);
  }

  protected override outline(path: Path2D, x: number, y: number, width: number, height: number): void {
    path.rect(x, y, width, height);
  }
}

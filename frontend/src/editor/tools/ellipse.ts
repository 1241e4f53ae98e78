import type { Gesture } from "../document/gesture";
import type { Rect } from "../document/rect";
import { ellipseSpans } from "../geometry/ellipse";
import { BoxTool } from "./box";

export class EllipseTool extends BoxTool {
  protected override paint(gesture: Gesture, box: Rect, value: number): void {
    ellipseSpans(box, 0, this.workspace.map.height, (y, x0, x1) => gesture.span(y, x0, x1, value));
  }

  protected override outline(path: Path2D, x: number, y: number, width: number, height: number): void {
    path.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, Math.PI * 2);
  }
}

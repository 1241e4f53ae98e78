import type { Gesture } from "../document/gesture";
import type { Rect } from "../document/rect";
import type { Point } from "../geometry/polygon";
import { toScreen } from "../viewport/camera";
import { currentCategory, type Workspace } from "../workspace";
import { strokeContrast } from "./draw";
import type { Overlay, PointerInput, Tool } from "./tool";

/** The whole pixels from the one under `from` to the one under `to`; `even`: as wide as high, by the longer side. */
export function boxBetween(from: Point, to: Point, even: boolean): Rect {
  const [ax, ay] = [Math.floor(from.x), Math.floor(from.y)];
  let [bx, by] = [Math.floor(to.x), Math.floor(to.y)];
  if (even) {
    const side = Math.max(Math.abs(bx - ax), Math.abs(by - ay));
    bx = ax + (bx < ax ? -side : side);
    by = ay + (by < ay ? -side : side);
  }
  return { x0: Math.min(ax, bx), y0: Math.min(ay, by), x1: Math.max(ax, bx) + 1, y1: Math.max(ay, by) + 1 };
}

/** Drag from corner to corner; with Shift as wide as high. What stands in the box is painted when it is let go. */
export abstract class BoxTool implements Tool {
  readonly cursor = "crosshair";
  #from: Point | null = null;
  #box: Rect | null = null;

  constructor(readonly workspace: Workspace) {}

  /** Paints the shape that fills the box. */
  protected abstract paint(gesture: Gesture, box: Rect, value: number): void;

  /** Adds the shape's outline, in CSS pixels of the view. */
  protected abstract outline(path: Path2D, x: number, y: number, width: number, height: number): void;

  down(input: PointerInput): void {
    if (currentCategory(this.workspace) === null) return;
    this.#from = { x: input.x, y: input.y };
    this.#box = null; // a press alone paints nothing
  }

  move(input: PointerInput): void {
    if (this.#from === null) return;
    const box = boxBetween(this.#from, input, input.shift);
    if (this.#box !== null || box.x1 - box.x0 > 1 || box.y1 - box.y0 > 1) this.#box = box;
    this.workspace.stage.invalidateOverlay();
  }

  up(input: PointerInput): void {
    this.move(input);
    const box = this.#box;
    const category = currentCategory(this.workspace);
    this.cancel();
    if (box === null || category === null) return;
    const { map, state } = this.workspace;
    const gesture = map.begin(state.mode.value);
    this.paint(gesture, box, category.index);
    gesture.commit();
  }

  cancel(): void {
    this.#from = this.#box = null;
    this.workspace.stage.invalidateOverlay();
  }

  key(key: string): boolean {
    if (key !== "escape" || this.#from === null) return false;
    this.cancel();
    return true;
  }

  overlay({ context, camera }: Overlay): boolean {
    if (this.#box === null) return false;
    const { x0, y0, x1, y1 } = this.#box;
    const [x, y] = toScreen(camera, x0, y0);
    const path = new Path2D();
    this.outline(path, x, y, (x1 - x0) * camera.scale, (y1 - y0) * camera.scale);
    context.globalAlpha = 0.25;
    context.fillStyle = currentCategory(this.workspace)?.color ?? "#444";
    context.fill(path);
    context.globalAlpha = 1;
    strokeContrast(context, path);
    return true;
  }
}

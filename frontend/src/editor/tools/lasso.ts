import { polygonSpans, type Point } from "../geometry/polygon";
import { toScreen } from "../viewport/camera";
import { currentCategory, type Workspace } from "../workspace";
import { strokeContrast } from "./draw";
import type { Overlay, PointerInput, Tool } from "./tool";

/** Drag around an area: what the line encloses is painted when it is let go. */
export class LassoTool implements Tool {
  readonly cursor = "crosshair";
  #points: Point[] = [];

  constructor(readonly workspace: Workspace) {}

  down(input: PointerInput): void {
    if (currentCategory(this.workspace) === null) return;
    this.#points = [{ x: input.x, y: input.y }];
  }

  move(input: PointerInput): void {
    if (this.#points.length === 0) return;
    for (const { x, y } of input.path) {
      const last = this.#points[this.#points.length - 1];
      if (x !== last.x || y !== last.y) this.#points.push({ x, y });
    }
    this.workspace.stage.invalidateOverlay();
  }

  up(input: PointerInput): void {
    this.move(input);
    const points = this.#points;
    const category = currentCategory(this.workspace);
    this.cancel();
    if (points.length < 3 || category === null) return;
    const { map, state } = this.workspace;
    const gesture = map.begin(state.mode.value);
    // A line that crosses itself near its end leaves no hole.
    polygonSpans(points, 0, map.height, (y, x0, x1) => gesture.span(y, x0, x1, category.index), "nonzero");
    gesture.commit();
  }

  cancel(): void {
    this.#points = [];
    this.workspace.stage.invalidateOverlay();
  }

  key(key: string): boolean {
    if (key !== "escape" || this.#points.length === 0) return false;
    this.cancel();
    return true;
  }

  overlay({ context, camera }: Overlay): boolean {
    if (this.#points.length === 0) return false;
    const line = new Path2D();
    this.#points.forEach(({ x, y }, at) => {
      const place = toScreen(camera, x, y);
      if (at === 0) line.moveTo(...place);
      else line.lineTo(...place);
    });
    context.globalAlpha = 0.25;
    context.fillStyle = currentCategory(this.workspace)?.color ?? "#444";
    context.fill(line, "nonzero");
    context.globalAlpha = 1;
    strokeContrast(context, line);
    return true;
  }
}

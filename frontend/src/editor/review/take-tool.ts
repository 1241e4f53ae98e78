import type { Point } from "../geometry/polygon";
import { strokeContrast } from "../tools/draw";
import type { Overlay, PointerInput, Tool, ToolDefinition } from "../tools/tool";
import { toScreen } from "../viewport/camera";
import type { Workspace } from "../workspace";

/** A drag adds a point each time it has come this far (CSS pixels). */
const STEP = 3;

/** Drag around an area, with Shift a box: what the chosen answer says there becomes the document's. */
class TakeTool implements Tool {
  readonly cursor = "crosshair";
  #points: Point[] = [];
  #first: Point | null = null;
  #last: readonly [number, number] = [0, 0];

  constructor(readonly workspace: Workspace) {}

  down({ x, y, sx, sy }: PointerInput): void {
    if (this.workspace.review?.sideToTake() !== true) return;
    this.#first = { x, y };
    this.#points = [{ x, y }];
    this.#last = [sx, sy];
  }

  move({ x, y, sx, sy, shift, pressed }: PointerInput): void {
    const first = this.#first;
    if (!pressed || first === null) return;
    if (shift) this.#points = [first, { x, y: first.y }, { x, y }, { x: first.x, y }];
    else if (Math.hypot(sx - this.#last[0], sy - this.#last[1]) >= STEP) {
      this.#points.push({ x, y });
      this.#last = [sx, sy];
    }
    this.workspace.stage.invalidateOverlay();
  }

  up(): void {
    const points = this.#points;
    this.cancel();
    if (points.length >= 3) void this.workspace.review?.takeOutline(points);
  }

  cancel(): void {
    this.#points = [];
    this.#first = null;
    this.workspace.stage.invalidateOverlay();
  }

  key(key: string): boolean {
    if (key !== "escape" || this.#first === null) return false;
    this.cancel();
    return true;
  }

  overlay({ context, camera }: Overlay): boolean {
    if (this.#points.length < 2) return false;
    const outline = new Path2D();
    this.#points.forEach(({ x, y }, at) => {
      const [sx, sy] = toScreen(camera, x, y);
      if (at === 0) outline.moveTo(sx, sy);
      else outline.lineTo(sx, sy);
    });
    outline.closePath();
    context.fillStyle = "rgb(255 255 255 / 18%)";
    context.fill(outline, "evenodd");
    strokeContrast(context, outline, true);
    return true;
  }
}

export const take: ToolDefinition = {
  id: "take",
  label: "Take over an area",
  hint: "Choose an answer, then drag around an area (with Shift: a box). What the answer says there goes into your mask.",
  key: "l",
  allowedBy: null,
  readOnly: false,
  reviews: true,
  icon: "M4 14c-1-5 3-9 8-9s9 3 8 7-5 4-8 4-5 3-8-2ZM12 9v8M9 14l3 3 3-3",
  create: (workspace) => new TakeTool(workspace),
};

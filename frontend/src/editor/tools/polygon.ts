import { erasing } from "../document/gesture";
import { BACKGROUND } from "../document/constants";
import { polygonSpans, type Point } from "../geometry/polygon";
import { toScreen } from "../viewport/camera";
import { currentCategory, type Workspace } from "../workspace";
import { drawHandle, strokeContrast } from "./draw";
import type { Overlay, PointerInput, Tool, ToolDefinition } from "./tool";

/** A press this near to the first vertex (CSS pixels) closes the polygon. */
const CLOSE = 9;
/** A drag adds a vertex each time it has come this far (CSS pixels). */
const DRAG_STEP = 5;

/** Click vertices or drag along the outline; close it at the first vertex, by double click or Enter. */
class PolygonTool implements Tool {
  readonly cursor = "crosshair";
  #points: Point[] = [];
  #lastScreen: readonly [number, number] = [0, 0];

  constructor(
    readonly workspace: Workspace,
    readonly erases: boolean,
  ) {}

  down(input: PointerInput): void {
    if (input.clicks >= 2 || this.#nearFirst(input)) {
      this.#close();
      return;
    }
    this.#add(input);
  }

  move(input: PointerInput): void {
    if (!input.pressed || this.#points.length === 0) return;
    const [x, y] = this.#lastScreen;
    if (Math.hypot(input.sx - x, input.sy - y) >= DRAG_STEP) this.#add(input);
  }

  up(): void {
    // Vertices stand until the polygon is closed.
  }

  cancel(): void {
    this.#points = [];
    this.workspace.stage.invalidateOverlay();
  }

  key(key: string): boolean {
    if (this.#points.length === 0) return false;
    if (key === "enter") this.#close();
    else if (key === "escape") this.cancel();
    else if (key === "backspace" || key === "delete") this.#points.pop();
    else return false;
    this.workspace.stage.invalidateOverlay();
    return true;
  }

  overlay({ context, camera, pointer }: Overlay): boolean {
    if (this.#points.length === 0) return false;
    const color = this.erases ? "#444" : (currentCategory(this.workspace)?.color ?? "#444");
    const screen = this.#points.map(({ x, y }) => toScreen(camera, x, y));
    const outline = new Path2D();
    screen.forEach(([x, y], at) => (at === 0 ? outline.moveTo(x, y) : outline.lineTo(x, y)));
    if (pointer !== null) outline.lineTo(...toScreen(camera, pointer.x, pointer.y));
    context.globalAlpha = 0.25;
    context.fillStyle = color;
    context.fill(outline, "evenodd");
    context.globalAlpha = 1;
    strokeContrast(context, outline, this.erases);
    const step = Math.max(1, Math.floor(screen.length / 60)); // a dragged outline has no use for every handle
    for (let at = screen.length - 1; at > 0; at -= step) drawHandle(context, ...screen[at], color, 3);
    drawHandle(context, ...screen[0], color, 5.5);
    return true;
  }

  #add(input: PointerInput): void {
    this.#points.push({ x: input.x, y: input.y });
    this.#lastScreen = [input.sx, input.sy];
    this.workspace.stage.invalidateOverlay();
  }

  #nearFirst(input: PointerInput): boolean {
    if (this.#points.length < 3) return false;
    const [x, y] = toScreen(this.workspace.stage.camera, this.#points[0].x, this.#points[0].y);
    return Math.hypot(input.sx - x, input.sy - y) <= CLOSE;
  }

  #close(): void {
    const points = this.#points;
    const category = this.erases ? null : currentCategory(this.workspace);
    if (points.length < 3 || (!this.erases && category === null)) return;
    this.cancel();
    const { map, state } = this.workspace;
    const value = category?.index ?? BACKGROUND;
    const gesture = map.begin(this.erases ? erasing(state.mode.value) : state.mode.value);
    polygonSpans(points, 0, map.height, (y, x0, x1) => gesture.span(y, x0, x1, value));
    gesture.commit();
  }
}

export const polygon: ToolDefinition = {
  id: "polygon",
  label: "Polygon",
  hint: "Click corner points or drag along the outline; Enter, a double click or the first point closes it. Backspace takes the last point back, Escape gives up.",
  key: "p",
  allowedBy: "polygon",
  readOnly: false,
  icon: "M5 17 4 7.5 12.5 4 20 10l-4.5 9.5ZM4 7.5h.01M12.5 4h.01M20 10h.01M15.5 19.5h.01M5 17h.01",
  create: (workspace) => new PolygonTool(workspace, false),
};

export const polygonEraser: ToolDefinition = {
  id: "polygon-eraser",
  label: "Polygon eraser",
  hint: "A polygon whose pixels become unlabeled.",
  key: "shift+p",
  allowedBy: "polygon",
  readOnly: false,
  icon: "M5 17 4 7.5 12.5 4 20 10l-4.5 9.5ZM8.5 11.5h7",
  create: (workspace) => new PolygonTool(workspace, true),
};

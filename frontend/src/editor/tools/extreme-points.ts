import { t } from "../../shared/i18n";
import type { Point } from "../geometry/polygon";
import { toScreen } from "../viewport/camera";
import { currentCategory, type Workspace } from "../workspace";
import { drawHandle, strokeContrast } from "./draw";
import type { Overlay, PointerInput, Tool, ToolDefinition } from "./tool";

/** The four points as top, left, bottom, right, whatever their order: the assignment that fits best. */
export function orderExtremes(points: readonly Point[]): [Point, Point, Point, Point] {
  const [a, b, c, d] = points;
  let best: [Point, Point, Point, Point] = [a, b, c, d];
  let least = Infinity;
  for (const top of points) {
    for (const left of points) {
      for (const bottom of points) {
        const right = points.find((point) => point !== top && point !== left && point !== bottom);
        if (right === undefined || new Set([top, left, bottom]).size < 3) continue;
        const cost = top.y - bottom.y + left.x - right.x;
        if (cost < least) {
          least = cost;
          best = [top, left, bottom, right];
        }
      }
    }
  }
  return best;
}

/** Four clicks on an object's extreme points; the server finds its outline. */
class ExtremePointsTool implements Tool {
  readonly cursor = "crosshair";
  #points: Point[] = [];
  #request: AbortController | null = null;

  constructor(readonly workspace: Workspace) {}

  down(input: PointerInput): void {
    const { map } = this.workspace;
    if (this.#request !== null || currentCategory(this.workspace) === null) return;
    if (this.#points.length === 4) this.#points = []; // a failed attempt's points give way to new ones
    const x = Math.min(map.width - 1, Math.max(0, Math.floor(input.x)));
    const y = Math.min(map.height - 1, Math.max(0, Math.floor(input.y)));
    if (this.#points.some((point) => point.x === x && point.y === y)) return;
    this.#points.push({ x, y });
    this.workspace.stage.invalidateOverlay();
    if (this.#points.length === 4) void this.#run();
  }

  move(): void {
    // Only presses count.
  }

  up(): void {
    // Only presses count.
  }

  cancel(): void {
    this.#request?.abort();
    this.#points = [];
    this.workspace.stage.invalidateOverlay();
  }

  key(key: string): boolean {
    if (this.#points.length === 0) return false;
    if (key === "escape") this.cancel();
    else if (key === "enter" && this.#points.length === 4 && this.#request === null) void this.#run();
    else if (key === "backspace" && this.#request === null) this.#points.pop();
    else return false;
    this.workspace.stage.invalidateOverlay();
    return true;
  }

  overlay({ context, camera }: Overlay): boolean {
    if (this.#points.length === 0) return false;
    const color = currentCategory(this.workspace)?.color ?? "#444";
    const screen = this.#points.map(({ x, y }) => toScreen(camera, x + 0.5, y + 0.5));
    if (screen.length > 1) {
      const [xs, ys] = [screen.map(([x]) => x), screen.map(([, y]) => y)];
      const box = new Path2D();
      box.rect(Math.min(...xs), Math.min(...ys), Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
      strokeContrast(context, box, true);
    }
    for (const [x, y] of screen) drawHandle(context, x, y, color, 5);
    return true;
  }

  async #run(): Promise<void> {
    const { workspace } = this;
    const { map, state, pixels } = workspace;
    const category = currentCategory(workspace);
    if (category === null) return;
    const request = new AbortController();
    this.#request = request;
    state.busy.value = t("Finding the outline…");
    state.notice.value = null;
    try {
      const points = orderExtremes(this.#points).map(({ x, y }) => [x, y] as const);
      const result = await workspace.segment({ tool: "extreme-points", points }, request.signal);
      const mask = await pixels.decode(result.png);
      const [x0, y0, x1, y1] = result.box;
      if (mask.width !== x1 - x0 || mask.height !== y1 - y0) throw new Error("the mask is not of its box's size");
      if (request.signal.aborted) return;
      const inside = mask.data.map((value) => (value > 127 ? 1 : 0));
      await map.paint(state.mode.value, (gesture) => gesture.mask({ x0, y0, x1, y1 }, inside, category.index));
      this.#points = [];
    } catch {
      if (request.signal.aborted) return;
      state.notice.value = {
        kind: "error",
        text: t("The outline could not be found. Press Enter to try again, or click four other points."),
      };
    } finally {
      if (this.#request === request) this.#request = null;
      state.busy.value = null;
      workspace.stage.invalidateOverlay();
    }
  }
}

export const extremePoints: ToolDefinition = {
  id: "extreme-points",
  label: "Four points",
  hint: "Click an object's top, left, bottom and right-most points, in any order: its outline is found for you.",
  key: "x",
  allowedBy: "extreme-points",
  readOnly: false,
  icon: "M12 4.5c5 0 7.5 3 7.5 7.5s-3 7.5-7.5 7.5S4.5 17 4.5 12 7 4.5 12 4.5ZM12 3v3M12 18v3M3 12h3M18 12h3",
  create: (workspace) => new ExtremePointsTool(workspace),
};

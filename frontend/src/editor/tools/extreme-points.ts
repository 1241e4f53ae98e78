import { t } from "../../shared/i18n";
import type { PaintMode } from "../document/gesture";
import type { Point } from "../geometry/polygon";
import { toScreen } from "../viewport/camera";
import type { SegmentResult } from "../transport/transport";
import { currentCategory, type Category, type Workspace } from "../workspace";
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

type Correction = readonly [x: number, y: number, positive: boolean];

/** An object that was found and painted, for as long as nothing else changed the document. */
interface Found {
  readonly points: readonly Point[];
  readonly clicks: readonly Correction[];
  readonly box: SegmentResult["box"];
  /** 1 inside the object, row by row over the box. */
  readonly inside: Uint8Array<ArrayBuffer>;
  readonly category: Category;
  readonly mode: PaintMode;
  /** Whether painting it changed anything, so that there is a step to take back. */
  readonly painted: boolean;
  readonly revision: number;
}

/**
 * Four clicks on an object's extreme points; the server finds its outline. Shift and a click correct it: what is
 * missing is added, what is wrongly in it is taken away. However often it is corrected, it is one step to undo.
 */
class ExtremePointsTool implements Tool {
  readonly cursor = "crosshair";
  #points: Point[] = [];
  #request: AbortController | null = null;
  #found: Found | null = null;

  constructor(readonly workspace: Workspace) {}

  down(input: PointerInput): void {
    const { map } = this.workspace;
    if (this.#request !== null || currentCategory(this.workspace) === null) return;
    const x = Math.min(map.width - 1, Math.max(0, Math.floor(input.x)));
    const y = Math.min(map.height - 1, Math.max(0, Math.floor(input.y)));
    const found = this.#current();
    if (input.shift && found !== null && this.#points.length === 0) {
      void this.#run(found, [...found.clicks, [x, y, !isInside(found, x, y)]]);
      return;
    }
    this.#found = null;
    if (this.#points.length === 4) this.#points = []; // a failed attempt's points give way to new ones
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
    this.#found = null;
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
    const color = currentCategory(this.workspace)?.color ?? "#444";
    if (this.#points.length === 0) {
      const clicks = this.#current()?.clicks ?? [];
      for (const [x, y, positive] of clicks) {
        drawHandle(context, ...toScreen(camera, x + 0.5, y + 0.5), positive ? color : "#fff", 4);
      }
      return clicks.length > 0;
    }
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

  /** What can still be corrected. */
  #current(): Found | null {
    return this.#found !== null && this.#found.revision === this.workspace.map.revision ? this.#found : null;
  }

  async #run(before: Found | null = null, clicks: readonly Correction[] = []): Promise<void> {
    const { workspace } = this;
    const { map, state, pixels } = workspace;
    const category = before?.category ?? currentCategory(workspace);
    if (category === null) return;
    const mode = before?.mode ?? state.mode.value;
    const corners = before?.points ?? orderExtremes(this.#points);
    const request = new AbortController();
    this.#request = request;
    state.busy.value = t("Finding the outline…");
    state.notice.value = null;
    try {
      const points = corners.map(({ x, y }) => [x, y] as const);
      const prompt = { tool: "extreme-points", points, ...(clicks.length > 0 ? { clicks } : {}) } as const;
      const result = await workspace.segment(prompt, request.signal);
      const mask = await pixels.decode(result.png);
      const [x0, y0, x1, y1] = result.box;
      if (mask.width !== x1 - x0 || mask.height !== y1 - y0) throw new Error("the mask is not of its box's size");
      await map.settled();
      if (request.signal.aborted) return;
      if (before !== null) {
        // Painted over meanwhile: the answer belongs to a document that is no more.
        if (map.revision !== before.revision) return;
        if (before.painted) map.undo();
      }
      const inside = mask.data.map((value) => (value > 127 ? 1 : 0));
      const revision = map.revision;
      await map.paint(mode, (gesture) => gesture.mask({ x0, y0, x1, y1 }, inside, category.index));
      const painted = map.revision !== revision;
      this.#found = { points: corners, clicks, box: result.box, inside, category, mode, painted, revision: map.revision };
      this.#points = [];
    } catch {
      if (request.signal.aborted) return;
      const text =
        before === null
          ? t("The outline could not be found. Press Enter to try again, or click four other points.")
          : t("The outline could not be corrected. Click again, or use the brush.");
      state.notice.value = { kind: "error", text };
    } finally {
      if (this.#request === request) this.#request = null;
      state.busy.value = null;
      workspace.stage.invalidateOverlay();
    }
  }
}

function isInside({ box: [x0, y0, x1, y1], inside }: Found, x: number, y: number): boolean {
  return x >= x0 && x < x1 && y >= y0 && y < y1 && inside[(y - y0) * (x1 - x0) + x - x0] === 1;
}

export const extremePoints: ToolDefinition = {
  id: "extreme-points",
  label: "Four points",
  hint: "Click an object's top, left, bottom and right-most points, in any order: its outline is found for you. Shift and a click then add what is missing, or take away what is wrong.",
  key: "x",
  allowedBy: "extreme-points",
  readOnly: false,
  icon: "M12 4.5c5 0 7.5 3 7.5 7.5s-3 7.5-7.5 7.5S4.5 17 4.5 12 7 4.5 12 4.5ZM12 3v3M12 18v3M3 12h3M18 12h3",
  create: (workspace) => new ExtremePointsTool(workspace),
};

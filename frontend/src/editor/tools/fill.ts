import { t } from "../../shared/i18n";
import { mayPaint } from "../document/gesture";
import { currentCategory, type Workspace } from "../workspace";
import type { PointerInput, Tool, ToolDefinition } from "./tool";

/** Fills the connected region under the pointer; the search runs off the main thread. */
class FillTool implements Tool {
  readonly cursor = "crosshair";
  #running = false;

  constructor(readonly workspace: Workspace) {}

  down(input: PointerInput): void {
    const { map, state } = this.workspace;
    const [x, y] = [Math.floor(input.x), Math.floor(input.y)];
    const category = currentCategory(this.workspace);
    if (category === null || this.#running || x < 0 || y < 0 || x >= map.width || y >= map.height) return;
    this.#running = true;
    void this.#fill(x, y, category.index)
      .catch(() => (state.notice.value = { kind: "error", text: t("Filling did not work. Try again.") }))
      .finally(() => (this.#running = false));
  }

  move(): void {
    // A fill has no drag.
  }

  up(): void {
    // Done at the press.
  }

  cancel(): void {
    // What runs ends within a fraction of a second; undo takes it back.
  }

  async #fill(x: number, y: number, value: number): Promise<void> {
    const { map, pixels, state } = this.workspace;
    for (;;) {
      await map.settled();
      const before = map.data[y * map.width + x];
      if (before === value || !mayPaint(state.mode.value, before)) return;
      const { width, height, revision } = map;
      const change = await pixels.fill({ data: map.snapshot(), width, height }, x, y, value);
      // Painted meanwhile: the region may have changed, so look again.
      if (map.adopt(change, revision)) return;
    }
  }
}

export const fill: ToolDefinition = {
  id: "fill",
  label: "Fill",
  hint: "Click to give a connected region of one class, or of unlabeled pixels, to the chosen class.",
  key: "g",
  allowedBy: "fill",
  readOnly: false,
  icon: "M5 12.5 12.5 5l7 7-6.5 6.5a2 2 0 0 1-2.8 0L5 13.3a.6.6 0 0 1 0-.8ZM5 13h14M9.5 2.5l3 2.5M21 15.5c1 1.5 1.5 2.3 1.5 3a1.5 1.5 0 0 1-3 0c0-.7.5-1.5 1.5-3Z",
  create: (workspace) => new FillTool(workspace),
};

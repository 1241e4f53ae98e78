import { t } from "../../shared/i18n";
import { currentCategory, type Workspace } from "../workspace";
import type { PointerInput, Tool } from "./tool";

/** Click a colour: the connected pixels that look like it are painted. The search runs off the main thread. */
export class MagicWandTool implements Tool {
  readonly cursor = "crosshair";
  #running = false;

  constructor(readonly workspace: Workspace) {}

  down(input: PointerInput): void {
    const { map, stage, state } = this.workspace;
    const [x, y] = [Math.floor(input.x), Math.floor(input.y)];
    const category = currentCategory(this.workspace);
    if (category === null || stage.image === null || this.#running || x < 0 || y < 0 || x >= map.width || y >= map.height) return;
    this.#running = true;
    void this.#paint(stage.image, x, y, category.index)
      .catch(() => (state.notice.value = { kind: "error", text: t("The magic wand did not work. Try again.") }))
      .finally(() => (this.#running = false));
  }

  move(): void {
    // A click has no drag.
  }

  up(): void {
    // Done at the press.
  }

  cancel(): void {
    // What runs ends within a fraction of a second; undo takes it back.
  }

  async #paint(image: ImageBitmap, x: number, y: number, value: number): Promise<void> {
    const { map, pixels, state } = this.workspace;
    const [tolerance, mode] = [state.tolerance.value, state.mode.value];
    for (;;) {
      await map.settled();
      const { width, height, revision } = map;
      const change = await pixels.wand({ data: map.snapshot(), width, height }, image, { x, y, value, tolerance, mode });
      if (map.adopt(change, revision)) return; // else it was painted meanwhile: look again
    }
  }
}

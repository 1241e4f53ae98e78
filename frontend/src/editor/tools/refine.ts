import { t } from "../../shared/i18n";
import type { Workspace } from "../workspace";
import type { PointerInput, Tool } from "./tool";

/** Click a region to grow or shrink it, to fill its holes, or to remove its class's specks; with Shift, all of the class. */
export class RefineTool implements Tool {
  readonly cursor = "crosshair";
  #running = false;

  constructor(readonly workspace: Workspace) {}

  down(input: PointerInput): void {
    this.#begin(Math.floor(input.x), Math.floor(input.y), input.shift);
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

  /** Enter: all of the chosen class, without a pointer. */
  key(key: string): boolean {
    if (key !== "enter") return false;
    const { map, state } = this.workspace;
    const at = state.category.value === 0 ? -1 : map.data.indexOf(state.category.value);
    if (at >= 0) this.#begin(at % map.width, Math.floor(at / map.width), true);
    return true;
  }

  #begin(x: number, y: number, whole: boolean): void {
    const { map, state } = this.workspace;
    if (this.#running || x < 0 || y < 0 || x >= map.width || y >= map.height) return;
    this.#running = true;
    void this.#run(x, y, whole)
      .catch(() => (state.notice.value = { kind: "error", text: t("That did not work. Try again.") }))
      .finally(() => (this.#running = false));
  }

  async #run(x: number, y: number, whole: boolean): Promise<void> {
    const { map, pixels, state } = this.workspace;
    const call = { what: state.refinement.value, x, y, whole, pixels: state.reach.value, mode: state.mode.value };
    for (;;) {
      await map.settled();
      const { width, height, revision } = map;
      const change = await pixels.refine({ data: map.snapshot(), width, height }, call);
      if (!map.adopt(change, revision)) continue; // painted meanwhile: look again
      if (change.length === 0) state.notice.value = { kind: "info", text: t("There was nothing to change here.") };
      return;
    }
  }
}

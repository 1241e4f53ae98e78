import { pan as panCamera } from "../viewport/camera";
import type { Workspace } from "../workspace";
import type { PointerInput, Tool, ToolDefinition } from "./tool";

class PanTool implements Tool {
  readonly cursor = "grab";
  #last: readonly [number, number] | null = null;

  constructor(readonly workspace: Workspace) {}

  down(input: PointerInput): void {
    this.#last = [input.sx, input.sy];
  }

  move(input: PointerInput): void {
    if (this.#last === null) return;
    const { stage } = this.workspace;
    stage.look(panCamera(stage.camera, input.sx - this.#last[0], input.sy - this.#last[1]));
    this.#last = [input.sx, input.sy];
  }

  up(): void {
    this.#last = null;
  }

  cancel(): void {
    this.#last = null;
  }
}

export const pan: ToolDefinition = {
  id: "pan",
  label: "Move the image",
  hint: "Drag the image. Space and drag, or the middle button, does the same with any tool.",
  key: "h",
  allowedBy: null,
  readOnly: true,
  icon: "M8 12V6a1.5 1.5 0 0 1 3 0v5M11 11V4.5a1.5 1.5 0 0 1 3 0V11M14 11V6a1.5 1.5 0 0 1 3 0v8c0 4-2 6.5-5.5 6.5-3 0-4.5-1.5-6-4.5l-2-4a1.5 1.5 0 0 1 2.6-1.5L8 13",
  create: (workspace) => new PanTool(workspace),
};

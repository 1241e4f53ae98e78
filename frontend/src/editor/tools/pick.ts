import type { Workspace } from "../workspace";
import type { PointerInput, Tool, ToolDefinition } from "./tool";

/** Makes the class under the pointer the current one. Unlabeled pixels change nothing. */
export function pickAt(workspace: Workspace, x: number, y: number): void {
  const { map, state, categories } = workspace;
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= map.width || row >= map.height) return;
  const index = map.data[row * map.width + column];
  if (categories.some((category) => category.index === index)) state.category.value = index;
}

class PickTool implements Tool {
  readonly cursor = "crosshair";

  constructor(readonly workspace: Workspace) {}

  down(input: PointerInput): void {
    pickAt(this.workspace, input.x, input.y);
  }

  move(input: PointerInput): void {
    if (input.pressed) this.down(input);
  }

  up(): void {
    // Nothing is left open.
  }

  cancel(): void {
    // Nothing is left open.
  }
}

export const pick: ToolDefinition = {
  id: "pick",
  label: "Pick class",
  hint: "Click a labeled pixel to choose its class. Alt and click does the same with any tool.",
  key: "i",
  allowedBy: null,
  readOnly: true,
  icon: "m14 8-9 9-1 3 3-1 9-9M12.5 6.5l5 5M14 8l3-3.5a1.8 1.8 0 0 1 2.5 2.5L16 10",
  create: (workspace) => new PickTool(workspace),
};

import { BACKGROUND } from "../document/constants";
import { erasing, type Gesture } from "../document/gesture";
import { capsuleSpans, snapBrush } from "../geometry/capsule";
import type { Point } from "../geometry/polygon";
import type { Ring } from "../renderer/stage";
import { toScreen } from "../viewport/camera";
import { currentCategory, type Workspace } from "../workspace";
import type { Overlay, PointerInput, Tool, ToolDefinition } from "./tool";

/** Round brush: capsules between the pointer's positions. With Shift, a straight line from the last stroke's end. */
export class BrushTool implements Tool {
  readonly cursor = "none";
  #gesture: Gesture | null = null;
  #last: Point | null = null;
  #value = BACKGROUND;

  constructor(
    readonly workspace: Workspace,
    readonly erases: boolean,
  ) {}

  down(input: PointerInput): void {
    const category = this.erases ? null : currentCategory(this.workspace);
    if (!this.erases && category === null) return;
    this.#value = category?.index ?? BACKGROUND;
    const { map, state } = this.workspace;
    this.#gesture = map.begin(this.erases ? erasing(state.mode.value) : state.mode.value);
    if (!input.shift || this.#last === null) this.#last = input;
    this.#stroke(input);
    this.#gesture.flush();
  }

  move(input: PointerInput): void {
    if (this.#gesture === null) return;
    for (const point of input.path) this.#stroke(point);
    this.#gesture.flush();
  }

  up(input: PointerInput): void {
    this.move(input);
    this.#gesture?.commit();
    this.#gesture = null;
  }

  cancel(): void {
    this.#gesture?.cancel();
    this.#gesture = null;
  }

  ring({ camera, pointer }: Omit<Overlay, "context">): Ring | null {
    if (pointer === null) return null;
    const size = this.workspace.state.brushSize.value;
    const [x, y] = toScreen(camera, ...snapBrush(pointer.x, pointer.y, size));
    return { x, y, diameter: Math.max(3, size * camera.scale), square: size <= 2, dashed: this.erases };
  }

  #stroke(to: Point): void {
    const gesture = this.#gesture;
    if (gesture === null) return;
    const { map, state } = this.workspace;
    const size = state.brushSize.value;
    const from = this.#last ?? to;
    const [ax, ay] = snapBrush(from.x, from.y, size);
    const [bx, by] = snapBrush(to.x, to.y, size);
    capsuleSpans(ax, ay, bx, by, size / 2, 0, map.height, (y, x0, x1) => gesture.span(y, x0, x1, this.#value));
    this.#last = { x: to.x, y: to.y };
  }
}

export const brush: ToolDefinition = {
  id: "brush",
  label: "Brush",
  hint: "Drag to paint the chosen class. Shift and click draws a straight line.",
  key: "b",
  allowedBy: "brush",
  amount: "brushSize",
  readOnly: false,
  icon: "M20 4c-4 1-9 5.5-11 8.5l2.5 2.5C14.5 13 19 8 20 4ZM8.5 13.5c-2.5 0-4 1.5-4 3.5 0 1.5-.5 2-1.5 2.5 1 .8 2.5 1 3.5 1 2.5 0 4.5-1.8 4.5-4.5",
  create: (workspace) => new BrushTool(workspace, false),
};

import type { Point } from "../geometry/polygon";
import type { PointerInput, Tool } from "../tools/tool";
import { pan, toImage, toScreen } from "../viewport/camera";
import type { Workspace } from "../workspace";

/** How far an arrow key moves, in CSS pixels; at least one image pixel. With Shift exactly one image pixel. */
const STEP = 10;
/** The view follows a cursor that comes this near to its edge (CSS pixels). */
const EDGE = 48;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1],
};

/**
 * Painting without a pointer: arrows move a cursor over the image, Space is the button under it. Held, the tool
 * drags along; tapped, it clicks (a dab, a corner, a fill).
 */
export class KeyboardControl {
  /** Centre of the image pixel under the cursor; null while a pointer is used instead. */
  #cursor: Point | null = null;
  #pressed = false;

  constructor(
    readonly workspace: Workspace,
    readonly tool: () => Tool,
    /** Where the pointer is, to begin there. */
    readonly pointer: () => Point | null,
    readonly onMove: (position: Point) => void,
  ) {}

  get cursor(): Point | null {
    return this.#cursor;
  }

  get pressed(): boolean {
    return this.#pressed;
  }

  /** An arrow (`arrowleft`, `shift+arrowleft`) or Space. Answers whether it was used. */
  keyDown(key: string, repeated: boolean): boolean {
    const fine = key.startsWith("shift+");
    const arrow = ARROWS[fine ? key.slice(6) : key] as readonly [number, number] | undefined;
    if (arrow !== undefined) {
      this.#move(arrow, fine);
      return true;
    }
    if (key === "escape" && this.#pressed) {
      this.cancel();
      return true;
    }
    if (key !== "space" || this.#cursor === null) return false;
    if (!repeated && !this.#pressed) {
      this.#pressed = true;
      this.tool().down(this.#input(this.#cursor));
    }
    return true;
  }

  /** Space let go. */
  release(): void {
    if (!this.#pressed || this.#cursor === null) return;
    this.#pressed = false;
    this.tool().up(this.#input(this.#cursor));
  }

  /** Gives up what is half done. */
  cancel(): void {
    if (!this.#pressed) return;
    this.#pressed = false;
    this.tool().cancel();
  }

  /** A pointer took over. */
  leave(): void {
    this.release();
    this.#cursor = null;
  }

  /** A cross under which nothing is hidden. */
  paint(context: CanvasRenderingContext2D): boolean {
    if (this.#cursor === null) return false;
    const [x, y] = toScreen(this.workspace.stage.camera, this.#cursor.x, this.#cursor.y);
    const cross = new Path2D();
    for (const [dx, dy] of Object.values(ARROWS)) {
      cross.moveTo(x + dx * 5, y + dy * 5);
      cross.lineTo(x + dx * 14, y + dy * 14);
    }
    for (const [width, color] of [[4, "rgb(0 0 0 / 65%)"], [1.75, "#fff"]] as const) {
      context.lineWidth = width;
      context.strokeStyle = color;
      context.stroke(cross);
    }
    return true;
  }

  #move([dx, dy]: readonly [number, number], fine: boolean): void {
    const { stage, map } = this.workspace;
    const { camera, view } = stage;
    const from = this.#cursor ?? this.#start();
    const step = this.#cursor === null ? 0 : fine ? 1 : Math.max(1, Math.round(STEP / camera.scale));
    const place = (at: number, length: number): number => Math.min(length - 1, Math.max(0, Math.floor(at))) + 0.5;
    const to = { x: place(from.x + dx * step, map.width), y: place(from.y + dy * step, map.height) };
    this.#cursor = to;
    const [sx, sy] = toScreen(camera, to.x, to.y);
    const beyond = (at: number, length: number): number => (at < EDGE ? EDGE - at : at > length - EDGE ? length - EDGE - at : 0);
    const [mx, my] = [beyond(sx, view.width), beyond(sy, view.height)];
    if (mx !== 0 || my !== 0) stage.look(pan(camera, mx, my));
    this.onMove(to);
    this.tool().move(this.#input(to));
  }

  /** The pointer's place, else the middle of what is seen. */
  #start(): Point {
    const { stage } = this.workspace;
    const pointer = this.pointer();
    if (pointer !== null) return pointer;
    const [x, y] = toImage(stage.camera, stage.view.width / 2, stage.view.height / 2);
    return { x, y };
  }

  #input(at: Point): PointerInput {
    const [sx, sy] = toScreen(this.workspace.stage.camera, at.x, at.y);
    return { ...at, sx, sy, path: [at], shift: false, alt: false, pressed: this.#pressed, clicks: 1 };
  }
}

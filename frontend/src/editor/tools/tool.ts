import type { Point } from "../geometry/polygon";
import type { Ring } from "../renderer/stage";
import type { AmountId } from "../state";
import type { Camera } from "../viewport/camera";
import type { Workspace } from "../workspace";

export type ToolId =
  | "take" | "comment" | "brush" | "eraser" | "polygon" | "polygon-eraser" | "fill" | "extreme-points" | "pick" | "pan"
  | "lasso" | "rectangle" | "ellipse" | "magic-wand" | "refine";

/** A pointer event in image coordinates. */
export interface PointerInput extends Point {
  /** In CSS pixels of the view. */
  readonly sx: number;
  readonly sy: number;
  /** Where the pointer was since the last event, this position last: pens report many points per frame. */
  readonly path: readonly Point[];
  readonly shift: boolean;
  readonly alt: boolean;
  /** Whether the main button (or the pen, the finger) is down. */
  readonly pressed: boolean;
  /** 2 for the second press of a double click. */
  readonly clicks: number;
}

/** Where a tool draws its preview: CSS pixels of the view. */
export interface Overlay {
  readonly context: CanvasRenderingContext2D;
  readonly camera: Camera;
  /** The pointer's image position, null while it is elsewhere. */
  readonly pointer: Point | null;
}

/** A tool in use. It paints through gestures of the workspace's map; `cancel` leaves no trace of one begun. */
export interface Tool {
  /** CSS cursor over the image. */
  readonly cursor: string;
  down(input: PointerInput): void;
  /** Also without a pressed button. */
  move(input: PointerInput): void;
  up(input: PointerInput): void;
  /** Gives up what is half done. */
  cancel(): void;
  /** A key the tool wants before shortcuts do: answers whether it took it. */
  key?(key: string): boolean;
  /** Draws the preview; answers whether there was anything to draw. */
  overlay?(overlay: Overlay): boolean;
  /** The outline of what a press would paint, or null. */
  ring?(overlay: Omit<Overlay, "context">): Ring | null;
}

export interface ToolDefinition {
  readonly id: ToolId;
  /** English text, translated where it is shown. */
  readonly label: string;
  readonly hint: string;
  /** Shortcut, as in `actions/keys.ts`. */
  readonly key: string;
  /** Name in the template's `tools` that allows it; null: always there. */
  readonly allowedBy: string | null;
  /** SVG path on a 24 x 24 grid, drawn as lines. */
  readonly icon: string;
  /** Only where answers are reviewed. */
  readonly reviews?: boolean;
  /** What the wheel with Alt, `[` and `]` change while it is in use, and its slider. */
  readonly amount?: AmountId;
  /** Works in a read-only editor too. */
  readonly readOnly: boolean;
  create(workspace: Workspace): Tool;
}

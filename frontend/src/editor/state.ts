import { signal } from "@preact/signals-core";
import { loadKeyChoices, type KeyChoices } from "./actions/key-choices";
import type { PaintMode } from "./document/gesture";
import type { ToolId } from "./tools/tool";
import type { Camera } from "./viewport/camera";

export interface Notice {
  readonly kind: "info" | "error";
  readonly text: string;
}

/** What the editor's chrome shows and changes. Pixels never pass through here. */
export class EditorState {
  readonly tool = signal<ToolId>("brush");
  /** Index of the class being painted; 0 when the task has none. */
  readonly category = signal(0);
  readonly mode = signal<PaintMode>("over");
  /** Diameter in image pixels. */
  readonly brushSize = signal(24);
  readonly opacity = signal(0.5);
  readonly outlines = signal(true);
  readonly hatch = signal(false);
  /** Whether labels are shown at all (a quick look at the bare image). */
  readonly labelsShown = signal(true);
  /** Another mask is looked at: the document's labels are not drawn under it. */
  readonly covered = signal(false);
  /** The person's own shortcuts. */
  readonly keys = signal<KeyChoices>(loadKeyChoices());
  readonly camera = signal<Camera>({ originX: 0, originY: 0, scale: 1 });
  /** Grows with each committed change of the document: counts and undo state are read anew. */
  readonly revision = signal(0);
  /** Column and row under the pointer, in words; empty beside the image. */
  readonly pixel = signal("");
  /** What the editor is waiting for, in words; null when for nothing. */
  readonly busy = signal<string | null>(null);
  readonly notice = signal<Notice | null>(null);
}

export const MIN_BRUSH = 1;
export const MAX_BRUSH = 1000;

/** The next brush size: single pixels while small, about a seventh when large. */
export function stepBrush(size: number, direction: 1 | -1): number {
  const step = Math.max(1, Math.round(size * 0.15));
  return Math.min(MAX_BRUSH, Math.max(MIN_BRUSH, size + direction * step));
}

import { signal } from "@preact/signals-core";
import { loadKeyChoices, type KeyChoices } from "./actions/key-choices";
import type { PaintMode } from "./document/gesture";
import type { ToolId } from "./tools/tool";
import type { Refinement } from "./worker/refine";
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
  /** Classes whose pixels no tool changes. */
  readonly locked = signal<ReadonlySet<number>>(new Set());
  /** Classes that are not drawn; the document is the same. */
  readonly hidden = signal<ReadonlySet<number>>(new Set());
  /** Diameter in image pixels. */
  readonly brushSize = signal(24);
  /** How far a colour may be from the one clicked, for the magic wand: 0 to 255. */
  readonly tolerance = signal(24);
  /** What a click on a region does, and by how many pixels. */
  readonly refinement = signal<Refinement>("grow");
  readonly reach = signal(3);
  /** Which number keys and wheel change now: the one of the tool in use. */
  readonly amount = signal<AmountId>("brushSize");
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

/** A tool's one number. */
export type AmountId = "brushSize" | "tolerance" | "reach";

/** A set with or without a member that was not, or was, in it. */
export function toggled(set: ReadonlySet<number>, member: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}

export const MIN_BRUSH = 1;
export const MAX_BRUSH = 1000;

/** The next brush size: single pixels while small, about a seventh when large. */
export function stepBrush(size: number, direction: 1 | -1): number {
  const step = Math.max(1, Math.round(size * 0.15));
  return Math.min(MAX_BRUSH, Math.max(MIN_BRUSH, size + direction * step));
}

const LARGEST: Readonly<Record<AmountId, number>> = { brushSize: MAX_BRUSH, tolerance: 255, reach: 500 };
const LEAST: Readonly<Record<AmountId, number>> = { brushSize: MIN_BRUSH, tolerance: 0, reach: 1 };

/** Sets a tool's number within its bounds. */
export function setAmount(state: EditorState, id: AmountId, value: number): void {
  state[id].value = Math.min(LARGEST[id], Math.max(LEAST[id], Math.round(value)));
}

/** One step more or less of the number that the tool in use has. */
export function stepAmount(state: EditorState, direction: 1 | -1): void {
  const id = state.amount.value;
  setAmount(state, id, id === "brushSize" ? stepBrush(state.brushSize.value, direction) : state[id].value + direction * STEPS[id]);
}

const STEPS: Readonly<Record<Exclude<AmountId, "brushSize">, number>> = { tolerance: 4, reach: 1 };

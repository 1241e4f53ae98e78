import { effect } from "@preact/signals-core";
import type { Disposer } from "./disposer";
import { MAX_BRUSH, setAmount, type EditorState } from "./state";

const KEY = "maskwright-editor";

interface Settings {
  readonly opacity?: unknown;
  readonly outlines?: unknown;
  readonly brushSize?: unknown;
  readonly tolerance?: unknown;
}

/** Takes a person's way of looking from this browser and keeps it there; a browser without storage forgets. */
export function keepSettings(state: EditorState): Disposer {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Settings;
    if (typeof kept.opacity === "number") state.opacity.value = Math.min(1, Math.max(0, kept.opacity));
    if (typeof kept.outlines === "boolean") state.outlines.value = kept.outlines;
    if (typeof kept.brushSize === "number") state.brushSize.value = Math.min(MAX_BRUSH, Math.max(1, Math.round(kept.brushSize)));
    if (typeof kept.tolerance === "number") setAmount(state, "tolerance", kept.tolerance);
  } catch {
    // Nothing kept, or not by us.
  }
  return effect(() => {
    const settings: Settings = {
      opacity: state.opacity.value,
      outlines: state.outlines.value,
      brushSize: state.brushSize.value,
      tolerance: state.tolerance.value,
    };
    try {
      localStorage.setItem(KEY, JSON.stringify(settings));
    } catch {
      // A private window may refuse.
    }
  });
}

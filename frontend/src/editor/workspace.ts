import type { LabelMap } from "./document/label-map";
import type { ReviewDesk } from "./review/desk";
import type { Stage } from "./renderer/stage";
import type { EditorState } from "./state";
import type { SegmentRequest, SegmentResult } from "./transport/transport";
import type { PixelWork } from "./worker/pixel-work";

/** A class as the editor knows it. */
export interface Category {
  readonly index: number;
  readonly name: string;
  readonly color: string;
  readonly key: string;
  readonly description: string;
}

/** What tools and actions work on while one assignment is open. */
export interface Workspace {
  readonly map: LabelMap;
  readonly state: EditorState;
  readonly stage: Stage;
  readonly pixels: PixelWork;
  readonly categories: readonly Category[];
  readonly readOnly: boolean;
  /** What a reviewer works with; null elsewhere. */
  readonly review: ReviewDesk | null;
  segment(request: SegmentRequest, signal: AbortSignal): Promise<SegmentResult>;
}

/** The current class, or null (told to the person) when there is none to paint with. */
export function currentCategory(workspace: Workspace): Category | null {
  return workspace.categories.find(({ index }) => index === workspace.state.category.value) ?? null;
}

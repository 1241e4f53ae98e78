import type { PointerInput, Tool, ToolDefinition } from "../tools/tool";
import type { Workspace } from "../workspace";

/** A click pins a comment; its words are written beside the image. */
class CommentTool implements Tool {
  readonly cursor = "cell";

  constructor(readonly workspace: Workspace) {}

  down({ x, y }: PointerInput): void {
    const { map, review } = this.workspace;
    if (x < 0 || y < 0 || x > map.width || y > map.height) return;
    review?.pins.add(x, y);
  }

  move(): void {
    // Only presses count.
  }

  up(): void {
    this.workspace.review?.writeComment();
  }

  cancel(): void {
    // Nothing is left open.
  }
}

export const comment: ToolDefinition = {
  id: "comment",
  label: "Comment",
  hint: "Click a place and say what is wrong there. Whoever gets the image back sees it at that place.",
  key: "a",
  allowedBy: null,
  readOnly: false,
  reviews: true,
  icon: "M5 5h14v10.5h-7L8 19.5v-4H5ZM9 9h6M9 12h4",
  create: (workspace) => new CommentTool(workspace),
};

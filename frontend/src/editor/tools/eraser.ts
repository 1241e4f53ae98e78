import { BrushTool } from "./brush";
import type { ToolDefinition } from "./tool";

export const eraser: ToolDefinition = {
  id: "eraser",
  label: "Eraser",
  hint: "Drag to make pixels unlabeled again.",
  key: "e",
  allowedBy: "eraser",
  amount: "brushSize",
  readOnly: false,
  icon: "M9 20h11M5.5 18.5l-2-2a1.5 1.5 0 0 1 0-2.1L14 4a1.5 1.5 0 0 1 2.1 0l4 4a1.5 1.5 0 0 1 0 2.1L11 19.5a1.5 1.5 0 0 1-1 .5H7.5a2 2 0 0 1-1.4-.6ZM8.5 9.5l6.5 6.5",
  create: (workspace) => new BrushTool(workspace, true),
};

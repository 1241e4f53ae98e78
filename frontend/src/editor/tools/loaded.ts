import { ToolByNeed } from "./by-need";
import type { ToolDefinition } from "./tool";

/** Tools whose code is loaded when they are first chosen: here stands what toolbar, shortcuts and help need. */
export const lasso: ToolDefinition = {
  id: "lasso",
  label: "Lasso",
  hint: "Drag around an area: what the line encloses is painted.",
  key: "s",
  allowedBy: "lasso",
  readOnly: false,
  icon: "M12 4.5c5 0 8.5 2.3 8.5 5.7S17 16 12 16s-8.5-2.3-8.5-5.8S7 4.5 12 4.5ZM7 15.2c-1.8.4-2.7 1.3-2.3 2.3.4.9 2 1 2.7.2.7-.9.3-2-.4-2.5ZM6.5 18.3c.4 1.5 1.3 2 3 2.2",
  create: (workspace) => new ToolByNeed(workspace, async () => new (await import("./lasso")).LassoTool(workspace)),
};

export const rectangle: ToolDefinition = {
  id: "rectangle",
  label: "Rectangle",
  hint: "Drag from corner to corner. Shift makes it a square.",
  key: "f",
  allowedBy: "rectangle",
  readOnly: false,
  icon: "M4 6h16v12H4Z",
  create: (workspace) => new ToolByNeed(workspace, async () => new (await import("./rectangle")).RectangleTool(workspace)),
};

export const ellipse: ToolDefinition = {
  id: "ellipse",
  label: "Ellipse",
  hint: "Drag from corner to corner of its box. Shift makes it a circle.",
  key: "shift+f",
  allowedBy: "ellipse",
  readOnly: false,
  icon: "M12 6c5 0 8.5 2.5 8.5 6s-3.5 6-8.5 6-8.5-2.5-8.5-6S7 6 12 6Z",
  create: (workspace) => new ToolByNeed(workspace, async () => new (await import("./ellipse")).EllipseTool(workspace)),
};

export const magicWand: ToolDefinition = {
  id: "magic-wand",
  label: "Magic wand",
  hint: "Click a colour: the connected pixels that look like it are painted. The tolerance says how alike.",
  key: "w",
  allowedBy: "magic-wand",
  amount: "tolerance",
  readOnly: false,
  icon: "M4.5 19.5 14 10M17 3.5v3M15.5 5h3M20 9v2M19 10h2M11 4v2M10 5h2M18.5 13.5v2M17.5 14.5h2",
  create: (workspace) => new ToolByNeed(workspace, async () => new (await import("./magic-wand")).MagicWandTool(workspace)),
};

export const refine: ToolDefinition = {
  id: "refine",
  label: "Refine regions",
  hint: "Click a region to grow or shrink it, fill its holes or remove its class's specks. With Shift, or by Enter, the whole class.",
  key: "shift+r",
  allowedBy: "refine",
  amount: "reach",
  readOnly: false,
  icon: "M12 8.5c2.2 0 3.5 1.3 3.5 3.5s-1.3 3.5-3.5 3.5S8.5 14.2 8.5 12 9.8 8.5 12 8.5ZM12 6V3M10.5 4.5 12 3l1.5 1.5M12 18v3M10.5 19.5 12 21l1.5-1.5M6 12H3M4.5 10.5 3 12l1.5 1.5M18 12h3M19.5 10.5 21 12l-1.5 1.5",
  create: (workspace) => new ToolByNeed(workspace, async () => new (await import("./refine")).RefineTool(workspace)),
};

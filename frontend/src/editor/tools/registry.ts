import { brush } from "./brush";
import { eraser } from "./eraser";
import { extremePoints } from "./extreme-points";
import { fill } from "./fill";
import { ellipse, lasso, magicWand, rectangle, refine } from "./loaded";
import { comment } from "../review/comment-tool";
import { take } from "../review/take-tool";
import { pan } from "./pan";
import { pick } from "./pick";
import { polygon, polygonEraser } from "./polygon";
import type { ToolDefinition } from "./tool";

/** Every tool, in the toolbar's order. */
export const TOOLS: readonly ToolDefinition[] = [
  brush, eraser, polygon, polygonEraser, lasso, rectangle, ellipse, fill, magicWand, refine, extremePoints, take, comment, pick, pan,
];

/** The tools a task may use: those its template allows and those that change nothing. */
export function allowedTools(allowed: readonly string[], readOnly: boolean, reviews = false): readonly ToolDefinition[] {
  const offered = TOOLS.filter((tool) => reviews || tool.reviews !== true);
  return offered.filter((tool) => (readOnly ? tool.readOnly : tool.allowedBy === null || allowed.includes(tool.allowedBy)));
}

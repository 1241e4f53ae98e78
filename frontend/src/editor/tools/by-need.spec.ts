import { expect, it } from "vitest";
import type { Workspace } from "../workspace";
import { ToolByNeed } from "./by-need";
import type { PointerInput, Tool } from "./tool";

const input = (x: number): PointerInput => ({ x, y: 0, sx: x, sy: 0, path: [], shift: false, alt: false, pressed: true, clicks: 1 });

function recorder(): { readonly tool: Tool; readonly seen: string[] } {
  const seen: string[] = [];
  const note = (what: string) => (at?: PointerInput) => void seen.push(`${what}${at === undefined ? "" : ` ${at.x}`}`);
  return { seen, tool: { cursor: "", down: note("down"), move: note("move"), up: note("up"), cancel: note("cancel") } };
}

const notice: { value: unknown } = { value: null };
const workspace = { stage: { invalidateOverlay: () => undefined }, state: { notice } } as unknown as Workspace;

it("a stroke begun before the tool is there is whole, and what follows comes after it", async () => {
  const { tool, seen } = recorder();
  const lazy = new ToolByNeed(workspace, () => Promise.resolve(tool));
  lazy.down(input(1));
  lazy.move(input(2));
  expect(seen).toEqual([]);
  await Promise.resolve();
  lazy.up(input(3));
  expect(seen).toEqual(["down 1", "move 2", "up 3"]);
});

it("what was given up meanwhile is not done, and a failed download is told", async () => {
  const { tool, seen } = recorder();
  const lazy = new ToolByNeed(workspace, () => Promise.resolve(tool));
  lazy.down(input(1));
  lazy.cancel();
  await Promise.resolve();
  expect(seen).toEqual([]);
  new ToolByNeed(workspace, () => Promise.reject(new Error("offline")));
  await new Promise((resolve) => setTimeout(resolve));
  expect(notice.value).toMatchObject({ kind: "error" });
});

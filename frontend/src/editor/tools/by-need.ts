import { t } from "../../shared/i18n";
import type { Ring } from "../renderer/stage";
import type { Workspace } from "../workspace";
import type { Overlay, PointerInput, Tool } from "./tool";

/**
 * A tool whose code is loaded when it is first chosen. What is done meanwhile is done again once it is there, so
 * that a stroke begun at once is whole.
 */
export class ToolByNeed implements Tool {
  readonly cursor = "crosshair";
  #tool: Tool | null = null;
  #waiting: ((tool: Tool) => void)[] = [];

  constructor(workspace: Workspace, load: () => Promise<Tool>) {
    load().then(
      (tool) => {
        this.#tool = tool;
        for (const input of this.#waiting) input(tool);
        this.#waiting = [];
        workspace.stage.invalidateOverlay();
      },
      () => (workspace.state.notice.value = { kind: "error", text: t("The tool could not be loaded. Choose it again.") }),
    );
  }

  down(input: PointerInput): void {
    this.#give((tool) => tool.down(input));
  }

  move(input: PointerInput): void {
    this.#give((tool) => tool.move(input));
  }

  up(input: PointerInput): void {
    this.#give((tool) => tool.up(input));
  }

  cancel(): void {
    this.#waiting = [];
    this.#tool?.cancel();
  }

  key(key: string): boolean {
    return this.#tool?.key?.(key) ?? false;
  }

  overlay(overlay: Overlay): boolean {
    return this.#tool?.overlay?.(overlay) ?? false;
  }

  ring(overlay: Omit<Overlay, "context">): Ring | null {
    return this.#tool?.ring?.(overlay) ?? null;
  }

  #give(input: (tool: Tool) => void): void {
    if (this.#tool === null) this.#waiting.push(input);
    else input(this.#tool);
  }
}

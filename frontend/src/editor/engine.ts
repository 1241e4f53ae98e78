import { computed, effect } from "@preact/signals-core";
import { firstClass, keepClass } from "./actions/class-choice";
import { keyOf } from "./actions/keys";
import { availableActions, type Action } from "./actions/registry";
import { buildKeymap, type Keymap, type OtherCommand } from "./actions/shortcuts";
import { parseColor } from "./codec/palette";
import { Disposers } from "./disposer";
import type { LabelMap } from "./document/label-map";
import type { Point } from "./geometry/polygon";
import { KeyboardControl } from "./input/keyboard";
import { PointerControl } from "./input/pointer";
import type { ReviewDesk } from "./review/desk";
import type { LabelStyle, Renderer } from "./renderer/renderer";
import { Stage } from "./renderer/stage";
import type { EditorState } from "./state";
import { allowedTools } from "./tools/registry";
import type { Tool, ToolDefinition, ToolId } from "./tools/tool";
import type { SegmentRequest, SegmentResult } from "./transport/transport";
import type { PixelWork } from "./worker/pixel-work";
import type { Category, Workspace } from "./workspace";

export interface EngineOptions {
  readonly host: HTMLElement;
  readonly map: LabelMap;
  readonly image: ImageBitmap | null;
  readonly categories: readonly Category[];
  /** Tool names of the template. */
  readonly tools: readonly string[];
  readonly readOnly: boolean;
  /** Null: whichever is faster here. */
  readonly renderer?: Renderer["name"] | null;
  readonly state: EditorState;
  /** What a reviewer works with; null elsewhere. */
  readonly review: ReviewDesk | null;
  readonly pixels: PixelWork;
  /** Commands of the chrome (submit, help ...): they share the keyboard and the help sheet. */
  readonly others: readonly OtherCommand[];
  segment(request: SegmentRequest, signal: AbortSignal): Promise<SegmentResult>;
  readonly onActivity: () => void;
  /** The job, whose class chosen last is chosen again. */
  readonly job: string;
}

function styleOf(state: EditorState, categories: readonly Category[]): LabelStyle {
  const palette = new Uint8Array(256 * 4).fill(255);
  for (const { index, color } of categories) palette.set(parseColor(color), index * 4);
  for (const index of state.hidden.value) palette[index * 4 + 3] = 0;
  if (!state.labelsShown.value || state.covered.value) for (let at = 3; at < palette.length; at += 4) palette[at] = 0;
  return { opacity: state.opacity.value, outlines: state.outlines.value, hatch: state.hatch.value && !state.covered.value, palette };
}

/** An open document: picture, tools and shortcuts at work on it. */
export class Engine {
  readonly workspace: Workspace;
  readonly tools: readonly ToolDefinition[];
  readonly actions: readonly Action[];
  readonly stage: Stage;
  readonly pointer: PointerControl;
  readonly keyboard: KeyboardControl;
  readonly #keymap = computed(() =>
    buildKeymap(this.tools, this.actions, this.options.categories, this.options.others, this.options.state.keys.value),
  );
  readonly #disposers = new Disposers();
  #tool: Tool;
  #toolId: ToolId;
  #position: Point | null = null;
  #pixelTimer = 0;

  constructor(readonly options: EngineOptions) {
    const { host, map, image, categories, state, pixels, readOnly } = options;
    this.tools = allowedTools(options.tools, readOnly, options.review !== null);
    this.actions = availableActions(readOnly);
    state.category.value = firstClass(options.job, categories);
    if (!this.tools.some(({ id }) => id === state.tool.value)) state.tool.value = this.tools[0].id;
    // Locks and hidden classes are of one image: on the next one they would surprise.
    state.locked.value = state.hidden.value = new Set<number>();
    if (typeof state.mode.value === "number") state.mode.value = "over";
    state.covered.value = false;
    state.busy.value = null;
    state.notice.value = null;
    this.stage = new Stage(host, styleOf(state, categories), options.renderer);
    this.workspace = {
      map, state, stage: this.stage, pixels, categories, readOnly, review: options.review,
      segment: (request, signal) => options.segment(request, signal),
    };
    this.#toolId = state.tool.value;
    this.#tool = this.#create(this.#toolId);
    this.pointer = new PointerControl(
      this.workspace,
      () => this.#tool,
      options.onActivity,
      (position) => this.#showPixel(position),
      () => this.keyboard.leave(),
    );
    this.keyboard = new KeyboardControl(
      this.workspace,
      () => this.#tool,
      () => this.pointer.position,
      (position) => this.pointer.showAt(position),
    );
    this.stage.onCamera = (camera) => (state.camera.value = camera);
    this.stage.overlay = {
      paint: (context) => {
        const preview = this.#tool.overlay?.({ context, camera: this.stage.camera, pointer: this.pointer.position }) ?? false;
        const frame = options.review?.paint(context, this.stage.camera) ?? false;
        return this.keyboard.paint(context) || preview || frame;
      },
      ring: () => this.#tool.ring?.({ camera: this.stage.camera, pointer: this.pointer.position }) ?? null,
    };
    this.stage.open(map, image);
    this.#disposers.add(
      map.subscribe(() => (state.revision.value = map.revision)),
      effect(() => {
        map.locked.fill(0);
        for (const index of state.locked.value) map.locked[index] = 1;
      }),
      effect(() => this.stage.setStyle(styleOf(state, categories))),
      effect(() => this.#useTool(state.tool.value)),
      effect(() => keepClass(options.job, categories, state.category.value)),
      effect(() => {
        // What the cursor shows depends on these.
        void [state.brushSize.value, state.category.value];
        this.stage.invalidateOverlay();
      }),
    );
    state.revision.value = map.revision;
  }

  get keymap(): Keymap {
    return this.#keymap.value;
  }

  /** Whether a stroke or a move is under way. */
  get busy(): boolean {
    return this.pointer.busy || this.keyboard.pressed;
  }

  /** A key anywhere in the page, unless something is being typed. Answers whether it was used. */
  keyDown(event: KeyboardEvent): boolean {
    const key = keyOf(event);
    const onControl = event.composedPath().some((node) => node instanceof HTMLElement && node.matches("button, a, select, input, summary, [role=option]"));
    if (!onControl && this.keyboard.keyDown(key, event.repeat)) return true;
    if (key === "space" && !onControl) {
      this.pointer.spaceDown = true;
      return true;
    }
    if (!(key === "enter" && onControl) && this.#tool.key?.(key) === true) return true;
    const command = this.keymap.commands.get(key);
    if (command === undefined) return false;
    switch (command.kind) {
      case "tool":
        this.workspace.state.tool.value = command.tool.id;
        break;
      case "category":
        this.workspace.state.category.value = command.category.index;
        break;
      case "action":
        this.run(command.action);
        break;
      case "other":
        command.other.run();
        break;
    }
    return true;
  }

  keyUp(event: KeyboardEvent): void {
    if (event.key !== " ") return;
    this.pointer.spaceDown = false;
    this.keyboard.release();
  }

  run(action: Action): void {
    // A stroke under way is finished first: undoing half of it would leave the other half.
    if (this.busy && action.paints) return;
    if (action.enabled?.(this.workspace) !== false) action.run(this.workspace);
  }

  /** Gives up what is half done and lets go of keys, as when the window loses the focus. */
  settle(): void {
    this.pointer.spaceDown = false;
    this.keyboard.release();
  }

  dispose(): void {
    clearTimeout(this.#pixelTimer);
    this.#tool.cancel();
    this.pointer.dispose();
    this.#disposers.dispose();
    this.stage.dispose();
  }

  /** The pixel under the pointer, ten times a second: text on every event would cost frames. */
  #showPixel(position: Point | null): void {
    this.#position = position;
    if (this.#pixelTimer !== 0) return;
    this.#pixelTimer = window.setTimeout(() => {
      this.#pixelTimer = 0;
      const [x, y] = this.#position === null ? [-1, -1] : [Math.floor(this.#position.x), Math.floor(this.#position.y)];
      const { width, height } = this.workspace.map;
      this.workspace.state.pixel.value = x < 0 || y < 0 || x >= width || y >= height ? "" : `${x}, ${y}`;
    }, 100);
  }

  #useTool(id: ToolId): void {
    if (id === this.#toolId) return;
    this.keyboard.cancel();
    this.#tool.cancel();
    this.#toolId = id;
    this.#tool = this.#create(id);
    this.pointer.updateCursor();
    this.stage.invalidateOverlay();
  }

  #create(id: ToolId): Tool {
    const definition = this.tools.find((tool) => tool.id === id) ?? this.tools[0];
    this.workspace.state.amount.value = definition.amount ?? "brushSize";
    return definition.create(this.workspace);
  }
}

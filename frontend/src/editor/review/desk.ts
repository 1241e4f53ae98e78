import { computed, effect, signal } from "@preact/signals-core";
import { t, formatNumber } from "../../shared/i18n";
import { parseColor } from "../codec/palette";
import { Disposers } from "../disposer";
import { grow, intersect } from "../document/rect";
import type { Point } from "../geometry/polygon";
import { strokeContrast } from "../tools/draw";
import type { Assignment, ReviewSheet, Transport, VerdictContent } from "../transport/transport";
import { toScreen, type Camera } from "../viewport/camera";
import type { Disputed } from "../worker/disputed";
import type { PixelWork } from "../worker/pixel-work";
import type { Workspace } from "../workspace";
import { StartComparison } from "./changes";
import { LayerCanvas } from "./layer-canvas";
import { forgetPins, PinList } from "./pins";
import { SideStore, sidesOf, type Side } from "./sides";
import { takeMask, takeOutline } from "./taking";

export interface DeskPorts {
  readonly transport: Transport;
  readonly pixels: PixelWork;
  /** A comment was pinned: its words are wanted. */
  readonly onComment: () => void;
}

/** A reviewer's desk: the layers, the disputed regions, the comments. The document itself is painted as always. */
export class ReviewDesk {
  readonly pins = new PinList();
  readonly sheet: ReviewSheet;
  readonly sides: readonly Side[];
  /** Id of the side that is looked at; null: the document. */
  readonly shown = signal<string | null>(null);
  readonly compare = signal(false);
  readonly heatShown = signal(true);
  readonly heatOpacity = signal(0.6);
  /** The side looked at last: it is the one to take from. */
  readonly side = signal<string | null>(null);
  readonly disputed = signal<Disputed | null>(null);
  /** Index of the disputed region that is looked at. */
  readonly region = signal<number | null>(null);
  /** Whether the document is no longer the consolidated result. */
  readonly changed = computed(() => {
    void this.#revision.value;
    return this.#comparison?.changed ?? false;
  });
  readonly #revision = signal(0);
  readonly #raster = signal<{ readonly id: string; readonly data: Uint8Array } | null>(null);
  readonly #disposers = new Disposers();
  readonly #name: string;
  #comparison: StartComparison | null = null;
  #store: SideStore | null = null;
  #workspace: Workspace | null = null;

  constructor(
    readonly assignment: Assignment,
    sheet: ReviewSheet,
    readonly ports: DeskPorts,
  ) {
    this.sheet = sheet;
    this.sides = sidesOf(sheet);
    this.#name = `${assignment.task.id}:${sheet.round}`;
    this.#disposers.add(this.pins.keep(this.#name));
  }

  /** The document is open. `start`: the consolidated result, null where there is none. */
  attach(workspace: Workspace, start: Uint8Array<ArrayBuffer> | null): void {
    const { map, stage, state, categories } = workspace;
    this.#workspace = workspace;
    this.#store = new SideStore(this.sheet, map, this.ports, start);
    const comparison = new StartComparison(map, start ?? new Uint8Array(map.data.length));
    this.#comparison = comparison;
    const canvas = new LayerCanvas(map);
    stage.insertAbovePicture(canvas.canvas);
    stage.layers = canvas;
    const palette = new Uint8Array(256 * 4).fill(255);
    for (const { index, color } of categories) palette.set(parseColor(color), index * 4);
    this.#disposers.add(
      comparison.dispose,
      () => canvas.canvas.remove(),
      map.subscribe(() => {
        // Who paints wants to see what he paints.
        if (!this.compare.peek()) this.shown.value = null;
        this.#revision.value = map.revision;
      }),
      effect(() => {
        const raster = this.#raster.value;
        const shown = this.shown.value !== null && raster?.id === this.shown.value ? raster.data : null;
        state.covered.value = shown !== null;
        const heat = this.heatShown.value ? (this.disputed.value?.levels ?? null) : null;
        canvas.shown = { raster: shown, compare: this.compare.value, heat, heatOpacity: this.heatOpacity.value, palette };
        stage.invalidate();
      }),
      effect(() => {
        void this.region.value;
        stage.invalidateOverlay();
      }),
    );
    this.#revision.value = map.revision;
    void this.#loadDisputed();
  }

  dispose(): void {
    this.#disposers.dispose();
    if (this.#workspace !== null) this.#workspace.stage.layers = null;
    this.#workspace = null;
  }

  /** The verdict has arrived: what this device kept of it goes. */
  done(): void {
    this.#disposers.dispose();
    forgetPins(this.#name);
  }

  /** Looks at a side, or at the document again when it is the one shown. */
  async look(id: string | null): Promise<void> {
    const next = id === this.shown.value ? null : id;
    this.shown.value = next;
    if (next === null) return;
    this.side.value = next;
    const data = await this.#load(next);
    if (data !== null && this.shown.value === next) this.#raster.value = { id: next, data };
  }

  /** Between the document and the side looked at last: blinking shows what differs. */
  flip(): void {
    void this.look(this.shown.value ?? this.side.value);
  }

  /** The mask of a side, one class index per pixel. */
  rasterOf(id: string): Promise<Uint8Array | null> {
    return this.#load(id);
  }

  nameOf(id: string | null): string {
    const side = this.sides.find((one) => one.id === id);
    if (side === undefined) return t("Your mask");
    return side.answer === null ? t("Consolidated") : t("Answer {name}", { name: side.answer.name });
  }

  /** Moves to the next (1) or previous (-1) disputed region, the largest first. */
  jump(by: 1 | -1): void {
    const regions = this.disputed.value?.regions ?? [];
    const workspace = this.#workspace;
    if (workspace === null || regions.length === 0) return;
    const at = this.region.value;
    const next = at === null ? (by > 0 ? 0 : regions.length - 1) : (at + by + regions.length) % regions.length;
    this.region.value = next;
    const { box, area } = regions[next];
    const around = Math.max(8, Math.round(0.5 * Math.max(box.x1 - box.x0, box.y1 - box.y0)));
    workspace.stage.fit(intersect(grow(box, around), workspace.map.bounds), 16);
    workspace.state.notice.value = {
      kind: "info",
      text: t("Disputed region {number} of {count}: {area} pixels", {
        number: formatNumber(next + 1), count: formatNumber(regions.length), area: formatNumber(area),
      }),
    };
  }

  /** Whether there is a side to take from; tells the person when there is none. */
  sideToTake(): boolean {
    if (this.side.value !== null) return true;
    this.#tell(t("Choose an answer first: it is the one whose pixels are taken."));
    return false;
  }

  /** What a side says in the region that is looked at becomes the document's. */
  async takeRegion(id: string | null = this.side.value): Promise<void> {
    const [workspace, at, disputed] = [this.#workspace, this.region.value, this.disputed.value];
    if (workspace === null || (id === null && !this.sideToTake())) return;
    if (at === null || disputed === null) {
      this.#tell(t("Go to a disputed region first, or drag around an area with the tool “Take over an area”."));
      return;
    }
    const { box, seed } = disputed.regions[at];
    const [{ data, width }] = disputed.levels;
    const [across, down] = [box.x1 - box.x0, box.y1 - box.y0];
    const crop = new Uint8Array(across * down);
    for (let y = 0; y < down; y++) crop.set(data.subarray((box.y0 + y) * width + box.x0, (box.y0 + y) * width + box.x1), y * across);
    const source = await this.#load(id ?? "");
    const mask = await this.ports.pixels.region({ data: crop, width: across, height: down }, seed[0] - box.x0, seed[1] - box.y0);
    if (source === null || this.#workspace !== workspace) return;
    await takeMask(workspace.map, source, box, mask);
    this.#tell(t("{name} taken over in this region.", { name: this.nameOf(id) }));
  }

  async takeOutline(outline: readonly Point[]): Promise<void> {
    const [workspace, id] = [this.#workspace, this.side.value];
    if (workspace === null || id === null) return;
    const source = await this.#load(id);
    if (source === null || this.#workspace !== workspace) return;
    await takeOutline(workspace.map, source, outline);
    this.#tell(t("{name} taken over in this area.", { name: this.nameOf(id) }));
  }

  writeComment(): void {
    this.ports.onComment();
  }

  /** Brings a place of the photo into the middle of the view. */
  show({ x, y }: Point): void {
    const stage = this.#workspace?.stage;
    if (stage === undefined) return;
    lookAt(stage, { x, y });
  }

  accept(): VerdictContent {
    return { verdict: "accept", reason: "", comments: this.pins.said };
  }

  /** The current region's frame; answers whether there was one to draw. */
  paint(context: CanvasRenderingContext2D, camera: Camera): boolean {
    const region = this.disputed.value?.regions[this.region.value ?? -1];
    if (region === undefined || !this.heatShown.value) return false;
    const [x0, y0] = toScreen(camera, region.box.x0, region.box.y0);
    const [x1, y1] = toScreen(camera, region.box.x1, region.box.y1);
    const frame = new Path2D();
    frame.rect(x0 - 4, y0 - 4, x1 - x0 + 8, y1 - y0 + 8);
    strokeContrast(context, frame, true);
    return true;
  }

  async #load(id: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const workspace = this.#workspace;
    if (workspace === null || this.#store === null) return null;
    try {
      return await this.#store.raster(id);
    } catch {
      workspace.state.notice.value = { kind: "error", text: t("“{name}” cannot be shown. Try again later.", { name: this.nameOf(id) }) };
      return null;
    }
  }

  async #loadDisputed(): Promise<void> {
    const layer = this.sheet.disagreement;
    const workspace = this.#workspace;
    if (layer === null || workspace === null) return;
    try {
      const disputed = await this.ports.pixels.disputed(await this.ports.transport.loadMask(layer.url));
      const [{ width, height }] = disputed.levels;
      if (width !== workspace.map.width || height !== workspace.map.height) throw new Error("sizes differ");
      if (this.#workspace === workspace) this.disputed.value = disputed;
    } catch {
      if (this.#workspace === workspace) {
        workspace.state.notice.value = { kind: "error", text: t("“{name}” cannot be shown. Try again later.", { name: t("Disagreement") }) };
      }
    }
  }

  #tell(text: string): void {
    if (this.#workspace !== null) this.#workspace.state.notice.value = { kind: "info", text };
  }
}

/** Brings a place into the middle of the view, near enough to see what is meant there. */
export function lookAt(stage: Workspace["stage"], { x, y }: Point): void {
  const { view, camera, bounds } = stage;
  const whole = Math.min(view.width / bounds.x1, view.height / bounds.y1);
  const scale = Math.max(camera.scale, Math.min(4, whole * 3));
  stage.look({ scale, originX: x - view.width / 2 / scale, originY: y - view.height / 2 / scale });
}

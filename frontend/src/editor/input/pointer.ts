import { Disposers } from "../disposer";
import type { Point } from "../geometry/polygon";
import { MAX_BRUSH, MIN_BRUSH, stepAmount } from "../state";
import { pickAt } from "../tools/pick";
import type { PointerInput, Tool } from "../tools/tool";
import { pan, toImage, type Camera } from "../viewport/camera";
import type { Workspace } from "../workspace";

const DOUBLE_CLICK_MS = 350;
const DOUBLE_CLICK_PX = 5;
const MAIN = 0;
const MIDDLE = 1;
const SECOND = 2;

interface Finger {
  sx: number;
  sy: number;
}

/**
 * Pointer, wheel and touch over the image, turned into tool input or camera moves. Pens and mice paint; one
 * finger paints until a pen has been seen, two fingers always move and zoom.
 */
export class PointerControl {
  readonly #disposers = new Disposers();
  readonly #fingers = new Map<number, Finger>();
  #painting: number | null = null;
  #panning: { readonly id: number; sx: number; sy: number } | null = null;
  /** Alt and the second button: the brush's edge follows the pointer, its middle stays. */
  #sizing: { readonly id: number; readonly sx: number; readonly size: number; readonly at: Point } | null = null;
  #penSeen = false;
  #spaceDown = false;
  #lastMove: readonly [number, number] = [NaN, NaN];
  #lastPress = { time: 0, sx: 0, sy: 0 };
  /** The pointer's image position while it is over the image. */
  position: Point | null = null;

  constructor(
    readonly workspace: Workspace,
    readonly tool: () => Tool,
    /** Called at any sign of a person at work. */
    readonly onActivity: () => void,
    readonly onPosition: (position: Point | null) => void,
    /** The pointer is used: a keyboard's cursor gives way. */
    readonly onUse: () => void,
  ) {
    const { host } = workspace.stage;
    const listen = this.#disposers.listen.bind(this.#disposers, host);
    listen("pointerdown", (event: PointerEvent) => this.#down(event));
    listen("pointermove", (event: PointerEvent) => this.#move(event));
    listen("pointerup", (event: PointerEvent) => this.#up(event));
    listen("pointercancel", (event: PointerEvent) => this.#lost(event));
    listen("pointerleave", () => this.#setPosition(null));
    listen("wheel", (event: WheelEvent) => this.#wheel(event), { passive: false });
    listen("contextmenu", (event: Event) => event.preventDefault());
    this.updateCursor();
  }

  /** Space held: the next drag moves the image. */
  set spaceDown(down: boolean) {
    this.#spaceDown = down;
    this.updateCursor();
  }

  get busy(): boolean {
    return this.#painting !== null || this.#panning !== null || this.#sizing !== null;
  }

  /** Where something else than a pointer is now: outlines and previews follow it. */
  showAt(position: Point): void {
    this.onActivity();
    this.#setPosition(position);
  }

  updateCursor(): void {
    const { style } = this.workspace.stage.host;
    style.cursor = this.#panning !== null ? "grabbing" : this.#spaceDown ? "grab" : this.tool().cursor;
  }

  dispose(): void {
    this.#disposers.dispose();
  }

  #down(event: PointerEvent): void {
    const { stage, state, readOnly } = this.workspace;
    this.onActivity();
    this.onUse();
    stage.host.focus({ preventScroll: true });
    if (event.pointerType === "pen") this.#penSeen = true;
    const [sx, sy] = this.#local(event);
    if (event.pointerType === "touch") {
      this.#fingers.set(event.pointerId, { sx, sy });
      if (this.#fingers.size > 1) {
        this.#giveUpPainting();
        this.#capture(event);
        return;
      }
    }
    if (this.busy) return;
    const moves = event.button === MIDDLE || (event.button === MAIN && (this.#spaceDown || (event.pointerType === "touch" && this.#penSeen)));
    if (moves) {
      event.preventDefault();
      this.#panning = { id: event.pointerId, sx, sy };
      this.#capture(event);
      this.updateCursor();
    } else if (event.button === SECOND && event.altKey && !readOnly) {
      const [x, y] = toImage(stage.camera, sx, sy);
      this.#sizing = { id: event.pointerId, sx, size: state.brushSize.value, at: { x, y } };
      this.#capture(event);
    } else if (event.button === MAIN) {
      if (event.altKey && !readOnly) {
        pickAt(this.workspace, ...toImage(stage.camera, sx, sy));
        return;
      }
      this.#painting = event.pointerId;
      this.#capture(event);
      this.tool().down(this.#input(event, this.#countClicks(event, sx, sy)));
    }
  }

  #move(event: PointerEvent): void {
    const { stage, state } = this.workspace;
    const [sx, sy] = this.#local(event);
    if (this.#sizing?.id === event.pointerId) {
      const size = Math.round(this.#sizing.size + (2 * (sx - this.#sizing.sx)) / stage.camera.scale);
      state.brushSize.value = Math.min(MAX_BRUSH, Math.max(MIN_BRUSH, size));
      this.#setPosition(this.#sizing.at);
      return;
    }
    const [x, y] = toImage(stage.camera, sx, sy);
    // Browsers also tell of a pointer that lies still while the page changes under it.
    if (sx !== this.#lastMove[0] || sy !== this.#lastMove[1]) this.onUse();
    else if (this.#painting === null) return;
    this.#lastMove = [sx, sy];
    this.#setPosition({ x, y });
    if (this.#fingers.has(event.pointerId) && this.#fingers.size > 1) {
      this.#pinch(event.pointerId, sx, sy);
    } else if (this.#panning?.id === event.pointerId) {
      stage.look(pan(stage.camera, sx - this.#panning.sx, sy - this.#panning.sy));
      this.#panning.sx = sx;
      this.#panning.sy = sy;
    } else if (this.#painting === null || this.#painting === event.pointerId) {
      if (this.#painting !== null) this.onActivity();
      this.tool().move(this.#input(event, 0));
    }
  }

  #up(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    if (this.#painting === event.pointerId) {
      this.#painting = null;
      this.tool().up(this.#input(event, 0));
    }
    this.#endPan(event);
  }

  #lost(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    if (this.#painting === event.pointerId) this.#giveUpPainting();
    this.#endPan(event);
  }

  #endPan(event: PointerEvent): void {
    if (this.#sizing?.id === event.pointerId) this.#sizing = null;
    if (this.#panning?.id !== event.pointerId) return;
    this.#panning = null;
    this.updateCursor();
  }

  #giveUpPainting(): void {
    if (this.#painting === null) return;
    this.#painting = null;
    this.tool().cancel();
  }

  /** Two fingers: the image points under them stay under them. */
  #pinch(id: number, sx: number, sy: number): void {
    const { stage } = this.workspace;
    const other = [...this.#fingers].find(([key]) => key !== id)?.[1];
    const finger = this.#fingers.get(id);
    if (finger === undefined || other === undefined) return;
    const before = Math.hypot(finger.sx - other.sx, finger.sy - other.sy);
    const after = Math.hypot(sx - other.sx, sy - other.sy);
    const moved: Camera = pan(stage.camera, (sx - finger.sx) / 2, (sy - finger.sy) / 2);
    finger.sx = sx;
    finger.sy = sy;
    stage.look(moved);
    if (before > 0) stage.zoom(after / before, (sx + other.sx) / 2, (sy + other.sy) / 2);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    this.onActivity();
    const { stage, state } = this.workspace;
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    // Browsers turn the wheel sideways while Shift is held.
    const delta = (event.deltaY || event.deltaX) * lines;
    if (event.altKey) {
      stepAmount(state, delta < 0 ? 1 : -1);
      stage.invalidateOverlay();
    } else if (event.shiftKey) {
      stage.look(pan(stage.camera, -delta, 0));
    } else {
      const [sx, sy] = this.#local(event);
      // A pinch on a touchpad arrives as a wheel with Ctrl, in small steps.
      stage.zoom(Math.exp(-delta * (event.ctrlKey ? 0.01 : 0.002)), sx, sy);
    }
    const [sx, sy] = this.#local(event);
    const [x, y] = toImage(stage.camera, sx, sy);
    this.#setPosition({ x, y });
  }

  #input(event: PointerEvent, clicks: number): PointerInput {
    const { camera } = this.workspace.stage;
    const box = this.workspace.stage.host.getBoundingClientRect();
    const place = ({ clientX, clientY }: MouseEvent): Point => {
      const [x, y] = toImage(camera, clientX - box.left, clientY - box.top);
      return { x, y };
    };
    const between = event.type === "pointermove" ? (event.getCoalescedEvents?.() ?? []) : [];
    const path = between.length > 0 ? between.map(place) : [place(event)];
    return {
      ...place(event),
      sx: event.clientX - box.left,
      sy: event.clientY - box.top,
      path,
      shift: event.shiftKey,
      alt: event.altKey,
      pressed: this.#painting === event.pointerId,
      clicks,
    };
  }

  #countClicks(event: PointerEvent, sx: number, sy: number): number {
    const last = this.#lastPress;
    const again =
      event.timeStamp - last.time < DOUBLE_CLICK_MS && Math.hypot(sx - last.sx, sy - last.sy) < DOUBLE_CLICK_PX;
    this.#lastPress = { time: again ? 0 : event.timeStamp, sx, sy };
    return again ? 2 : 1;
  }

  #capture(event: PointerEvent): void {
    this.workspace.stage.host.setPointerCapture(event.pointerId);
  }

  #local(event: MouseEvent): [number, number] {
    const box = this.workspace.stage.host.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #setPosition(position: Point | null): void {
    this.position = position;
    this.onPosition(position);
    this.workspace.stage.invalidateOverlay();
  }
}

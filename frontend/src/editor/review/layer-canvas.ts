import { intersect, isEmpty, type Rect } from "../document/rect";
import type { LabelMap } from "../document/label-map";
import { composeLabels } from "../renderer/compose";
import { deviceRect, deviceTransform, OUTLINE, resizeCanvas, type DeviceTransform, type LabelStyle, type Scene } from "../renderer/renderer";
import type { LayerPainter } from "../renderer/stage";
import type { Level } from "../worker/disputed";

/** What is drawn over the picture. */
export interface Shown {
  /** Instead of the document's labels; null: the document. */
  readonly raster: Uint8Array | null;
  /** Only where `raster` differs from the document. */
  readonly compare: boolean;
  /** The disagreement and its smaller copies; null: not shown. */
  readonly heat: readonly Level[] | null;
  readonly heatOpacity: number;
  /** The classes' colours, as of the labels. */
  readonly palette: Uint8Array<ArrayBuffer>;
}

/** In a comparison: where the answer has no label and the document has one. */
const TAKEN_AWAY = 255;

const HEAT = new Uint8Array(256 * 4);
for (let value = 1; value < 256; value++) HEAT.set([214, 39, 40, 70 + Math.round((value / 255) * 185)], value * 4);

/** A canvas above the picture for other masks and the disagreement; only what is in view is ever composed. */
export class LayerCanvas implements LayerPainter {
  readonly canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;
  readonly #scratch = new OffscreenCanvas(1, 1);
  readonly #scratchContext: OffscreenCanvasRenderingContext2D;
  shown: Shown | null = null;

  constructor(readonly map: LabelMap) {
    const [context, scratch] = [this.canvas.getContext("2d"), this.#scratch.getContext("2d")];
    if (context === null || scratch === null) throw new Error("this browser cannot draw on a canvas");
    this.#context = context;
    this.#scratchContext = scratch;
  }

  draw(scene: Scene, damage: Rect | null): void {
    const { shown, canvas } = this;
    const empty = shown === null || (shown.raster === null && shown.heat === null);
    canvas.hidden = empty;
    if (empty) return;
    const whole = resizeCanvas(canvas, scene) || damage === null;
    const transform = deviceTransform(scene);
    const part = deviceRect(whole ? null : damage, transform, canvas, Math.ceil(OUTLINE * scene.ratio) + 1);
    if (isEmpty(part)) return;
    this.#context.clearRect(part.x0, part.y0, part.x1 - part.x0, part.y1 - part.y0);
    if (shown.raster !== null) this.#labels(part, scene, transform, shown, shown.raster);
    if (shown.heat !== null) this.#heat(part, scene, transform, shown, shown.heat);
  }

  #labels(part: Rect, scene: Scene, transform: DeviceTransform, shown: Shown, raster: Uint8Array): void {
    const { width, height } = this.map;
    const style = { ...scene.style, palette: shown.palette, hatch: false };
    if (!shown.compare) {
      this.#compose(part, (out) => composeLabels(out, part, transform, scene.ratio, { data: raster, width, height }, style));
      return;
    }
    const differences = this.#differences(part, transform, raster);
    const [across, down] = [part.x1 - part.x0, part.y1 - part.y0];
    const here = { scale: 1, x: part.x0, y: part.y0 };
    const palette = shown.palette.slice();
    palette.set([255, 255, 255, 255], TAKEN_AWAY * 4);
    this.#compose(part, (out) =>
      composeLabels(out, part, here, scene.ratio, { data: differences, width: across, height: down }, { ...style, palette, opacity: Math.max(0.6, style.opacity) }),
    );
  }

  /** For each device pixel of `part` the answer's index where it is not the document's, else 0. */
  #differences(part: Rect, { scale, x, y }: DeviceTransform, raster: Uint8Array): Uint8Array {
    const { data, width, height } = this.map;
    const across = part.x1 - part.x0;
    const out = new Uint8Array(across * (part.y1 - part.y0));
    for (let line = part.y0; line < part.y1; line++) {
      const row = Math.floor((line + 0.5 - y) / scale);
      if (row < 0 || row >= height) continue;
      for (let at = part.x0; at < part.x1; at++) {
        const column = Math.floor((at + 0.5 - x) / scale);
        if (column < 0 || column >= width) continue;
        const value = raster[row * width + column];
        if (value !== data[row * width + column]) out[(line - part.y0) * across + at - part.x0] = value === 0 ? TAKEN_AWAY : value;
      }
    }
    return out;
  }

  #heat(part: Rect, scene: Scene, transform: DeviceTransform, shown: Shown, levels: readonly Level[]): void {
    let level = 0;
    while (level + 1 < levels.length && transform.scale * 2 ** (level + 1) <= 1) level++;
    const style: LabelStyle = { opacity: shown.heatOpacity, outlines: false, hatch: false, palette: HEAT };
    const closer = { ...transform, scale: transform.scale * 2 ** level };
    this.#compose(part, (out) => composeLabels(out, part, closer, scene.ratio, levels[level], style));
  }

  /** Draws what `fill` makes of `part` over what is there. */
  #compose(part: Rect, fill: (out: Uint8ClampedArray) => void): void {
    const inside = intersect(part, { x0: 0, y0: 0, x1: this.canvas.width, y1: this.canvas.height });
    const [width, height] = [inside.x1 - inside.x0, inside.y1 - inside.y0];
    const pixels = new ImageData(width, height);
    fill(pixels.data);
    if (this.#scratch.width < width || this.#scratch.height < height) {
      this.#scratch.width = Math.max(width, this.#scratch.width);
      this.#scratch.height = Math.max(height, this.#scratch.height);
    }
    this.#scratchContext.putImageData(pixels, 0, 0);
    this.#context.drawImage(this.#scratch, 0, 0, width, height, inside.x0, inside.y0, width, height);
  }
}

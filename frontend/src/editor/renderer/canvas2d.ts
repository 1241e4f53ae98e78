import type { LabelMap } from "../document/label-map";
import { isEmpty, union, type Rect } from "../document/rect";
import { GRID_SCALE } from "../viewport/camera";
import { composeLabels } from "./compose";
import { deviceRect, deviceTransform, OUTLINE, resizeCanvas, type DeviceTransform, type Renderer, type Scene } from "./renderer";

/** What the canvas shows, as far as a move of the camera leaves it usable. */
type Shown = DeviceTransform & Pick<Scene, "style">;

function half(image: ImageBitmap | OffscreenCanvas): OffscreenCanvas {
  const canvas = new OffscreenCanvas(Math.ceil(image.width / 2), Math.ceil(image.height / 2));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * Without a graphics processor: the same picture through a 2D canvas, only the changed part of the view each
 * time. A moved picture is copied, and only what came into view is drawn.
 */
export class Canvas2dRenderer implements Renderer {
  readonly name = "canvas2d";
  readonly #context: CanvasRenderingContext2D;
  readonly #labels = document.createElement("canvas");
  readonly #labelContext: CanvasRenderingContext2D;
  #map: LabelMap | null = null;
  #image: ImageBitmap | null = null;
  #halves: OffscreenCanvas[] = [];
  #shown: Shown | null = null;
  /** Image pixels changed since the last drawing. */
  #dirty: Rect | null = null;

  constructor(readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    const labelContext = this.#labels.getContext("2d");
    if (context === null || labelContext === null) throw new Error("this browser cannot draw on a canvas");
    this.#context = context;
    this.#labelContext = labelContext;
  }

  open(map: LabelMap, image: ImageBitmap | null): void {
    this.#map = map;
    this.#image = image;
    this.#shown = this.#dirty = null;
    this.#halves = [];
  }

  labelsChanged(dirty: Rect): void {
    this.#dirty = union(this.#dirty, dirty);
  }

  draw(scene: Scene, damage: Rect | null): void {
    if (this.#map === null) return;
    const resized = resizeCanvas(this.canvas, scene);
    if (resized) this.#shown = null; // a canvas of another size is empty: there is nothing to copy
    const whole = resized || damage === null;
    if (this.canvas.width * this.canvas.height === 0) return;
    const size = { width: this.canvas.width, height: this.canvas.height };
    const transform = deviceTransform(scene);
    const margin = Math.ceil(OUTLINE * scene.ratio) + 1;
    const parts = (whole && this.#move(transform, scene)) || [deviceRect(whole ? null : damage, transform, size, margin)];
    if (whole && parts.length > 1 && this.#dirty !== null) parts.push(deviceRect(this.#dirty, transform, size, margin));
    this.#dirty = null;
    this.#shown = { ...transform, style: scene.style };
    for (const part of parts) this.#part(part, scene, transform);
  }

  /** Copies what stays in view after a move of the camera; answers the parts that came into view, or null. */
  #move({ scale, x, y }: DeviceTransform, { style }: Scene): Rect[] | null {
    const shown = this.#shown;
    // Stripes stand still on the screen while the image moves under them.
    if (shown === null || shown.scale !== scale || shown.style !== style || style.hatch) return null;
    const [dx, dy] = [x - shown.x, y - shown.y];
    const { width, height } = this.canvas;
    if ((dx === 0 && dy === 0) || Math.abs(dx) >= width || Math.abs(dy) >= height) return null;
    const context = this.#context;
    context.globalCompositeOperation = "copy";
    context.drawImage(this.canvas, dx, dy);
    context.globalCompositeOperation = "source-over";
    return [
      { x0: dx > 0 ? 0 : width + dx, y0: 0, x1: dx > 0 ? dx : width, y1: height },
      { x0: 0, y0: dy > 0 ? 0 : height + dy, x1: width, y1: dy > 0 ? dy : height },
    ];
  }

  #part(part: Rect, scene: Scene, transform: DeviceTransform): void {
    const map = this.#map;
    if (map === null || isEmpty(part)) return;
    const [width, height] = [part.x1 - part.x0, part.y1 - part.y0];
    const context = this.#context;
    context.save();
    context.beginPath();
    context.rect(part.x0, part.y0, width, height);
    context.clip();
    context.clearRect(part.x0, part.y0, width, height);
    context.save();
    context.setTransform(transform.scale, 0, 0, transform.scale, transform.x, transform.y);
    context.imageSmoothingEnabled = transform.scale < 1;
    context.fillStyle = this.#image === null ? "#bebebe" : "#fff";
    context.fillRect(0, 0, map.width, map.height);
    if (this.#image !== null) context.drawImage(this.#shrunk(this.#image, transform.scale), 0, 0, map.width, map.height);
    context.restore();
    if (this.#labels.width < width || this.#labels.height < height) {
      this.#labels.width = Math.max(width, this.#labels.width);
      this.#labels.height = Math.max(height, this.#labels.height);
    }
    const pixels = new ImageData(width, height);
    composeLabels(pixels.data, part, transform, scene.ratio, map, scene.style);
    this.#labelContext.putImageData(pixels, 0, 0);
    context.drawImage(this.#labels, 0, 0, width, height, part.x0, part.y0, width, height);
    if (scene.camera.scale >= GRID_SCALE) this.#grid(part, transform, map);
    context.restore();
  }

  /** The image halved as often as it is shown smaller: smooth to look at, and less to read. Made when needed. */
  #shrunk(image: ImageBitmap, scale: number): CanvasImageSource {
    let source: ImageBitmap | OffscreenCanvas = image;
    for (let level = 0; scale * 2 ** (level + 1) <= 1 && Math.min(source.width, source.height) > 256; level++) {
      const from: ImageBitmap | OffscreenCanvas = source;
      this.#halves[level] ??= half(from);
      source = this.#halves[level];
    }
    return source;
  }

  dispose(): void {
    this.#map = null;
    this.#image = null;
  }

  #grid(part: Rect, { scale, x, y }: DeviceTransform, map: LabelMap): void {
    const context = this.#context;
    context.fillStyle = "rgb(128 128 128 / 35%)";
    const [left, top] = [Math.max(part.x0, x), Math.max(part.y0, y)];
    const [right, bottom] = [Math.min(part.x1, x + map.width * scale), Math.min(part.y1, y + map.height * scale)];
    for (let column = Math.ceil((left - x) / scale); column * scale + x < right; column++) {
      context.fillRect(Math.round(column * scale + x), top, 1, bottom - top);
    }
    for (let row = Math.ceil((top - y) / scale); row * scale + y < bottom; row++) {
      context.fillRect(left, Math.round(row * scale + y), right - left, 1);
    }
  }
}

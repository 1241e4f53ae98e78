import type { LabelMap } from "../document/label-map";
import { isEmpty, type Rect } from "../document/rect";
import { GRID_SCALE } from "../viewport/camera";
import { composeLabels } from "./compose";
import { deviceRect, deviceTransform, OUTLINE, resizeCanvas, type DeviceTransform, type Renderer, type Scene } from "./renderer";

/** Without WebGL2: the same picture through a 2D canvas, only the changed part of the view each time. */
export class Canvas2dRenderer implements Renderer {
  readonly name = "canvas2d";
  readonly #context: CanvasRenderingContext2D;
  readonly #labels = document.createElement("canvas");
  readonly #labelContext: CanvasRenderingContext2D;
  #map: LabelMap | null = null;
  #image: ImageBitmap | null = null;

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
  }

  labelsChanged(): void {
    // Pixels are read from the map when they are drawn.
  }

  draw(scene: Scene, damage: Rect | null): void {
    const map = this.#map;
    if (map === null) return;
    const whole = resizeCanvas(this.canvas, scene) || damage === null;
    const size = { width: this.canvas.width, height: this.canvas.height };
    const transform = deviceTransform(scene);
    const part = deviceRect(whole ? null : damage, transform, size, Math.ceil(OUTLINE * scene.ratio) + 1);
    if (isEmpty(part)) return;
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
    if (this.#image !== null) context.drawImage(this.#image, 0, 0);
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

import type { LabelMap } from "../document/label-map";
import type { Rect } from "../document/rect";
import type { Camera, Size } from "../viewport/camera";

/** How labels are shown; none of it changes the document. */
export interface LabelStyle {
  /** 0 (only outlines) to 1 (the image is covered). */
  readonly opacity: number;
  readonly outlines: boolean;
  /** Stripes over unlabeled pixels. */
  readonly hatch: boolean;
  /** 256 RGBA entries by class index; alpha 0 hides a class. */
  readonly palette: Uint8Array<ArrayBuffer>;
}

export interface Scene {
  readonly camera: Camera;
  /** The view in CSS pixels. */
  readonly view: Size;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly style: LabelStyle;
}

/** Draws image and labels into a canvas of the view's size. Reads the document, never changes it. */
export interface Renderer {
  readonly name: "webgl" | "canvas2d";
  readonly canvas: HTMLCanvasElement;
  /** Shows another document and image (null: a plain ground). The image must have the map's size. */
  open(map: LabelMap, image: ImageBitmap | null): void;
  /** The map's pixels in `dirty` changed; they are taken over with the next `draw`. */
  labelsChanged(dirty: Rect): void;
  /** Draws the whole view, or only what shows the image pixels of `damage`. */
  draw(scene: Scene, damage: Rect | null): void;
  dispose(): void;
}

/** Width of outlines in CSS pixels. */
export const OUTLINE = 1.5;
/** Distance of the stripes over unlabeled pixels, in CSS pixels. */
export const HATCH = 9;

/** The camera in device pixels: `device = image * scale + offset`; whole offsets, so that a moved picture is the same picture. */
export interface DeviceTransform {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export function deviceTransform({ camera, ratio }: Pick<Scene, "camera" | "ratio">): DeviceTransform {
  const scale = camera.scale * ratio;
  return { scale, x: Math.round(-camera.originX * scale), y: Math.round(-camera.originY * scale) };
}

/** The device pixels that show the image pixels of `damage`, `margin` more on each side, within the view. */
export function deviceRect(damage: Rect | null, transform: DeviceTransform, size: Size, margin: number): Rect {
  if (damage === null) return { x0: 0, y0: 0, x1: size.width, y1: size.height };
  return {
    x0: Math.max(0, Math.floor(damage.x0 * transform.scale + transform.x) - margin),
    y0: Math.max(0, Math.floor(damage.y0 * transform.scale + transform.y) - margin),
    x1: Math.min(size.width, Math.ceil(damage.x1 * transform.scale + transform.x) + margin),
    y1: Math.min(size.height, Math.ceil(damage.y1 * transform.scale + transform.y) + margin),
  };
}

/** Sets the canvas's bitmap to the view in device pixels; answers whether that cleared it. */
export function resizeCanvas(canvas: HTMLCanvasElement, { view, ratio }: Scene): boolean {
  const width = Math.max(1, Math.round(view.width * ratio));
  const height = Math.max(1, Math.round(view.height * ratio));
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}

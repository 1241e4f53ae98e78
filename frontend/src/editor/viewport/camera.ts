import type { Rect } from "../document/rect";

/**
 * Where the image lies on screen: `screen = (image - origin) * scale`, in CSS pixels. `originX, originY` is
 * the image point at the view's upper left corner.
 */
export interface Camera {
  readonly originX: number;
  readonly originY: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const MAX_SCALE = 64;
/** At this scale and above, lines between pixels are drawn. */
export const GRID_SCALE = 16;
/** This many screen pixels of the image always stay in view. */
const KEEP = 64;

export function toImage(camera: Camera, sx: number, sy: number): [number, number] {
  return [camera.originX + sx / camera.scale, camera.originY + sy / camera.scale];
}

export function toScreen(camera: Camera, x: number, y: number): [number, number] {
  return [(x - camera.originX) * camera.scale, (y - camera.originY) * camera.scale];
}

/** Shows `rect` as large as fits with `padding` screen pixels around it, at most `maxScale`. */
export function fit(view: Size, rect: Rect, padding = 24, maxScale = MAX_SCALE): Camera {
  const width = Math.max(1, rect.x1 - rect.x0);
  const height = Math.max(1, rect.y1 - rect.y0);
  const scale = Math.min(
    maxScale,
    Math.max(1, view.width - 2 * padding) / width,
    Math.max(1, view.height - 2 * padding) / height,
  );
  return {
    scale,
    originX: (rect.x0 + rect.x1) / 2 - view.width / 2 / scale,
    originY: (rect.y0 + rect.y1) / 2 - view.height / 2 / scale,
  };
}

/** The smallest scale one may zoom out to: half of what fits, and never above 1. */
export function minScale(view: Size, image: Size): number {
  const whole = fit(view, { x0: 0, y0: 0, x1: image.width, y1: image.height }).scale;
  return Math.min(1, whole / 2);
}

/** Zooms by `factor`, keeping the image point under (sx, sy) where it is. */
export function zoomAt(camera: Camera, sx: number, sy: number, factor: number, smallest: number): Camera {
  const scale = Math.min(MAX_SCALE, Math.max(smallest, camera.scale * factor));
  const [x, y] = toImage(camera, sx, sy);
  return { scale, originX: x - sx / scale, originY: y - sy / scale };
}

/** Moves the image by screen pixels. */
export function pan(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, originX: camera.originX - dx / camera.scale, originY: camera.originY - dy / camera.scale };
}

/** Keeps a strip of the image in view, however far one pans. */
export function clamp(camera: Camera, view: Size, image: Size): Camera {
  const axis = (origin: number, extent: number, length: number): number => {
    const keep = Math.min(KEEP, length * camera.scale) / camera.scale;
    return Math.min(length - keep, Math.max(keep - extent / camera.scale, origin));
  };
  return {
    scale: camera.scale,
    originX: axis(camera.originX, view.width, image.width),
    originY: axis(camera.originY, view.height, image.height),
  };
}

/** The next scale of a fixed ladder (powers of two and the steps between), for zoom keys and buttons. */
export function stepScale(scale: number, direction: 1 | -1): number {
  const step = Math.log2(scale) * 2;
  const next = direction > 0 ? Math.floor(step + 1e-6) + 1 : Math.ceil(step - 1e-6) - 1;
  return 2 ** (next / 2);
}

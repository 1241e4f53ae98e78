import { mayPaint, type PaintMode } from "../document/gesture";
import type { TileChange } from "../document/journal";
import { floodFill } from "./flood-fill";
import type { Raster } from "./pixel-work";
import { rasterChange } from "./whole-image";

export interface WandCall {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  /** How far red, green and blue may each be from those of (x, y): 0 to 255. */
  readonly tolerance: number;
  readonly mode: PaintMode;
}

/** The pixels like (x, y) in colour and connected with it by edges, given to `value`. `colors` is RGBA. */
export function wandChange({ data, width, height }: Raster, colors: Uint8ClampedArray, call: WandCall): TileChange[] {
  const { x, y, value, tolerance, mode } = call;
  const seed = (y * width + x) * 4;
  const [red, green, blue] = [colors[seed], colors[seed + 1], colors[seed + 2]];
  const alike = new Uint8Array(width * height);
  for (let at = 0, color = 0; at < alike.length; at++, color += 4) {
    if (
      Math.abs(colors[color] - red) <= tolerance &&
      Math.abs(colors[color + 1] - green) <= tolerance &&
      Math.abs(colors[color + 2] - blue) <= tolerance
    ) alike[at] = 1;
  }
  const spans = floodFill(alike, width, height, x, y);
  const after = data.slice();
  for (let at = 0; at < spans.length; at += 3) after.fill(value, spans[at] * width + spans[at + 1], spans[at] * width + spans[at + 2]);
  if (mode !== "over") for (let at = 0; at < after.length; at++) if (!mayPaint(mode, data[at])) after[at] = data[at];
  return rasterChange(data, after, width, height);
}

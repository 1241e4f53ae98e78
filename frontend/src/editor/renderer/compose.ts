import type { Rect } from "../document/rect";
import { HATCH, OUTLINE, type DeviceTransform, type LabelStyle } from "./renderer";

interface Labels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * The labels as the shader draws them, in plain code: RGBA (not premultiplied) for the device pixels of
 * `part`, transparent where the image shows through. `out` holds `part`'s pixels row by row.
 */
export function composeLabels(
  out: Uint8ClampedArray,
  part: Rect,
  transform: DeviceTransform,
  ratio: number,
  labels: Labels,
  style: LabelStyle,
): void {
  const { data, width, height } = labels;
  const { palette } = style;
  const across = part.x1 - part.x0;
  const reach = style.outlines ? (OUTLINE * ratio) / transform.scale : 0;
  const stripes = Math.round(HATCH * ratio);
  const columns = Float64Array.from({ length: across }, (_, at) => (part.x0 + at + 0.5 - transform.x) / transform.scale);
  const label = (x: number, y: number): number => {
    const column = Math.min(width - 1, Math.max(0, Math.floor(x)));
    const row = Math.min(height - 1, Math.max(0, Math.floor(y)));
    return data[row * width + column];
  };
  out.fill(0);
  for (let dy = part.y0; dy < part.y1; dy++) {
    const y = (dy + 0.5 - transform.y) / transform.scale;
    if (y < 0 || y >= height) continue;
    const row = Math.floor(y) * width;
    for (let at = 0; at < across; at++) {
      const x = columns[at];
      if (x < 0 || x >= width) continue;
      const value = data[row + Math.floor(x)];
      const to = ((dy - part.y0) * across + at) * 4;
      if (value === 0) {
        if (!style.hatch) continue;
        const stripe = (part.x0 + at + dy) % stripes;
        if (stripe < stripes * 0.2) out.set([255, 255, 255, 153], to);
        else if (stripe < stripes * 0.4) out.set([0, 0, 0, 128], to);
        continue;
      }
      const edge =
        reach > 0 &&
        (label(x + reach, y) !== value || label(x - reach, y) !== value || label(x, y + reach) !== value || label(x, y - reach) !== value);
      out[to] = palette[value * 4];
      out[to + 1] = palette[value * 4 + 1];
      out[to + 2] = palette[value * 4 + 2];
      out[to + 3] = (edge ? 1 : style.opacity) * palette[value * 4 + 3];
    }
  }
}
